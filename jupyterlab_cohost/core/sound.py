"""Makes of whatever a document says a notebook that can be written: one bad cell never keeps the others from the file.

Only what could not be written, or not be read again, is changed: values that are not JSON, fields of a wrong kind,
cells and outputs without what nbformat needs. A sound notebook stays as it is.
"""

from __future__ import annotations

from hashlib import sha256
from math import isfinite
from typing import Any, TypeGuard

from jupyter_ydoc import YNotebook

_CELL_TYPES = ("code", "markdown", "raw")
#: Those of nbformat 4. Another one would not be looked at by the notary (JupyterLab stores no other).
OUTPUT_TYPES = frozenset({"stream", "display_data", "execute_result", "error"})
_MAX_ID = 64
#: Whole numbers up to here are exact in JavaScript.
_MOST_EXACT = 2**53


def read_notebook(notebook: YNotebook) -> dict[str, Any]:
    """The notebook's JSON; what cannot be read is left out."""
    try:
        content: dict[str, Any] = notebook.get()
    except Exception:
        content = _read_by_piece(notebook)
    return sound(content)


def _read_by_piece(notebook: YNotebook) -> dict[str, Any]:
    """When jupyter_ydoc gives up on the whole."""
    meta = notebook._ymeta.to_py() or {}
    cells = [_read_cell(notebook, index) for index in range(len(notebook.ycells))]
    return {
        "cells": [cell for cell in cells if cell is not None],
        **{"metadata": meta.get("metadata"), "nbformat": _whole(meta.get("nbformat"))},
        "nbformat_minor": _whole(meta.get("nbformat_minor")),
    }


def _read_cell(notebook: YNotebook, index: int) -> object:
    ycell = notebook.ycells[index]
    cell = ycell.to_py() if hasattr(ycell, "to_py") else None
    if isinstance(cell, dict):
        cell.pop("execution_state", None)
        cell["execution_count"] = _whole(cell.get("execution_count"))
    return cell


def _whole(value: object) -> object:
    """Numbers of JavaScript come as floats."""
    return int(value) if isinstance(value, float) and isfinite(value) and value == int(value) else value


def sound(content: dict[str, Any]) -> dict[str, Any]:
    """In place."""
    _make_json(content)
    minor = content.get("nbformat_minor")
    if content.get("nbformat") != 4:
        content["nbformat"], minor = 4, None
    if not _is_count(minor) or minor > 99:
        minor = content["nbformat_minor"] = 5
    _keep(content, "metadata", dict)
    content["cells"] = [cell for cell in content.get("cells") or [] if isinstance(cell, dict)]
    taken: set[str] = set()
    for index, cell in enumerate(content["cells"]):
        _sound_cell(cell)
        if minor >= 5:
            _sound_id(cell, index, taken)
    return content


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _keep(holder: dict[str, Any], key: str, kind: type) -> None:
    if not isinstance(holder.get(key), kind):
        holder[key] = kind()


def _sound_cell(cell: dict[str, Any]) -> None:
    if cell.get("cell_type") not in _CELL_TYPES:
        cell["cell_type"] = "raw"
    _keep(cell, "source", str)
    _keep(cell, "metadata", dict)
    if "attachments" in cell and not _are(dict, cell["attachments"]):
        del cell["attachments"]
    if cell["cell_type"] == "code":
        outputs = cell.get("outputs")
        found = outputs if isinstance(outputs, list) else []
        cell["outputs"] = [output for output in found if _sound_output(output)]
        if not _is_count(cell.get("execution_count")):
            cell["execution_count"] = None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _are(kind: type, values: object) -> bool:
    return isinstance(values, dict) and all(isinstance(value, kind) for value in values.values())


def _sound_id(cell: dict[str, Any], index: int, taken: set[str]) -> None:
    """Ids are strings that nobody else has; a new one is the same each time."""
    name = cell.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= _MAX_ID or name in taken:
        name = cell["id"] = sha256(f"{index} {name}".encode()).hexdigest()[:12]
    taken.add(name)


def _sound_output(output: object) -> bool:
    """Whether it can stay."""
    if not isinstance(output, dict):
        return False
    kind = output.get("output_type")
    if kind == "stream":
        _keep(output, "name", str)
        _sound_text(output, "text")
    elif kind in ("display_data", "execute_result"):
        _keep(output, "data", dict)
        _keep(output, "metadata", dict)
        if kind == "execute_result" and not _is_count(output.get("execution_count")):
            output["execution_count"] = None
        _join_lines(output)
    elif kind == "error":
        _keep(output, "ename", str)
        _keep(output, "evalue", str)
        traceback = output.get("traceback")
        lines = traceback if isinstance(traceback, list) else []
        output["traceback"] = [line for line in lines if isinstance(line, str)]
    return isinstance(kind, str) and kind in OUTPUT_TYPES


def _join_lines(output: dict[str, Any]) -> None:
    """As nbformat will read it from the file: what is vouched for is what stands there then."""
    for mime, value in output["data"].items():
        if isinstance(value, list) and not _is_json_mime(mime) and all(isinstance(line, str) for line in value):
            output["data"][mime] = "".join(value)


def _is_json_mime(mime: str) -> bool:
    """As nbformat has it: in these a list is data."""
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))


def _sound_text(output: dict[str, Any], key: str) -> None:
    text = output.get(key)
    if isinstance(text, list):
        output[key] = [line for line in text if isinstance(line, str)]
    else:
        _keep(output, key, str)


def _make_json(root: dict[str, Any]) -> None:
    """Numbers as JavaScript has them; what is no JSON becomes null. Without recursion."""
    open_: list[dict[str, Any] | list[Any]] = [root]
    while open_:
        holder = open_.pop()
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            kind = type(value)
            if kind is str:
                continue
            if kind is dict or kind is list:
                open_.append(value)
            elif kind is int or kind is float:
                holder[key] = number(value)  # type: ignore[index]
            elif value is not None and kind is not bool:
                holder[key] = None  # type: ignore[index]


def number(value: Any) -> Any:
    """As JavaScript reads it: beyond 2^53 the nearest float; what is not finite has no JSON, so it is null."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if type(value) is float and value.is_integer() and abs(value) <= _MOST_EXACT:
        return int(value)
    if type(value) is int and abs(value) > _MOST_EXACT:
        try:
            return float(value)
        except OverflowError:
            return None
    return value
