"""``merge(kind, base, room, file)``: what the room and another program did to one file, with nothing lost."""

from __future__ import annotations

from typing import Any

from ..core.ports import Conflict, Content, Kind, Merged
from .merge_cells import Cell, Key, base_keys, keys, order, source_of
from .merge_text import merge_text

_MISSING = object()


def merge(kind: Kind, base: Content, room: Content, file: Content) -> Merged:
    """Implements ``core.ports.Merge``. Pure; the result shares parts with what went in."""
    if isinstance(base, dict) and isinstance(room, dict) and isinstance(file, dict):
        return merge_notebook(base, room, file)
    if isinstance(base, str) and isinstance(room, str) and isinstance(file, str):
        text, lines = merge_text(base, room, file)
        return Merged(text, [Conflict(f"line {line}") for line in lines])
    raise TypeError(f"a {kind} is merged with three contents of one sort")


def merge_notebook(base: dict[str, Any], room: dict[str, Any], file: dict[str, Any]) -> Merged:
    """Cells by id (by text where there is none); ``metadata.trusted`` never comes through."""
    base, room, file = ({**notebook, "cells": _cells(notebook)} for notebook in (base, room, file))
    if room in (base, file) or file == base:
        return Merged(file if room == base else room)
    sides: list[list[Cell]] = [notebook["cells"] for notebook in (base, room, file)]
    names = [base_keys(len(sides[0])), keys(sides[0], sides[1]), keys(sides[0], sides[2])]
    old, mine, theirs = (dict(zip(name, side, strict=True)) for name, side in zip(names, sides, strict=True))
    cells: dict[Key, Cell] = {}
    clashes: set[Key] = set()
    for key in dict.fromkeys((*names[1], *names[2])):
        cell, clash = _one_cell(old.get(key), mine.get(key), theirs.get(key))
        if cell is not None:
            cells[key] = cell
        if clash:
            clashes.add(key)
    placed = order(names[0], names[1], names[2], set(cells))
    conflicts = [
        Conflict(str(cells[key].get("id") or f"cell {number}"))
        for number, key in enumerate(placed, 1)
        if key in clashes
    ]
    rest, clash = _settings(base, room, file)
    if clash:
        conflicts.append(Conflict("notebook metadata"))
    minor = int(rest.get("nbformat_minor", 0))
    return Merged({**rest, "cells": _fit([cells[key] for key in placed], minor)}, conflicts)


def _settings(base: dict[str, Any], room: dict[str, Any], file: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Everything but the cells. The newer version of the format wins."""
    minors = [int(notebook["nbformat_minor"]) for notebook in (room, file) if "nbformat_minor" in notebook]
    clashes: list[str] = []
    own = {"cells": [], **({"nbformat_minor": max(minors)} if minors else {})}
    rest: dict[str, Any] = _merge_values(({**base, **own}, {**room, **own}, {**file, **own}), clashes)
    return rest, bool(clashes)


def _cells(notebook: dict[str, Any]) -> list[Cell]:
    return [_without_trust(cell) for cell in notebook.get("cells", [])]


def _without_trust(cell: Cell) -> Cell:
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict) or "trusted" not in metadata:
        return cell
    return {**cell, "metadata": {key: value for key, value in metadata.items() if key != "trusted"}}


def _fit(cells: list[Cell], minor: int) -> list[Cell]:
    """Cell ids are part of the format from 4.5 on, and stand once."""
    if minor < 5:
        return [{key: value for key, value in cell.items() if key != "id"} for cell in cells]
    seen: set[str] = set()
    result = []
    for cell in cells:
        name = fresh = str(cell.get("id") or "")
        number = 1
        while fresh in seen:
            number += 1
            fresh = f"{name[:56]}-{number}"
        if fresh:
            seen.add(fresh)
        result.append(cell if fresh == name else {**cell, "id": fresh})
    return result


def _one_cell(old: Cell | None, mine: Cell | None, theirs: Cell | None) -> tuple[Cell | None, bool]:
    """The cell (None: deleted by both, or by one while the other left it alone), and whether both had changed it."""
    if mine is None or theirs is None:
        there = mine if mine is not None else theirs
        if old is None or there is None:
            return there, False
        left_alone = _same(old, there) if there is mine else _reads_the_same(old, there)
        return (None, False) if left_alone else (there, True)
    if _same(mine, theirs):
        return mine, False
    return _both(old or {}, mine, theirs)


def _same(left: Cell, right: Cell) -> bool:
    return {**left, "id": None} == {**right, "id": None}


def _reads_the_same(left: Cell, right: Cell) -> bool:
    """Outputs and metadata that a program wrote do not bring back a cell that a person has deleted."""
    return (left.get("cell_type"), source_of(left)) == (right.get("cell_type"), source_of(right))


def _both(old: Cell, mine: Cell, theirs: Cell) -> tuple[Cell, bool]:
    clashes: list[str] = []
    source, lines = merge_text(source_of(old), source_of(mine), source_of(theirs))
    own = {"source": source, "id": mine.get("id") or theirs.get("id")}
    cell: Cell = _merge_values(({**old, **own}, {**mine, **own}, {**theirs, **own}), clashes)
    if not cell["id"]:
        del cell["id"]
    return _as_its_type(cell), bool(lines or clashes)


def _as_its_type(cell: Cell) -> Cell:
    """After a change of type on one side: no outputs on a Markdown cell, some on a code cell."""
    if cell.get("cell_type") == "code":
        return {"outputs": [], "execution_count": None, **cell}
    return {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}


def _merge_values(values: tuple[Any, Any, Any], clashes: list[str], name: str = "") -> Any:
    """(base, room, file) by keys of objects; where both changed a value the room's stays, ``clashes`` has its key."""
    old, mine, theirs = values
    if mine == theirs or theirs == old:
        return mine
    if mine == old:
        return theirs
    if not (isinstance(mine, dict) and isinstance(theirs, dict)):
        clashes.append(name)
        return theirs if mine is _MISSING else mine
    before = old if isinstance(old, dict) else {}
    merged = {}
    for key in dict.fromkeys((*mine, *theirs)):
        sides = (before.get(key, _MISSING), mine.get(key, _MISSING), theirs.get(key, _MISSING))
        value = _merge_values(sides, clashes, key)
        if value is not _MISSING:
            merged[key] = value
    return merged
