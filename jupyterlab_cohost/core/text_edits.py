"""Turns one text into another by small edits, so that cursors and concurrent typing survive."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from pycrdt import Text

#: Above this many lines difflib is too slow: one edit between the common beginning and end then.
_DIFF_LINES = 20_000
#: ``(start, end, replacement)`` in characters of the old text.
Edit = tuple[int, int, str]


def set_text(ytext: Text, wanted: str) -> None:
    """Edits ``ytext`` inside the caller's transaction."""
    old = str(ytext)
    for start, end, replacement in reversed(list(edits(old, wanted))):
        first = len(old[:start].encode("utf-8"))
        last = first + len(old[start:end].encode("utf-8"))
        if last > first:
            del ytext[first:last]
        if replacement:
            ytext.insert(first, replacement)


def edits(old: str, new: str) -> Iterator[Edit]:
    """The edits from ``old`` to ``new``, by lines and then within them, in order."""
    if old == new:
        return
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(a) + len(b) > _DIFF_LINES:
        yield _trimmed(0, old, new)
        return
    starts = [0]
    for line in a:
        starts.append(starts[-1] + len(line))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _trimmed(starts[i1], old[starts[i1] : starts[i2]], "".join(b[j1:j2]))


def _trimmed(offset: int, old: str, new: str) -> Edit:
    """One replacement without what both have in common at the beginning and the end."""
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    tail = next((i for i in range(shortest - head) if old[-1 - i] != new[-1 - i]), shortest - head)
    return offset + head, offset + len(old) - tail, new[head : len(new) - tail]
