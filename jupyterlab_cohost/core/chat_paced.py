"""Large frames to many pages: so many bytes per tick, so that the event loop serves rooms in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from .sessions_clock import Clock

#: About a millisecond of writing.
TICK_BYTES = 1 << 20
#: Texts that wait at once, each counted once; beyond that the oldest goes to the rest of its readers in one go.
_MOST_BYTES = 8 << 20


class Paced:
    """``send(node, id, text)`` is called once for every reader of a text, in order. Texts are kept until then only."""

    def __init__(self, clock: Clock, tick_ms: int, send: Callable[[str, str, bytes], None]) -> None:
        self._clock, self._tick_s, self._send = clock, tick_ms / 1000, send
        self._queue: deque[tuple[bytes, deque[tuple[str, str]]]] = deque()
        self._cancel: Callable[[], None] | None = None

    def add(self, text: bytes, readers: Iterable[tuple[str, str]]) -> None:
        """``readers``: (node, id), at least one."""
        self._queue.append((text, deque(readers)))
        while sum(len(waiting) for waiting, _ in self._queue) > _MOST_BYTES:
            oldest, others = self._queue.popleft()
            for node, id_ in others:
                self._send(node, id_, oldest)
        if self._cancel is None:
            self._run()

    def _run(self) -> None:
        left = TICK_BYTES
        while self._queue and left > 0:
            text, readers = self._queue[0]
            node, id_ = readers.popleft()
            if not readers:
                self._queue.popleft()
            left -= len(text)
            self._send(node, id_, text)
        is_idle = left == TICK_BYTES
        self._cancel = None if is_idle else self._clock.call_later(self._tick_s, self._run)

    def close(self) -> None:
        """Forgets everything."""
        self._queue.clear()
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
