"""Makes of whatever a document says a notebook that can be written: one bad cell never keeps the others from the file.

Only what could not be written, or not be read again, is changed: values that are not JSON, fields of a wrong kind,
cells and outputs without what nbformat needs, and keys that its cells do not have. A sound notebook stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from jupyter_ydoc import YNotebook
from pycrdt import Array, Map

from .sound_metadata import rules_of_cell, rules_of_notebook, sound_metadata
from .sound_output import OUTPUT_TYPES, sound_output
from .sound_values import is_count, keep, make_json, number, sound_bundle

__all__ = ["CELL_TYPES", "OUTPUT_TYPES", "is_id", "new_id", "number", "read_notebook", "sound"]

CELL_TYPES = ("code", "markdown", "raw")
#: Attachments came with 4.1, ids with 4.5.
_WITH_ATTACHMENTS, _WITH_IDS, NEWEST, _LAST = 1, 5, 5, 99
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KEYS = ("id", "cell_type", "metadata", "source")
_KEYS_OF = {
    "code": (*_KEYS, "outputs", "execution_count"),
    "markdown": (*_KEYS, "attachments"),
    "raw": (*_KEYS, "attachments"),
}


def read_notebook(notebook: YNotebook) -> dict[str, Any]:
    """The notebook's JSON; of cells that say the same, id included, there is one."""
    cells, meta = (json_in(root) for root in (notebook.ycells, notebook._ymeta))
    known = {key: meta.get(key) for key in ("metadata", "nbformat", "nbformat_minor")}
    return sound({"cells": list(_without_copies(cells)), **known})


def json_in(shared: Array[Any] | Map[Any]) -> Any:
    """By yrs in one go: ``to_py`` looks for each entry of a list from its beginning.

    What is no number is null, and whole numbers are so, also large ones.
    """
    with shared.doc.transaction() as transaction:
        return json.loads(shared.integrated.to_json(transaction._txn))


def _without_copies(cells: list[Any]) -> Iterator[Any]:
    """Two people who moved one cell at the same time have made two of it. As jupyter_ydoc reads them."""
    first: dict[str, Any] = {}
    for cell in cells:
        name = cell.get("id") if isinstance(cell, dict) else None
        if not isinstance(name, str):
            yield cell
            continue
        cell.pop("execution_state", None)
        if name not in first or first[name] != cell:
            first.setdefault(name, cell)
            yield cell


def sound(content: dict[str, Any]) -> dict[str, Any]:
    """In place."""
    make_json(content)
    keep(content, "metadata", dict)
    sound_metadata(content["metadata"], rules_of_notebook())
    content["cells"] = [cell for cell in content.get("cells") or [] if isinstance(cell, dict)]
    for cell in content["cells"]:
        _sound_cell(cell)
    minor = _sound_format(content)
    taken: set[str] = set()
    for index, cell in enumerate(content["cells"]):
        if minor >= _WITH_IDS:
            _sound_id(cell, index, taken)
        else:
            cell.pop("id", None)
    return content


def _sound_format(content: dict[str, Any]) -> int:
    minor = content.get("nbformat_minor")
    if content.get("nbformat") != 4 or isinstance(content["nbformat"], bool):
        content["nbformat"], minor = 4, None
    minor = sound_minor(minor)
    if minor < _WITH_ATTACHMENTS and any("attachments" in cell for cell in content["cells"]):
        minor = _WITH_ATTACHMENTS
    content["nbformat_minor"] = minor
    return minor


def sound_minor(minor: object) -> int:
    """The number of a format that there can be."""
    return minor if is_count(minor) and minor <= _LAST else NEWEST


def sound_type(cell_type: object, has_outputs: bool) -> str:
    """A cell of no known type is code if it is kept like code, else text as it is."""
    if isinstance(cell_type, str) and cell_type in CELL_TYPES:
        return cell_type
    return "code" if has_outputs else "raw"


def _sound_cell(cell: dict[str, Any]) -> None:
    outputs = cell.get("outputs")
    kind = cell["cell_type"] = sound_type(cell.get("cell_type"), isinstance(outputs, list))
    keep(cell, "source", str)
    keep(cell, "metadata", dict)
    sound_metadata(cell["metadata"], rules_of_cell(kind))
    if "attachments" in cell:
        _sound_attachments(cell)
    if kind == "code":
        found = [sound_output(output) for output in outputs] if isinstance(outputs, list) else []
        cell["outputs"] = [output for output in found if output is not None]
        if not is_count(cell.get("execution_count")):
            cell["execution_count"] = None
    for key in cell.keys() - _KEYS_OF[kind]:
        del cell[key]


def _sound_attachments(cell: dict[str, Any]) -> None:
    found = sound_attachments(cell["attachments"])
    if found is None:
        del cell["attachments"]
    else:
        cell["attachments"] = found


def sound_attachments(value: object) -> dict[str, Any] | None:
    """Those that can stay; None for what holds none. Values are JSON."""
    if not isinstance(value, dict):
        return None
    return {name: sound_bundle(data) for name, data in value.items() if isinstance(data, dict)}


def is_id(name: object) -> bool:
    """Whether a cell may be called so."""
    return isinstance(name, str) and _ID.fullmatch(name) is not None


def new_id(index: int, name: object, taken: set[str]) -> str:
    """In place of an id that cannot be, or that another cell has; the same each time."""
    seed = f"{index} {name}"
    while (made := sha256(seed.encode()).hexdigest()[:12]) in taken:
        seed += "'"
    return made


def _sound_id(cell: dict[str, Any], index: int, taken: set[str]) -> None:
    if not is_id(cell.get("id")) or cell["id"] in taken:
        cell["id"] = new_id(index, cell.get("id"), taken)
    taken.add(cell["id"])
