"""One client's place in a room."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ..protocol.ids import ParticipantId
from ..protocol.roles import Capability, Role
from ..protocol.varint import MalformedMessage
from .ports import RoomClient

_HOST = ParticipantId("the host")


class Work:
    """Around what one message costs: short ones are free, of the long ones a connection has AT_MOST_S and then a SHARE
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


@dataclass(eq=False)
class Member:
    """Counts are of sync messages (steps 2 and updates) on this connection."""

    client: RoomClient
    #: It has said something, so it is known which messages it understands.
    met: bool = False
    #: It understands our own messages.
    hello: bool = False
    #: It is told once who is who.
    identities: bool = False
    #: Awareness ids whose last move it was spared while it was slow.
    spared: set[int] = field(default_factory=set)
    #: Awareness ids that were told to whom it matters whose they are.
    announced: frozenset[int] = frozenset()
    received: int = 0
    acknowledged: int = 0
    #: An update built on something missing: nothing is acknowledged until the client has sent everything.
    held: bool = False
    #: How often it was asked again for everything.
    asked: int = 0
    work: Work = field(default_factory=Work)

    @property
    def owner(self) -> ParticipantId:
        """Whose its Yjs ids are. Jupyter may give the host another name with each connection (token, no cookie)."""
        identity = self.client.identity
        return _HOST if identity.role is Role.HOST else identity.participant_id

    def can(self, capability: Capability) -> bool:
        """Asked for every message: a change of role counts at once."""
        return capability in self.client.capabilities()
