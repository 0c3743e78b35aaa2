"""One frame per tick: what arrived in a tick leaves merged, at once when idle, up to ``tick_max_ms`` when busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

from .counters import COUNTERS

#: A flush that takes 1 ms is followed by a pause of this many.
_PAUSE_PER_COST = 2.0


class Ticker:
    """Calls ``flush`` once for any number of ``wake`` in a tick. ``least_s``: the shortest pause after a flush."""

    def __init__(self, flush: Callable[[], None], most_s: float, least_s: Callable[[], float] = lambda: 0.0) -> None:
        self._flush, self._most, self._least = flush, most_s, least_s
        self._not_before = 0.0
        self._woken_at: float | None = None
        self._handle: asyncio.Handle | None = None

    def wake(self) -> None:
        """There is something to flush."""
        if self._handle is not None:
            return
        loop = asyncio.get_running_loop()
        self._woken_at = now = perf_counter()
        wait = self._not_before - now
        self._handle = loop.call_later(wait, self._run) if wait > 0 else loop.call_soon(self._run)

    def _run(self) -> None:
        self._handle = None
        started = perf_counter()
        self._flush()
        ended = perf_counter()
        COUNTERS.ticks += 1
        COUNTERS.tick_s += ended - started
        pause = min(self._most, (ended - started) * _PAUSE_PER_COST)
        self._not_before = ended + max(self._least(), pause)

    def close(self) -> None:
        """Nothing is flushed any more."""
        if self._handle is not None:
            self._handle.cancel()
