"""Mends a notebook's document where it holds what no page can show and no file can keep.

The saver would leave it out or make it small (``sound``); here the document says the same, for everybody, in the step
in which the change came: who sent it is told as all others are. What is mended is the smallest that is valid. What
somebody builds in several steps is not lost: where they set what was mended, theirs counts (see ``YDocument``).
"""

from __future__ import annotations

import copy
from typing import Any
from uuid import uuid4

from jupyter_ydoc import YNotebook
from pycrdt import Array, Map, Text

from .changed_parts import CellParts, ChangedParts
from .sound import CELL_TYPES, is_id, json_in, sound_attachments, sound_minor, sound_type
from .sound_metadata import Rule, rules_of_cell, rules_of_notebook
from .sound_output import sound_output
from .sound_values import is_count, make_json, number

_Shared = (Array, Map, Text)
_MAJOR = 4
#: To find one takes time in proportion to those before it: where there are more, they are read at once.
_FEW, _MANY = 64, 1_000
_OF_CELL = frozenset({"cell_type", "metadata", "outputs", "id", "source", "execution_count", "attachments"})
_OF_META = frozenset({"nbformat", "nbformat_minor", "metadata"})


def mend(notebook: YNotebook, changed: ChangedParts, *, cut: bool = False) -> None:
    """In the caller's transaction. ``cut``: an output may lack its beginning, for more of it may come."""
    _mend_meta(notebook, changed)
    cells = notebook.ycells
    # From the end: what is no cell goes.
    for index in sorted(changed.cells, reverse=True):
        cell = cells[index] if index < len(cells) else None
        if isinstance(cell, Map):
            _Cell(cell, changed.cells[index], cut).mend()
        elif index < len(cells):
            del cells[index]


class _Cell:
    def __init__(self, cell: Map[Any], parts: CellParts, cut: bool) -> None:
        self._cell, self._parts, self._cut = cell, parts, cut
        #: Which rules hold for the other parts goes by the type.
        self._whole = parts.whole or "cell_type" in parts.old

    def mend(self) -> None:
        """Everything that changed."""
        kind = self._mend_type()
        if self._has("id") and not is_id(self._plain("id")):
            old = self._parts.old.get("id")
            self._cell["id"] = old if is_id(old) else str(uuid4())
        if self._has("source") and not isinstance(source := self._cell.get("source"), Text):
            self._cell["source"] = Text(source if isinstance(source, str) else "")
        self._mend_count()
        self._mend_attachments()
        others = set(self._cell.keys()) if self._whole else set(self._parts.old)
        _mend_values(self._cell, others - _OF_CELL)
        self._mend_metadata(kind)
        if kind == "code":
            self._mend_outputs()

    def _has(self, key: str) -> bool:
        """Whether it is to be looked at."""
        return self._whole or key in self._parts.old

    def _plain(self, key: str) -> Any:
        """None for what is a shared type."""
        value = self._cell.get(key)
        return None if isinstance(value, _Shared) else value

    def _mend_type(self) -> str:
        kind = self._plain("cell_type")
        if kind in CELL_TYPES:
            return str(kind)
        old, outputs = self._parts.old.get("cell_type"), self._cell.get("outputs")
        made = old if old in CELL_TYPES else sound_type(None, isinstance(outputs, (Array, list)))
        self._cell["cell_type"] = made
        return str(made)

    def _mend_count(self) -> None:
        count = self._cell.get("execution_count")
        if self._has("execution_count") and count is not None and not _is_count(count):
            self._cell["execution_count"] = None

    def _mend_attachments(self) -> None:
        if not self._has("attachments") or "attachments" not in self._cell:
            return
        held = self._cell.get("attachments")
        value, changed = _json_of(held)
        wanted = sound_attachments(value)
        if wanted is None:
            del self._cell["attachments"]
        elif changed or wanted != value or isinstance(held, _Shared):
            self._cell["attachments"] = wanted

    def _mend_metadata(self, kind: str) -> None:
        metadata = map_in(self._cell, "metadata")
        _mend_keys(
            metadata, set(metadata.keys()) if self._has("metadata") else self._parts.metadata, rules_of_cell(kind)
        )

    def _mend_outputs(self) -> None:
        held = self._cell.get("outputs")
        outputs = held if isinstance(held, Array) else Array(held if isinstance(held, list) else [])
        if outputs is not held:
            self._cell["outputs"] = outputs
        changed = dict.fromkeys(range(len(outputs))) if self._has("outputs") else self._parts.outputs
        if len(changed) > _FEW and len(outputs) > _MANY:
            changed = dict.fromkeys(_unsound(outputs))
            if len(changed) > _FEW:
                _make_anew(outputs)
                return
        for index in sorted(changed, reverse=True):
            if index < len(outputs):
                _mend_output(outputs, index, changed[index], self._cut)


def _unsound(outputs: Array[Any]) -> list[int]:
    """Those that have to be mended, by their JSON."""
    held = json_in(outputs)
    return [index for index, output in enumerate(held) if sound_output(copy.deepcopy(output)) != output]


def _make_anew(outputs: Array[Any]) -> None:
    held = json_in(outputs)
    make_json(held)
    wanted = [sound_output(output) for output in held]
    outputs.clear()
    outputs.extend([_map_of(output) for output in wanted if output is not None])


def _mend_output(outputs: Array[Any], index: int, keys: set[str] | None, cut: bool) -> None:
    """``keys``: those that changed, or None for all."""
    held = outputs[index]
    if isinstance(held, Map):
        if not (cut and "output_type" not in held):
            _mend_shared_output(outputs, index, held, keys)
        return
    value, changed = _json_of(held)
    wanted = sound_output(value)
    if wanted is None:
        del outputs[index]
    elif changed or wanted != value:
        outputs[index] = _map_of(wanted)


def _mend_shared_output(outputs: Array[Any], index: int, held: Map[Any], keys: set[str] | None) -> None:
    there = set(held.keys())
    looked = there if keys is None or "output_type" in keys else there & (keys | {"output_type"})
    value, changed = _json_of({key: _plain(held.get(key)) for key in looked})
    wanted = sound_output(value)
    if wanted is None:
        del outputs[index]
        return
    for key in value.keys() - wanted.keys():
        del held[key]
    for key in wanted:
        if key in there and key not in looked:
            continue
        if changed or key not in value or value[key] != wanted[key] or _is_odd(held.get(key), wanted, key):
            held[key] = _in_output(wanted, key)


def _map_of(output: dict[str, Any]) -> Map[Any]:
    return Map({key: _in_output(output, key) for key in output})


def _is_printed(output: dict[str, Any], key: str) -> bool:
    """Text that grows."""
    return output["output_type"] == "stream" and key == "text"


def _is_odd(held: object, output: dict[str, Any], key: str) -> bool:
    """Whether it is a shared type where pages expect a plain value, or the other way round."""
    return not isinstance(held, Text) if _is_printed(output, key) else isinstance(held, _Shared)


def _in_output(output: dict[str, Any], key: str) -> Any:
    return Text(output[key]) if _is_printed(output, key) else output[key]


def _mend_meta(notebook: YNotebook, changed: ChangedParts) -> None:
    meta = notebook._ymeta
    if "nbformat" in changed.meta and not _is_major(meta.get("nbformat")):
        meta["nbformat"] = _MAJOR
    if "nbformat_minor" in changed.meta:
        _mend_minor(meta, changed.meta["nbformat_minor"])
    _mend_values(meta, changed.meta.keys() - _OF_META)
    if "metadata" not in changed.meta and not changed.metadata:
        return
    metadata = map_in(meta, "metadata")
    keys = set(metadata.keys()) if "metadata" in changed.meta else changed.metadata
    _mend_keys(metadata, keys, rules_of_notebook())


def map_in(holder: Map[Any], key: str) -> Map[Any]:
    """What stands there, as a shared map."""
    held = holder.get(key)
    if isinstance(held, Map):
        return held
    made: Map[Any] = Map(held if isinstance(held, dict) else {})
    holder[key] = made
    return made


def _is_major(value: object) -> bool:
    return not isinstance(value, bool) and value == _MAJOR


def _mend_minor(meta: Map[Any], old: object) -> None:
    """It never falls: ids and attachments would have no place any more."""
    minor, known = number(meta.get("nbformat_minor")), number(old)
    wanted = sound_minor(minor)
    if is_count(known) and sound_minor(known) == known:
        wanted = max(wanted, known) if wanted == minor else known
    if wanted != minor or isinstance(minor, bool):
        meta["nbformat_minor"] = wanted


def _is_count(value: object) -> bool:
    return is_count(number(value))


def _mend_values(holder: Map[Any], keys: set[str]) -> None:
    """What nobody reads here is JSON all the same: copies are compared, and pages write it down."""
    for key in keys:
        if key in holder:
            value, changed = _json_of(holder.get(key))
            if changed:
                holder[key] = value


def _mend_keys(metadata: Map[Any], keys: set[str], rules: dict[str, Rule]) -> None:
    for key in keys:
        if key not in metadata:
            continue
        value, changed = _json_of(metadata.get(key))
        wanted = rules[key](value) if key in rules else value
        if wanted is None and key in rules:
            del metadata[key]
        elif changed or wanted != value or isinstance(metadata.get(key), _Shared):
            metadata[key] = wanted


def _plain(held: object) -> Any:
    return held.to_py() if isinstance(held, (Array, Map)) else str(held) if isinstance(held, Text) else held


def _json_of(held: object) -> tuple[Any, bool]:
    """A plain value, and whether that is another one than what is held; shared types are as their JSON."""
    holder = {"": _plain(held)}
    changed = make_json(holder)
    return holder[""], changed
