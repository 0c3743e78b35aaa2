"""Cells that another program changed a while ago, for those who move one without having seen that.

In Yjs a moved cell is a copy of what its mover saw; who was offline, or is far away, saw the cell as it was before, and
the change would go with the old one.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from pycrdt import Map

from .alignment import aligned
from .document import YDocument, content_of
from .forks import Cell, CellChange, MergedUpdate, merged_update
from .ports import Merge

#: More cells are not watched: a program that changed them all was not at work beside people.
_KEPT_S, _MOST = 600.0, 50


@dataclass
class _Watched:
    cell: Map[Any]
    change: CellChange
    source: str
    until: float


class OutsideCells:
    """Of one room."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}

    def __bool__(self) -> bool:
        return bool(self._watched)

    def add(self, document: YDocument, changes: list[CellChange]) -> None:
        """The changes are in the document."""
        now = time.monotonic()
        cells = {cell.get("id"): cell for cell in document.cells()} if changes else {}
        for change in changes[:_MOST]:
            name = str(change.after["id"])
            cell, earlier = cells.get(name), self._watched.get(name)
            if cell is not None:
                before = change.before if earlier is None or now > earlier.until else earlier.change.before
                change = CellChange(before, change.after)
                self._watched[name] = _Watched(cell, change, str(cell.get("source")), now + _KEPT_S)
        while len(self._watched) > _MOST:
            del self._watched[next(iter(self._watched))]

    def gone(self) -> list[CellChange]:
        """What changed in cells that are gone since the last call: a copy may stand in their place."""
        now, found = time.monotonic(), []
        for name, one in list(self._watched.items()):
            if now > one.until:
                del self._watched[name]
            elif one.cell.get("id") is None:
                del self._watched[name]
                found.append(replace(one.change, since=one.source))
            else:
                one.source = str(one.cell.get("source"))
        return found


def brought_to_copies(seen: bytes, history: bytes, changes: list[CellChange], merge: Merge) -> MergedUpdate | None:
    """What brings the changes to the copies; None if there is none, or they have them. To be called in a thread.

    ``seen``: the document when the copies were found; what people did to them until ``history`` stays.
    """
    first, notebook = _notebook(seen), _notebook(history)
    copies = {cell.get("id"): cell for cell in first["cells"]}
    cells, changed = list(notebook["cells"]), False
    places = {cell.get("id"): index for index, cell in enumerate(cells)}
    for change in changes:
        name = change.after["id"]
        if name not in copies or name not in places:
            continue
        wanted = _one(*_as_seen(change, copies[name]), notebook, merge)
        if wanted != copies[name]:
            cells[places[name]], changed = _one(copies[name], cells[places[name]], wanted, notebook, merge), True
    return merged_update("notebook", history, notebook, {**notebook, "cells": cells}, merge) if changed else None


def _notebook(history: bytes) -> dict[str, Any]:
    notebook = content_of("notebook", history)
    assert isinstance(notebook, dict)
    return notebook


def _one(base: Cell, room: Cell, file: Cell, notebook: dict[str, Any], merge: Merge) -> Cell:
    merged = merge("notebook", *({**notebook, "cells": [cell]} for cell in (base, room, file))).content
    assert isinstance(merged, dict)
    cell: Cell = merged["cells"][0]
    return cell


def _as_seen(change: CellChange, copy: Cell) -> tuple[Cell, Cell, Cell]:
    """Whose maker saw other outputs or metadata than those of before knows the change, or made a newer one."""
    same = {key for key in copy if key == "source" or copy[key] == change.before.get(key)}
    before, after = (
        {key: cell[key] if key in same else copy[key] for key in copy if key not in same or key in cell}
        for cell in (change.before, change.after)
    )
    sources = [str(cell.get("source", "")) for cell in (before, copy, after)]
    if _knew(*sources):
        before["source"] = after["source"] = copy["source"]
    elif change.since is not None:
        after["source"] = change.since
        before["source"] = _with_what_both_added(sources[0], sources[1], change.since)
    return before, copy, after


def _knew(before: str, copy: str, after: str) -> bool:
    """Whether every line that the program added is in the copy, and none that it took out."""
    old, mine, new = (Counter(text.split("\n")) for text in (before, copy, after))
    return new - old <= mine and not (old - new) & mine


def _with_what_both_added(before: str, copy: str, after: str) -> str:
    """What the maker of the copy had added before, and arrived in the cell, is not another's to be brought."""
    old, one, other = (text.split("\n") for text in (before, copy, after))
    lines: list[str] = []
    for index, (added, also) in enumerate(zip(aligned(old, one).added, aligned(old, other).added, strict=True)):
        lines += [line for line in aligned(added, also).lines if line is not None]
        lines += old[index : index + 1]
    return "\n".join(lines)
