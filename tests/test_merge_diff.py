"""The difference that everything merged is built on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_cohost.core import differences
from jupyterlab_cohost.core.differences import changes

SEQUENCE = st.lists(st.sampled_from("abc"), max_size=14)


def longest_common(left: list[str], right: list[str]) -> int:
    """By the textbook, to compare with."""
    row = [0] * (len(right) + 1)
    for a in left:
        new = [0]
        for index, b in enumerate(right):
            new.append(row[index] + 1 if a == b else max(row[index + 1], new[-1]))
        row = new
    return row[-1]


@given(SEQUENCE, SEQUENCE)
def test_save_10_the_difference_is_right_and_the_shortest(left: list[str], right: list[str]) -> None:
    """SAVE-10: applied to one it gives the other, and it takes out no item that could have stayed."""
    result: list[str] = []
    at = 0
    for start, end, first, last in changes(left, right):
        assert (start > at or not result or at == 0) and (end > start or last > first)
        result += left[at:start] + right[first:last]
        at = end
    assert result + left[at:] == right
    removed = sum(end - start for start, end, _, _ in changes(left, right))
    assert removed == len(left) - longest_common(left, right)


def test_save_10_sequences_with_little_in_common_are_still_right(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """SAVE-10: beyond the limit the approximate way gives a correct difference too."""
    monkeypatch.setattr(differences, "_MOST_PAIRS", 3)
    left, right = list("abcdefgh"), list("hxgxbxcx")
    result: list[str] = []
    at = 0
    for start, end, first, last in changes(left, right):
        result += left[at:start] + right[first:last]
        at = end
    assert result + left[at:] == right
