"""Three-way merge of sequences: both sides' changes as hunks of the base, applied together where they do not overlap.

Changes that only touch (the line above, the line below) are not a conflict, unlike in diff3: whoever types next to an
outside change should not have to hear of it. The way to tell hunks apart is Khanna, Kunal, Pierce, "A Formal
Investigation of Diff3" (2007), with that one difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..core.differences import changes

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class Hunk(Generic[Item]):
    """``base[start:end]`` becomes ``items``."""

    start: int
    end: int
    items: list[Item]


@dataclass(frozen=True)
class Region(Generic[Item]):
    """A part of the result: ``settled`` when at most one side changed it, or both alike; else both sides' version."""

    start: int
    end: int
    settled: list[Item] | None
    room: list[Item]
    file: list[Item]


def hunks(base: Sequence[Item], other: Sequence[Item]) -> list[Hunk[Item]]:
    """What turns ``base`` into ``other``."""
    return [Hunk(start, end, list(other[first:last])) for start, end, first, last in changes(base, other)]


def _overlap(start: int, end: int, hunk: Hunk[Item]) -> bool:
    """Whether a hunk changes what the range [start, end) changes; two insertions at one point do."""
    if start == end and hunk.start == hunk.end:
        return start == hunk.start
    return hunk.start < end and start < hunk.end


def _apply(base: Sequence[Item], changes: list[Hunk[Item]], start: int, end: int) -> list[Item]:
    result: list[Item] = []
    at = start
    for hunk in changes:
        result.extend(base[at : hunk.start])
        result.extend(hunk.items)
        at = hunk.end
    result.extend(base[at:end])
    return result


def regions(base: Sequence[Item], room: Sequence[Item], file: Sequence[Item]) -> list[Region[Item]]:
    """The result in order; what neither side changed is settled too."""
    waiting = [(hunk, side) for side, other in enumerate((room, file)) for hunk in hunks(base, other)]
    waiting.sort(key=lambda entry: (entry[0].start, entry[0].end, entry[1]))
    found: list[Region[Item]] = []
    at = 0
    while waiting:
        group = [waiting.pop(0)]
        start, end = group[0][0].start, group[0][0].end
        while waiting and _overlap(start, end, waiting[0][0]):
            group.append(waiting.pop(0))
            end = max(end, group[-1][0].end)
        if start > at:
            found.append(_region(base, [], at, start))
        found.append(_region(base, group, start, end))
        at = end
    if at < len(base):
        found.append(_region(base, [], at, len(base)))
    return found


def _region(base: Sequence[Item], group: list[tuple[Hunk[Item], int]], start: int, end: int) -> Region[Item]:
    room, file = (_apply(base, [hunk for hunk, owner in group if owner == side], start, end) for side in (0, 1))
    old = list(base[start:end])
    if room == file or file == old:
        return Region(start, end, room, room, file)
    if room == old:
        return Region(start, end, file, room, file)
    return Region(start, end, None, room, file)
