"""How fast one participant may speak: token buckets, with the clock passed in."""

from __future__ import annotations

from .chat_limits import ChatLimits


class Bucket:
    """Holds at most ``burst``; ``per_s`` come in every second."""

    def __init__(self, per_s: float, burst: float, now: float) -> None:
        self._per_s, self._burst, self._level, self._at = per_s, burst, burst, now

    def take(self, amount: float, now: float) -> float:
        """0.0 when it was there and is taken; else the seconds until it will be (nothing is taken)."""
        self._level = min(self._burst, self._level + max(0.0, now - self._at) * self._per_s)
        self._at = now
        if self._level >= amount:
            self._level -= amount
            return 0.0
        return (min(amount, self._burst) - self._level) / self._per_s


class Rates:
    """The buckets of one participant, over all their pages."""

    def __init__(self, limits: ChatLimits, now: float) -> None:
        self.entries = Bucket(limits.entries_per_s, limits.entries_burst, now)
        self.requests = Bucket(limits.requests_per_s, limits.requests_burst, now)
        self.bytes = Bucket(limits.relayed_bytes_per_s, limits.relayed_bytes_burst, now)
