"""How often somebody may try: a sliding minute per key, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable

from ..protocol.errors import TooManyRequests
from .sessions_clock import Clock

_MAX_KEYS = 10_000
_TOO_MANY = "Too many tries. Wait a minute and try again."


def too_many_tries() -> TooManyRequests:
    """The answer beyond the limit."""
    return TooManyRequests(_TOO_MANY)


class Pace:
    """So many at once per key, and then so many a second: who comes too soon waits, in bounded memory."""

    def __init__(self, clock: Clock, at_once: int, per_s: float) -> None:
        self._clock, self._ahead_s, self._gap_s = clock, at_once / per_s, 1 / per_s
        #: By key: when the next turn would be, were there none at once.
        self._next: OrderedDict[Hashable, float] = OrderedDict()

    def wait_s(self, key: Hashable) -> float:
        """Takes a turn; how many seconds to wait for it."""
        now = self._clock.now()
        turn = max(self._next.get(key, 0.0), now - self._ahead_s) + self._gap_s
        self._next[key] = turn
        self._next.move_to_end(key)
        while len(self._next) > _MAX_KEYS:
            self._next.popitem(last=False)
        return max(0.0, turn - now)

    def give_back(self, key: Hashable) -> None:
        """The turn was not used."""
        if key in self._next:
            self._next[key] -= self._gap_s


class RateLimit:
    """At most ``per_minute`` counted tries per key in any 60 seconds."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock, self._per_minute = clock, per_minute
        self._tries: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def check(self, key: Hashable) -> None:
        """Raises TooManyRequests."""
        if self.is_used_up(key):
            raise too_many_tries()

    def is_used_up(self, key: Hashable) -> bool:
        """Whether ``check`` would raise."""
        return len(self._recent(key)) >= self._per_minute

    def count(self, key: Hashable) -> None:
        """Counts one try."""
        recent = self._recent(key)
        recent.append(self._clock.now())
        self._tries[key] = recent
        self._tries.move_to_end(key)
        while len(self._tries) > _MAX_KEYS:
            self._tries.popitem(last=False)

    def _recent(self, key: Hashable) -> deque[float]:
        tries = self._tries.get(key, deque())
        while tries and tries[0] <= self._clock.now() - 60:
            tries.popleft()
        return tries
