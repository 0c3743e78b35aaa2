"""The shortest way from one sequence to another: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).

Unlike this, the standard library's difflib takes out and puts back lines among repeated ones that
nobody touched, and two such differences then seem to clash. It stays as the way out for sequences that have little in
common, where the shortest would take too long.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

#: (start, end, first, last): ``left[start:end]`` becomes ``right[first:last]``.
Change = tuple[int, int, int, int]

_MOST_EDITS = 1000


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
    a, b = left[head : len(left) - tail], right[head : len(right) - tail]
    pairs = _shortest(a, b) if a and b else []
    if pairs is None:
        pairs = _approximate(a, b)
    return [
        *((index, index) for index in range(head)),
        *((head + i, head + j) for i, j in pairs),
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


def _approximate(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    blocks = SequenceMatcher(None, a, b, autojunk=True).get_matching_blocks()
    return [(i + step, j + step) for i, j, length in blocks for step in range(length)]


def _shortest(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]] | None:
    """The pairs that stay, or None when more than ``_MOST_EDITS`` items differ."""
    reach: dict[int, int] = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(len(a) + len(b), _MOST_EDITS) + 1):
        trace.append({k: reach[k] for k in range(-edits - 1, edits + 2) if k in reach})
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
            x = reach[k + 1] if down else reach[k - 1] + 1
            while x < len(a) and x - k < len(b) and a[x] == b[x - k]:
                x += 1
            reach[k] = x
            if x >= len(a) and x - k >= len(b):
                return _walk_back(trace, len(a), len(b))
    return None


def _walk_back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        reach, k = trace[edits], x - y
        down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
        before = k + 1 if down else k - 1
        from_x = reach[before]
        from_y = from_x - before
        while x > max(from_x, 0) and y > max(from_y, 0) and (x - y != before or edits == 0):
            x, y = x - 1, y - 1
            pairs.append((x, y))
        if edits:
            x, y = from_x, from_y
    return pairs[::-1]
