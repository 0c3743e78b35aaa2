"""Which cells of two notebooks are the same, and in which order the cells of three stand.

Why this and not nbdime: see docs/adr.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..core.differences import unchanged
from .merge_sequence import regions

Cell = dict[str, Any]
#: A cell of the base by its index, or one that is new by its id or text and how many alike stand before it.
Key = tuple[str, str, int]


def source_of(cell: Cell) -> str:
    """The source as one string."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _look(cell: Cell) -> tuple[str, str]:
    return str(cell.get("cell_type")), source_of(cell)


def base_keys(count: int) -> list[Key]:
    """The keys of the base's cells."""
    return [("base", "", index) for index in range(count)]


def keys(base: Sequence[Cell], other: Sequence[Cell]) -> list[Key]:
    """The keys of ``other``'s cells: by id, then, among those left over, by type and source in order."""
    places = _by_id(base, other)
    left = [index for index in range(len(base)) if index not in set(places.values())]
    right = [index for index in range(len(other)) if index not in places]
    for first, second in unchanged([_look(base[i]) for i in left], [_look(other[i]) for i in right]):
        places[right[second]] = left[first]
    seen: Counter[str] = Counter()
    result: list[Key] = []
    for index, cell in enumerate(other):
        if index in places:
            result.append(("base", "", places[index]))
        else:
            name = str(cell.get("id") or "") or json.dumps(_look(cell))
            result.append(("new", name, seen[name]))
            seen[name] += 1
    return result


def _by_id(base: Sequence[Cell], other: Sequence[Cell]) -> dict[int, int]:
    """Index in ``other`` → index in ``base``. An id that stands twice counts once."""
    where: dict[str, int] = {}
    for index, cell in enumerate(base):
        if cell.get("id"):
            where.setdefault(str(cell["id"]), index)
    places: dict[int, int] = {}
    for index, cell in enumerate(other):
        place = where.pop(str(cell["id"]), None) if cell.get("id") else None
        if place is not None:
            places[index] = place
    return places


def order(base: list[Key], room: list[Key], file: list[Key], wanted: set[Key]) -> list[Key]:
    """All ``wanted`` keys, each once: both sides' insertions, removals and moves; the room's place wins."""
    in_room = set(room)
    result: list[Key] = []
    for region in regions(base, room, file):
        if region.settled is not None:
            result.extend(region.settled)
        else:
            result.extend(region.room)
            result.extend(key for key in region.file if key not in in_room)
    once = _once(result, wanted)
    for side in (room, file):
        _put_back(once, side, wanted)
    return once


def _once(result: list[Key], wanted: set[Key]) -> list[Key]:
    seen: set[Key] = set()
    once: list[Key] = []
    for key in result:
        if key in wanted and key not in seen:
            seen.add(key)
            once.append(key)
    return once


def _put_back(result: list[Key], side: list[Key], wanted: set[Key]) -> None:
    """Inserts what is wanted but missing behind the cell that stands before it on its side."""
    present = set(result)
    previous: Key | None = None
    for key in side:
        if key in wanted and key not in present:
            result.insert(0 if previous is None else result.index(previous) + 1, key)
            present.add(key)
        if key in present:
            previous = key
