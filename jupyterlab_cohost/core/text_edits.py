"""Turns one text into another by small edits, so that cursors and concurrent typing survive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pycrdt import Text

from .differences import changes

#: ``(start, end, replacement)`` in characters of the old text.
Edit = tuple[int, int, str]
_WORDS = re.compile(r"\w+|\W")
#: Where more of the text than this changes, words are not compared.
_MOST_CHARACTERS = 20_000
#: Each edit of a long text takes time in proportion to those before it.
_MOST_EDITS = 1_000


def set_text(ytext: Text, wanted: str) -> None:
    """Edits ``ytext`` inside the caller's transaction."""
    old = str(ytext)
    make_edits(ytext, old, list(edits(old, wanted)))


def make_edits(ytext: Text, old: str, found: list[Edit]) -> None:
    """Inside the caller's transaction. ``old``: the text, of which ``found`` are the edits in order."""
    for first, last, replacement in reversed(list(_in_bytes(old, _few(old, found)))):
        if last > first:
            del ytext[first:last]
        if replacement:
            ytext.insert(first, replacement)


def _few(text: str, found: list[Edit]) -> Iterator[Edit]:
    """Neighbours joined to one edit each where there are too many."""
    size = -(-len(found) // _MOST_EDITS)
    for first in range(0, len(found), max(1, size)):
        group = found[first : first + size]
        at = start = group[0][0]
        parts: list[str] = []
        for begin, end, replacement in group:
            parts += text[at:begin], replacement
            at = end
        yield start, at, "".join(parts)


def _in_bytes(text: str, found: Iterator[Edit]) -> Iterator[Edit]:
    """The same edits, their places counted in bytes of UTF-8 as pycrdt does."""
    at = place = 0
    for start, end, replacement in found:
        first = place + len(text[at:start].encode("utf-8"))
        at, place = end, first + len(text[start:end].encode("utf-8"))
        yield first, place, replacement


def edits(old: str, new: str) -> Iterator[Edit]:
    """The edits from ``old`` to ``new``, by lines and then by words, in order, none touching the next."""
    for (start, end), replacement in _changed(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        yield from _by_words(start, old[start:end], replacement)


def _changed(left: list[str], right: list[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Where pieces of ``left`` (start and end in characters) become another text."""
    starts = [0]
    for piece in left:
        starts.append(starts[-1] + len(piece))
    for start, end, first, last in changes(left, right):
        yield (starts[start], starts[end]), "".join(right[first:last])


def _by_words(offset: int, old: str, new: str) -> Iterator[Edit]:
    if not old or not new or len(old) + len(new) > _MOST_CHARACTERS:
        yield _trimmed(offset, old, new)
        return
    for (start, end), replacement in _changed(_WORDS.findall(old), _WORDS.findall(new)):
        yield _trimmed(offset + start, old[start:end], replacement)


def _trimmed(offset: int, old: str, new: str) -> Edit:
    """One replacement without what both have in common at the beginning and the end."""
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    tail = next((i for i in range(shortest - head) if old[-1 - i] != new[-1 - i]), shortest - head)
    return offset + head, offset + len(old) - tail, new[head : len(new) - tail]
