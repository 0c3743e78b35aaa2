"""Three-way merge of text: nothing is lost, what both changed is kept twice and told."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_cohost.core.ports import Conflict, Merged
from jupyterlab_cohost.storage.merge import merge

TEXT = st.text(alphabet="ab \n\r\u2028", max_size=40) | st.lists(
    st.sampled_from(["import os", "x = 1", "y = x + 1", "", "print(x)", "# end\r"]), max_size=12
).map("\n".join)


def merged(base: str, room: str, file: str) -> Merged:
    return merge("file", base, room, file)


@given(TEXT, TEXT)
def test_save_10_one_side_alone_wins_exactly(base: str, other: str) -> None:
    """SAVE-10: what only one side changed is taken as it is, line ends included."""
    assert merged(base, base, other) == Merged(other)
    assert merged(base, other, base) == Merged(other)
    assert merged(base, other, other) == Merged(other)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=10), st.data())
def test_save_10_every_line_that_one_side_added_is_there_once(base: list[str], data: st.DataObject) -> None:
    """SAVE-10: both insert lines of their own anywhere; each is there once, in its side's order, and the base too."""

    def with_lines(name: str) -> list[str]:
        lines = list(base)
        for number in range(data.draw(st.integers(0, 4))):
            lines.insert(data.draw(st.integers(0, len(lines))), f"{name}{number}")
        return lines

    room, file = with_lines("room"), with_lines("file")
    content = merged(*("".join(f"{line}\n" for line in lines) for lines in (base, room, file))).content
    assert isinstance(content, str)
    result = content.splitlines()
    assert Counter(result) == Counter(room) + Counter(file) - Counter(base)
    assert [line for line in result if line.startswith("room")] == [line for line in room if line.startswith("room")]
    assert [line for line in result if line.startswith("file")] == [line for line in file if line.startswith("file")]


@given(TEXT, TEXT, TEXT)
def test_save_10_both_deletions_and_no_invented_words(base: str, room: str, file: str) -> None:
    """SAVE-10: every character of the result stands in one of the three."""
    content = merged(base, room, file).content
    assert set(content) <= set(base + room + file + "\n\r")


CASES = {
    "different lines": ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n", []),
    "lines that touch": ("a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n", []),
    "different words of a line": ("x = foo(1)\n", "x = foo(2)\n", "y = foo(1)\n", "y = foo(2)\n", []),
    "the same word": ("x = 1\ny\n", "x = 2\ny\n", "x = 3\ny\n", "x = 2\nx = 3\ny\n", ["line 1"]),
    "both append": ("a\n", "a\nroom\n", "a\nfile\n", "a\nroom\nfile\n", ["line 2"]),
    "both append the same and more": ("a\n", "a\nb\nroom\n", "a\nb\n", "a\nb\nroom\n", []),
    "deleted and edited": ("a\nb\nc\n", "a\nc\n", "a\nb2\nc\n", "a\nb2\nc\n", ["line 2"]),
    "no line end at the end": ("a", "a\nb", "z\na", "z\na\nb", []),
    "both append to a last line without end": ("a", "a room", "a file", "a room\na file", ["line 1"]),
    "carriage returns stay": ("a\r\nb\r\n", "A\r\nb\r\n", "a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", []),
    "every line edited here, a line added there": ("a1\nb1\n", "a1r\nb1r\n", "a1\nnew\nb1\n", "a1r\nnew\nb1r\n", []),
    "a line edited here, taken out there, one added": ("a1\nb1\n", "a1r\nb1r\n", "b1\n", "a1r\nb1r\n", ["line 1"]),
    "every line edited and one added here, one taken out there": (
        "first line\nsecond line\nthird line\n",
        "fiXrst line\nsecXond line\nthiXrd line\nnew",
        "second line\nthird line\n",
        "fiXrst line\nsecXond line\nthiXrd line\nnew",
        ["line 1"],
    ),
    "the last line without end cut in two here, a line added there": (
        "a\n# b",
        "a\n#\nbcd",
        "a\n# b\n# file",
        "a\n#\nbcd\n# file",
        [],
    ),
    "the last line without end edited here, lines added there": ("a\nb", "a\nxb", "a\nb\nc", "a\nxb\nc", []),
    "as many lines as before, but not the same ones": (
        "first lin\nsecond line\nthird line\n",
        "firXst lin\nsecXond line\nthiXrd line\n",
        "outside\nfirst lin\nthird line\n",
        "outside\nfirXst lin\nsecXond line\nthiXrd line\n",
        ["line 3"],
    ),
    "lines joined and edited here, one added there": (
        "alpha beta\ngamma\ndelta\n",
        "alXpha bYeta\ngaZmmadelQta\n",
        "alpha beta\nnew\ngamma\ndelta\n",
        "alXpha bYeta\nnew\ngaZmmadelQta\n",
        [],
    ),
    "typed on where the file has the beginning of it": (
        "w1.\n",
        "w1. w2. w3\n",
        "w1. w2.\n",
        "w1. w2. w3\n",
        [],
    ),
    "typed on in front of a line that is taken out": (
        "line w1.\nline 2\nend\n",
        "line w1. w2. w3\nline 2\nend\n",
        "line w1. w2.\nend\n",
        "line w1. w2. w3\nend\n",
        [],
    ),
    "conflict with carriage returns": ("a\r\nb", "a\r\nb1", "a\r\nb2", "a\r\nb1\r\nb2", ["line 2"]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_save_10_cases(case: tuple[str, str, str, str, list[str]]) -> None:
    """SAVE-10, SAVE-11: by lines, then by words; the same words changed by both: both lines, and it is told where."""
    base, room, file, expected, where = case
    assert merged(base, room, file) == Merged(expected, [Conflict(one) for one in where])


def test_save_10_large_repetitive_text_takes_no_quadratic_time() -> None:
    """SAVE-10: 20,000 equal lines, changed at both ends, come out right (the comparison would not end otherwise)."""
    base = "same\n" * 20_000
    assert merged(base, "room\n" + base, base + "file\n").content == "room\n" + base + "file\n"
    lines = base.splitlines(keepends=True)
    room, file = (list(lines) for _ in range(2))
    room[5_000], file[15_000], room[100], file[19_000] = "r\n", "f\n", "r\n", "f\n"
    both = list(room)
    both[15_000] = both[19_000] = "f\n"
    content = merged(base, "".join(room), "".join(file)).content
    assert isinstance(content, str)
    assert Counter(content.splitlines()) >= Counter({"r": 2, "f": 2})
