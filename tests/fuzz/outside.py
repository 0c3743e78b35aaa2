"""Another program that reads, changes and writes the file, as formatters and ``nbconvert --inplace`` do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .book import ANOTHER_PROGRAM, Book
from .cells import result
from .history import is_token
from .plan import Step

#: What a change of the file means for the tokens in it, once it is written.
Meaning = Callable[[], None]


def outside_write(file: Path, kind: str, step: Step, book: Book) -> None:
    """Tries again when the server saved between reading and writing, as a careful program would."""
    token = book.token(ANOTHER_PROGRAM)
    for _ in range(20):
        try:
            before = os.stat(file)
            text = file.read_text("utf-8")
            new, meaning = _CHANGES[kind](text, step, book, token)
        except (OSError, ValueError):
            return
        if _write(file, new, before, in_place=bool(step.get("in_place"))):
            meaning()
            if token in new:
                book.in_file.add(token)
            return


def _write(file: Path, new: str, before: os.stat_result, *, in_place: bool) -> bool:
    """False when somebody else wrote it since ``before``."""
    temporary = file.with_name(f".{file.name}.outside")
    temporary.write_text(new, "utf-8")
    now = os.stat(file)
    if (before.st_ino, before.st_mtime_ns) != (now.st_ino, now.st_mtime_ns):
        return False
    if in_place:
        with file.open("wb", buffering=0) as target:
            target.write(new.encode())
    else:
        os.replace(temporary, file)
    return True


def tokens_in(text: str) -> set[str]:
    """The tokens that stand in a text."""
    return {character for character in text if is_token(character)}


def _text(text: str, step: Step, book: Book, token: str) -> tuple[str, Meaning]:
    lines = text.splitlines(keepends=True)
    index = int(step["at"] * len(lines))
    if step["how"] == "delete" and lines:
        gone = tokens_in(lines.pop(index))
        return "".join(lines), lambda: book.may_go.update(gone)
    if step["how"] == "edit" and lines:
        words = lines[index].split(" ")
        words.insert(int(step["to"] * len(words)), f"outside{token}")
        lines[index] = " ".join(words)
        return "".join(lines), lambda: None
    lines.insert(int(step["at"] * (len(lines) + 1)), f"outside {token}\n")
    if len(lines) > 1 and not lines[-2].endswith("\n"):
        lines[-2] += "\n"
    return "".join(lines), lambda: None


def _notebook(text: str, step: Step, book: Book, token: str) -> tuple[str, Meaning]:
    notebook: dict[str, Any] = json.loads(text)
    cells = notebook["cells"]
    if not cells:
        return text, lambda: None
    cell = cells[int(step["at"] * len(cells))]
    meaning = _NOTEBOOK.get(step["how"], _append)(cells, cell, step, book, token)
    return json.dumps(notebook, indent=1, ensure_ascii=False), meaning


def _append(_cells: list[Any], cell: dict[str, Any], _step: Step, book: Book, token: str) -> Meaning:
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    cell["source"] = f"{source}\n# outside {token}".splitlines(keepends=True)
    return lambda: book.added_to.update({token: cell["id"]})


def _delete(cells: list[Any], cell: dict[str, Any], _step: Step, book: Book, _token: str) -> Meaning:
    if len(cells) < 3:
        return lambda: None
    cells.remove(cell)
    book.taken_out.add(cell["id"])
    return lambda: book.may_go.update(tokens_in(json.dumps(cell, ensure_ascii=False)))


def _insert(cells: list[Any], _cell: dict[str, Any], step: Step, _book: Book, token: str) -> Meaning:
    new = {"cell_type": "markdown", "id": f"outside-{ord(token)}", "metadata": {}, "source": [f"# {token}"]}
    cells.insert(int(step["to"] * (len(cells) + 1)), new)
    return lambda: None


def _move(cells: list[Any], cell: dict[str, Any], step: Step, book: Book, _token: str) -> Meaning:
    """Of two neighbours that change places nobody can say which one moved, so those passed over count too."""
    before = cells.index(cell)
    cells.remove(cell)
    after = int(step["to"] * (len(cells) + 1))
    cells.insert(after, cell)
    book.taken_out |= {str(one["id"]) for one in cells[min(before, after) : max(before, after) + 1]}
    return lambda: None


def _run(_cells: list[Any], cell: dict[str, Any], _step: Step, book: Book, token: str) -> Meaning:
    """Where people ran the same cell meanwhile, theirs stays."""
    if cell["cell_type"] != "code":
        return lambda: None
    gone = tokens_in(json.dumps(cell["outputs"], ensure_ascii=False)) | {token}
    cell["outputs"] = [result(f"outside {token}")]
    book.outputs_replaced.add(cell["id"])
    return lambda: book.may_go.update(gone)


def _clear(_cells: list[Any], cell: dict[str, Any], _step: Step, book: Book, _token: str) -> Meaning:
    gone = tokens_in(json.dumps(cell.get("outputs", []), ensure_ascii=False))
    if "outputs" in cell:
        cell["outputs"] = []
        book.outputs_replaced.add(cell["id"])
    return lambda: book.may_go.update(gone)


def _metadata(_cells: list[Any], cell: dict[str, Any], step: Step, book: Book, token: str) -> Meaning:
    key = f"key{int(step['to'] * 3)}"
    gone = tokens_in(str(cell["metadata"].get(key, ""))) | {token}
    cell["metadata"][key] = token
    return lambda: book.may_go.update(gone)


_NOTEBOOK = {"delete": _delete, "insert_cell": _insert, "move": _move, "run": _run, "clear": _clear}
_NOTEBOOK["metadata"] = _metadata
_CHANGES = {"text": _text, "notebook": _notebook}
