"""Which line of one version is which line of another when lines were edited: by how much of their text they share."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Indel

from .differences import unchanged

#: How much two lines have in common at least when one is the other, edited.
_ALIKE = 0.5
#: Above this many comparisons, only lines that are equal are paired.
_MOST_PAIRS = 40_000
#: A longer line is compared by its beginning.
_MOST_CHARACTERS = 300


@dataclass(frozen=True)
class Aligned:
    """``lines[i]`` is what became of the old line ``i`` (None: taken out); ``added[i]`` stands before it."""

    lines: list[str | None]
    added: list[list[str]]


def aligned(old: list[str], new: list[str]) -> Aligned:
    """Every line of ``new`` is in the result once."""
    lines: list[str | None] = [None] * len(old)
    added: list[list[str]] = [[] for _ in range(len(old) + 1)]
    done = gap = 0
    for index, other in _pairs(old, new):
        added[gap].extend(new[done:other])
        lines[index] = new[other]
        done, gap = other + 1, index + 1
    added[gap].extend(new[done:])
    return Aligned(lines, added)


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """In order, none twice: the pairs with the most in common in all."""
    if len(old) * len(new) > _MOST_PAIRS:
        return [(i, i) for i in range(len(old))] if len(old) == len(new) else unchanged(old, new)
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(left, right) for right in new] for left in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _alike(left: str, right: str) -> float:
    """From _ALIKE to 1, or 0 for lines that have too little in common."""
    return Indel.normalized_similarity(left[:_MOST_CHARACTERS], right[:_MOST_CHARACTERS], score_cutoff=_ALIKE)
