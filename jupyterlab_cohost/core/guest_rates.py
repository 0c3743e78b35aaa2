"""How much one guest may send over all sockets: so many messages and bytes per second, with room for a burst."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from ..protocol.limits import Limits

_BURST_S = 10
_MOST_GUESTS = 10_000


class Bucket:
    """Holds up to ``most``, refilled by ``per_s`` a second."""

    def __init__(self, per_s: float, most: float, now: float) -> None:
        self._per_s, self._most, self._holds, self._at = per_s, most, most, now

    def take(self, amount: float, now: float) -> bool:
        """Whether there was enough; what is not there is not taken."""
        self._holds = min(self._most, self._holds + (now - self._at) * self._per_s)
        self._at = now
        if amount > self._holds:
            return False
        self._holds -= amount
        return True


class GuestRates:
    """By participant: to connect again gives nothing more. ``clock`` in seconds."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._buckets: OrderedDict[str, tuple[Bucket, Bucket]] = OrderedDict()

    def allows(self, participant: str, size: int) -> bool:
        """Counts one message of ``size`` bytes."""
        now = self._clock()
        messages, octets = self._of(participant, now)
        return messages.take(1, now) and octets.take(size, now)

    def _of(self, participant: str, now: float) -> tuple[Bucket, Bucket]:
        if participant not in self._buckets:
            limits = self._limits
            messages = Bucket(limits.guest_messages_per_s, limits.guest_messages_per_s * _BURST_S, now)
            octets = Bucket(limits.guest_bytes_per_s, 2 * limits.message_bytes, now)
            self._buckets[participant] = (messages, octets)
            while len(self._buckets) > _MOST_GUESTS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(participant)
        return self._buckets[participant]
