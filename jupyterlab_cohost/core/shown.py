"""What a document can say of what a file holds.

A Yjs document has JavaScript's numbers and well-formed text, and editors know one kind of line end. What does not fit
is not lost: it stays in the file as long as nobody changes it there, see ``kept``.
"""

from __future__ import annotations

from typing import Any

from .content import clean
from .line_ends import plain_ends, plain_text
from .ports import Content
from .sound import number, sound

_TOP = ("cells", "metadata", "nbformat", "nbformat_minor")
_NO_ATTACHMENTS = ("markdown", "raw")


def shown(content: Content) -> Content:
    """``content`` as the room's document will say it; what goes in is not changed. Shown once more, it is the same."""
    if isinstance(content, str):
        return plain_text(content)
    notebook = {key: _value(content[key]) for key in _TOP if key in content}
    # As nbformat reads a file that does not say it.
    notebook.setdefault("nbformat_minor", 0)
    for cell in notebook.get("cells") or ():
        if isinstance(cell, dict):
            _show_cell(cell)
    clean(sound(notebook))
    if not notebook["cells"]:
        notebook["cells"] = [_empty_cell(notebook["nbformat_minor"])]
    return notebook


def _show_cell(cell: dict[str, Any]) -> None:
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if isinstance(source, str):
        cell["source"] = plain_ends(source)
    if cell.get("cell_type") in _NO_ATTACHMENTS and not cell.get("attachments", True):
        del cell["attachments"]
    for output in cell.get("outputs") or ():
        if isinstance(output, dict) and output.get("output_type") == "stream" and isinstance(output.get("text"), list):
            output["text"] = "".join(line for line in output["text"] if isinstance(line, str))


def _empty_cell(minor: int) -> dict[str, Any]:
    """Without a cell there is nothing to type in. Always the same one: a notebook that was only opened is as it was."""
    name = {"id": "first-cell"} if minor >= 5 else {}
    return {**name, "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ""}


def _value(value: Any) -> Any:
    """Copied. As deep as JSON readers allow."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(key): _value(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_value(entry) for entry in value]
    return number(value)


def _text(value: str) -> str:
    """With a replacement character for half of a pair."""
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value
