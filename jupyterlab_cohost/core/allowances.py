"""What one guest may cost the server, over all rooms and connections: to connect again gives nothing more.

A *struct* weighs 1: about 300 bytes of memory for good. An entry under a new name weighs 3 (the server remembers where
it stands), eight values in a list 1, a kilobyte of text 1; what goes on in a text where it ended weighs its bytes only.
The host, and who may run code and so has the host's machine, are not weighed.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakSet

from ..protocol.ids import ParticipantId
from ..protocol.limits import Limits
from ..protocol.roles import Role
from ..protocol.varint import MalformedMessage
from .guest_rates import Bucket
from .ports import RoomClient

_MOST_GUESTS = 10_000


class TooMuch(Exception):
    """A guest has added as much as one guest may."""


class TooMuchWaits(Exception):
    """More of a guest's messages wait to be taken than may."""


class Work:
    """Around what one message costs: short ones are free, of the long ones a guest has AT_MOST_S and then a SHARE
    of the time. Raises MalformedMessage behind a message that goes beyond.
    """

    FREE_S, AT_MOST_S, SHARE = 0.005, 3.0, 0.25

    def __init__(self) -> None:
        self._spent = self._spent_at = self._started = 0.0

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        now = time.perf_counter()
        if now - self._started > self.FREE_S:
            self._spend(now - self._started, now)

    def _spend(self, seconds: float, now: float) -> None:
        self._spent = max(0.0, self._spent - (now - self._spent_at) * self.SHARE) + seconds
        self._spent_at = now
        if self._spent > self.AT_MOST_S:
            raise MalformedMessage("a connection takes too much work")


class Allowance:
    """Of one guest, or of one connection of the host (who is not weighed)."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.work = Work()
        self._clock, self._most_bytes = clock, limits.guest_waiting_bytes
        self._structs = Bucket(limits.guest_structs_per_s, limits.guest_structs, clock())
        self._waiting = 0
        self._clients = WeakSet[RoomClient]()

    def add_structs(self, weight: float) -> None:
        """Raises TooMuch."""
        if not self._structs.take(weight, self._clock()):
            raise TooMuch

    def wait(self, size: int) -> None:
        """So many bytes of theirs wait to be taken. One message always may. Raises TooMuchWaits."""
        if self._waiting and self._waiting + size > self._most_bytes:
            raise TooMuchWaits
        self._waiting += size

    def took(self, size: int) -> None:
        """They wait no more."""
        self._waiting -= size

    def serves(self, client: RoomClient) -> None:
        """What this client does not read is kept for them, too."""
        self._clients.add(client)

    @property
    def reads(self) -> bool:
        """Whether they have read enough, over all connections, to be sent another whole document."""
        return sum(client.waiting for client in self._clients) <= self._most_bytes

    @property
    def waits(self) -> bool:
        """Whether anything does."""
        return self._waiting > 0


class Allowances:
    """By participant. ``clock`` in seconds."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._guests: OrderedDict[ParticipantId, Allowance] = OrderedDict()

    def of(self, client: RoomClient) -> Allowance:
        """A guest's, by participant; the host has one for each connection."""
        identity = client.identity
        return self._anew() if identity.role is Role.HOST else self._of(identity.participant_id)

    def _of(self, participant: ParticipantId) -> Allowance:
        if participant not in self._guests:
            self._guests[participant] = self._anew()
            while len(self._guests) > _MOST_GUESTS:
                self._guests.popitem(last=False)
        self._guests.move_to_end(participant)
        return self._guests[participant]

    def _anew(self) -> Allowance:
        return Allowance(self._limits, self._clock)
