"""One client's place in a room."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..protocol.ids import ParticipantId
from ..protocol.roles import Capability, Role
from .allowances import Allowance
from .ports import RoomClient

_HOST = ParticipantId("the host")


@dataclass(eq=False)
class Member:
    """Counts are of sync messages (steps 2 and updates) on this connection."""

    client: RoomClient
    #: What this person may cost, over all connections.
    allowance: Allowance
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

    @property
    def owner(self) -> ParticipantId:
        """Whose its Yjs ids are. Jupyter may give the host another name with each connection (token, no cookie)."""
        identity = self.client.identity
        return _HOST if identity.role is Role.HOST else identity.participant_id

    @property
    def is_weighed(self) -> bool:
        """Who may run code has the host's machine anyway."""
        return not self.can(Capability.EXECUTE)

    def can(self, capability: Capability) -> bool:
        """Asked for every message: a change of role counts at once."""
        return capability in self.client.capabilities()
