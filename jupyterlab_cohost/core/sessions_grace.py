"""When the host's pages were there last: sessions for a meeting end when they were away for the grace period.

The time goes on while the server is stopped. So the store is told every now and then that the host is still here; after
a crash the last of these times counts.
"""

from __future__ import annotations

from collections.abc import Callable

from .sessions_clock import Clock

#: The store is told so many times per grace period, but never more seldom than every 30 s.
_BEATS, _BEAT_MOST_S = 20, 30.0


class Grace:
    """Times are seconds since 1970. ``over``: the host was away for ``grace_s``. ``beat``: keep ``seen_at`` now."""

    def __init__(self, clock: Clock, grace_s: float, over: Callable[[], None], beat: Callable[[], None]) -> None:
        self._clock, self._grace_s, self._over, self._beat = clock, grace_s, over, beat
        self.present = False
        #: None while the time does not run: a page is open, or none has been yet.
        self._away_since: float | None = None
        self._cancel: Callable[[], None] = lambda: None
        self._cancel_beat: Callable[[], None] = lambda: None

    @property
    def seen_at(self) -> float:
        """When the host was here last."""
        return self._clock.now() if self._away_since is None else self._away_since

    def host(self, present: bool) -> None:
        """A page of the host is open, or none any more."""
        self.present = present
        if present:
            self._away_since = None
            self._cancel()
        else:
            self._count_from(self._clock.now())

    def begun(self) -> None:
        """A session was made: also one from the terminal, after the last page was closed, gets the whole time."""
        if self._away_since is not None:
            self._count_from(self._clock.now())
        self.beat_on()

    def restored(self, seen_at: float) -> None:
        """The server was stopped while sessions were running. No timer yet: ``resume`` sets it."""
        self._away_since = min(seen_at, self._clock.now())

    @property
    def is_over(self) -> bool:
        """Whether the time has passed already."""
        return self._away_since is not None and self._clock.now() - self._away_since >= self._grace_s

    def resume(self) -> None:
        """The server runs again (timers need its event loop)."""
        if self._away_since is not None and not self.present:
            self._count_from(self._away_since)
        self.beat_on()

    def beat_on(self) -> None:
        """From now on the store is told, until ``close``."""
        self._cancel_beat()
        every = min(_BEAT_MOST_S, self._grace_s / _BEATS)
        self._cancel_beat = self._clock.call_later(every, self._beat)

    def close(self) -> None:
        """The server stops."""
        self._cancel()
        self._cancel_beat()

    def _count_from(self, since: float) -> None:
        self._cancel()
        self._away_since = since
        left = max(0.0, since + self._grace_s - self._clock.now())
        self._cancel = self._clock.call_later(left, self._ended)

    def _ended(self) -> None:
        self._away_since = None
        self._over()
