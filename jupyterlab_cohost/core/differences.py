"""The shortest difference of two sequences, by RapidFuzz's longest common subsequence."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

from rapidfuzz.distance import LCSseq

#: (start, end, first, last): ``left[start:end]`` becomes ``right[first:last]``.
Change = tuple[int, int, int, int]

#: The library keeps one bit for every pair of items: 125 MB, which take a quarter of a second.
_MOST_PAIRS = 1_000_000_000


def changes(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Change]:
    """What turns ``left`` into ``right``, in order, none touching the next."""
    found: list[Change] = []
    x = y = 0
    for i, j in (*unchanged(left, right), (len(left), len(right))):
        if i > x or j > y:
            found.append((x, i, y, j))
        x, y = i + 1, j + 1
    return found


def unchanged(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The pairs of indices that stay."""
    head, tail = shared_ends(left, right)
    middle = set(left[head : len(left) - tail]) & set(right[head : len(right) - tail])
    # What stands on one side only pairs with nothing; numbers are compared exactly, other items by their hash.
    number = {item: index for index, item in enumerate(middle)}
    here = [index for index in range(head, len(left) - tail) if left[index] in number]
    there = [index for index in range(head, len(right) - tail) if right[index] in number]
    blocks = _blocks([number[left[index]] for index in here], [number[right[index]] for index in there])
    return [
        *((index, index) for index in range(head)),
        *((here[i + step], there[j + step]) for i, j, size in blocks for step in range(size)),
        *((len(left) - index, len(right) - index) for index in range(tail, 0, -1)),
    ]


def shared_ends(left: Sequence[Hashable], right: Sequence[Hashable]) -> tuple[int, int]:
    """How many items both begin with, and how many of the rest both end with."""
    head = tail = 0
    shorter = min(len(left), len(right))
    while head < shorter and left[head] == right[head]:
        head += 1
    while tail < shorter - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    return head, tail


def _blocks(left: list[int], right: list[int]) -> list[tuple[int, int, int]]:
    """``(i, j, size)``. Beyond the bound not the shortest difference, but still a right one."""
    if len(left) * len(right) > _MOST_PAIRS:
        blocks = SequenceMatcher(None, left, right).get_matching_blocks()
        return [(block.a, block.b, block.size) for block in blocks]
    return [(block.a, block.b, block.size) for block in LCSseq.opcodes(left, right).as_matching_blocks()]
