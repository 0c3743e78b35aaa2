"""What the file held in the last seconds, and which of that another program had read before it wrote.

A formatter, an agent, ``nbconvert --inplace``: they read the file, work, and write it. When people's words were saved
in between, they are not in what the program writes, although it never took them out. So the base of the merge is the
state that the program read: the one from which it changed least.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

from rapidfuzz.distance import LCSseq

from .alignment import aligned
from .differences import changes
from .ports import Content, EarlierContent
from .text_edits import edits

#: Someone who puts an older state back on purpose (git) takes longer than this; characters that are kept at most.
_KEPT_S, _MOST_SIZE = 20.0, 8_000_000
#: The clock of a file system may be this much behind the one of its notes.
_CLOCKS_S = 2.0
#: Longer pieces are not compared by characters.
_MOST_CHARACTERS = 20_000


class EarlierSaves:
    """Of one room. ``add``, ``put_back`` and ``base_of`` are to be called in a thread, one at a time."""

    def __init__(self) -> None:
        #: Until when on the monotonic clock the file held it, its size, the content.
        self._kept: deque[tuple[float, int, Content]] = deque()

    def add(self, content: Content) -> None:
        """The file does not hold this any more, as of now."""
        self._kept.append((time.monotonic(), _size(content), content))
        self._prune()

    def put_back(self, states: Iterable[EarlierContent], written: float | None) -> None:
        """What the file had held before this server was started.

        ``written``: POSIX seconds when another program wrote it, None when none did.
        """
        known, now = list(states), time.time()
        if written is None or any(written < state.until - _CLOCKS_S for state in known):
            # A program may give its file any time.
            written = now
        for state in known:
            age = max(0.0, min(written, now) - state.until)
            self._kept.append((time.monotonic() - age, _size(state.content), state.content))
        self._prune()

    def forget(self) -> None:
        """Another program wrote: who writes next had read that, or what came later."""
        self._kept.clear()

    def base_of(self, file: Content, last: Content) -> Content:
        """What a program had read that wrote ``file``: ``last``, or what the file had held a moment before.

        An earlier state itself was put there on purpose: ``last``.
        """
        self._prune()
        earlier = [content for _, _, content in self._kept if type(content) is type(last)]
        if not earlier or file in earlier:
            return last
        text = _text(file)
        # Of two that are equally near, the newer one.
        nearest = sorted((last, *reversed(earlier)), key=lambda content: _distance(_text(content), text))
        return next(content for content in nearest if content is last or _could_be_read(content, last, text))

    def _prune(self) -> None:
        until = time.monotonic() - _KEPT_S
        while self._kept and (self._kept[0][0] < until or sum(size for _, size, _ in self._kept) > _MOST_SIZE):
            self._kept.popleft()


def _size(value: Any) -> int:
    """About how many characters it has."""
    if isinstance(value, dict):
        return sum(_size(key) + _size(one) for key, one in value.items())
    if isinstance(value, list):
        return sum(_size(one) for one in value)
    return len(value) if isinstance(value, str) else 8


def _text(content: Content) -> str:
    """What people type: the sources. The last line has an end, too: two who go on behind it both give it one."""
    if isinstance(content, str):
        return content if content.endswith("\n") else content + "\n"
    sources = (cell.get("source", "") for cell in content.get("cells", []))
    return "".join(f"{source if isinstance(source, str) else ''.join(source)}\n\f\n" for source in sources)


def has_what_came_after(file: Content, earlier: Content, later: Content) -> bool:
    """Whether the file has words that were put in between two states."""
    return _knew_more(earlier, later, _text(file))


def _could_be_read(earlier: Content, last: Content, file: str) -> bool:
    return not _is_another(_text(earlier), file) and not _knew_more(earlier, last, file)


def _is_another(base: str, file: str) -> bool:
    """Whether less than half of the earlier state is left: another file was put in its place."""
    return 2 * sum(end - start for start, end, _ in edits(base, file)) > len(base)


def _knew_more(earlier: Content, last: Content, file: str) -> bool:
    """Whether the file has something that came after the earlier state, so that its writer had read a later one."""
    base = _text(earlier)
    return not _put_in(base, _text(last)).isdisjoint(_put_in(base, file))


def _put_in(base: str, other: str) -> set[tuple[int, str]]:
    """What was put in, with its place in ``base``."""
    return {
        (at + start, new[first:last])
        for at, old, new in _edited(base, other)
        for start, first, last in _pieces(old, new)
        if first < last
    }


def _distance(base: str, file: str) -> int:
    """Characters put in, and twice those taken out: words that are not there weigh more than words that are."""
    total = 0
    for _, old, new in _edited(base, file):
        put = sum(last - first for _, first, last in _pieces(old, new))
        total += 2 * (len(old) - len(new) + put) + put
    return total


def _edited(base: str, other: str) -> Iterator[tuple[int, str, str]]:
    """``(place in base, line, line as edited)``; "" for a line that is not there.

    Line by line: a line that was taken out is not to be mistaken for words that were typed beside it.
    """
    left, right = base.splitlines(keepends=True), other.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, left))]
    for start, end, first, last in changes(left, right):
        there = aligned(left[start:end], right[first:last])
        for index, added in enumerate(there.added):
            yield starts[start + index], "", "".join(added)
            if index < end - start:
                yield starts[start + index], left[start + index], there.lines[index] or ""


def _pieces(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """``(place in old, first, last)``: ``new[first:last]`` was put in."""
    if len(old) + len(new) > _MOST_CHARACTERS:
        yield 0, 0, len(new)
        return
    for edit in LCSseq.opcodes(old, new):
        if edit.tag != "equal":
            yield edit.src_start, edit.dest_start, edit.dest_end
