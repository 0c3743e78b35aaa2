"""What the file held in the last seconds, and which of that another program had read before it wrote.

A formatter, an agent, ``nbconvert --inplace``: they read the file, work, and write it. When people's words were saved
in between, they are not in what the program writes, although it never took them out. So the base of the merge is the
state that the program read: the one from which it changed least.

``git stash``, ``git checkout -- .``: they put an older version back, and what it lacks was taken out on purpose. Then
the base is what the file held last. docs/adr/0014-discards.md says how the two are told apart.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from rapidfuzz.distance import LCSseq

from .alignment import aligned
from .content import outputs
from .differences import changes
from .ports import Content, EarlierContent
from .text_edits import edits

#: No program works longer on what it read; characters that are kept at most.
_KEPT_S, _MOST_SIZE = 20.0, 8_000_000
#: Nobody goes from typing to a command that discards it in less.
_AT_ONCE_S = 2.0
#: Of so many states it is known that the file held them.
_MOST_MARKS = 4_000
#: The clock of a file system may be this much behind the one of its notes.
_CLOCKS_S = 2.0
#: Longer pieces are not compared by characters.
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class _State:
    """``until`` when the file held it, on the monotonic clock; ``size`` in characters, about."""

    until: float
    size: int
    content: Content


class EarlierSaves:
    """Of one room. ``add``, ``put_back`` and ``base_of`` are to be called in a thread, one at a time."""

    def __init__(self) -> None:
        #: Of the last seconds, and the oldest one that is known, whatever its age.
        self._kept: deque[_State] = deque()
        #: Until when the file held a state with these words.
        self._held: dict[bytes, float] = {}

    def add(self, content: Content) -> None:
        """The file does not hold this any more, as of now."""
        now = time.monotonic()
        self._kept.append(_State(now, _size(content), content))
        self._note(mark_of_words(content), now)
        self._prune()

    def put_back(self, states: Iterable[EarlierContent], written: float | None, held: Mapping[bytes, float]) -> None:
        """What the file had held before this server was started.

        ``written``: POSIX seconds when another program wrote it, None when none did. ``held``: the marks of what it had
        held, each with its last POSIX seconds.
        """
        known, now, clock = list(states), time.time(), time.monotonic()
        if written is None or any(written < state.until - _CLOCKS_S for state in known):
            # A program may give its file any time.
            written = now
        for state in known:
            age = max(0.0, min(written, now) - state.until)
            self._kept.append(_State(clock - age, _size(state.content), state.content))
        for mark, until in sorted(held.items(), key=lambda one: one[1]):
            self._note(mark, clock - max(0.0, min(written, now) - until))
        self._prune()

    def _note(self, mark: bytes, until: float) -> None:
        self._held.pop(mark, None)
        self._held[mark] = until
        if len(self._held) > _MOST_MARKS:
            del self._held[next(iter(self._held))]

    def forget(self, last: Content) -> None:
        """Another program wrote over ``last``: who works on what it read had read that, or what came later."""
        self._kept.clear()
        self._note(mark_of_words(last), time.monotonic())

    def base_of(self, file: Content, last: Content) -> Content:
        """What a program had read that wrote ``file``: ``last``, or what the file had held a moment before.

        An earlier state itself was put there on purpose: ``last``.
        """
        self._prune()
        since = time.monotonic() - _KEPT_S
        earlier = [state for state in self._kept if type(state.content) is type(last)]
        if not earlier or earlier[-1].until < since or self._is_put_back(file, earlier):
            return last
        text = _text(file)
        # Of two that are equally near, the newer one.
        states = (_State(time.monotonic(), 0, last), *reversed(earlier))
        for state in sorted(states, key=lambda state: _distance(_text(state.content), text)):
            if state.content is last or state.until < since:
                return last
            if _could_be_read(state.content, last, text):
                return state.content
        return last

    def _is_put_back(self, file: Content, earlier: list[_State]) -> bool:
        """Whether the file had held this before. A program that ran a notebook has left its words alone, too."""
        if any(state.content == file for state in earlier):
            return True
        mark, now = mark_of_words(file), time.monotonic()
        until = self._held.get(mark)
        if until is None or until < now - _KEPT_S:
            return until is not None
        if now - earlier[-1].until < _AT_ONCE_S:
            return False
        return any(_is_filtered(file, state.content) for state in earlier if mark_of_words(state.content) == mark)

    def _prune(self) -> None:
        """The oldest one stays: what is nearer to it than to all that came since was put back."""
        until = time.monotonic() - _KEPT_S
        while len(self._kept) > 1 and self._kept[1].until < until:
            del self._kept[1]
        while self._kept and sum(state.size for state in self._kept) > _MOST_SIZE:
            self._kept.popleft()


def mark_of_words(content: Content) -> bytes:
    """8 bytes that tell what people typed from anything else, whatever a filter did to outputs or line ends."""
    text = "\n".join(_text(content).removeprefix("\ufeff").splitlines())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8]


def _is_filtered(file: Content, state: Content) -> bool:
    """Of two with the same words, whether the file has no outputs that the state did not have."""
    return not _outputs(file) - _outputs(state)


def _outputs(content: Content) -> Counter[str]:
    return Counter(json.dumps(output, sort_keys=True) for output in outputs(content))


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
