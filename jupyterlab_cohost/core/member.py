"""One client's place in a room."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol.roles import Capability
from .ports import RoomClient


@dataclass(eq=False)
class Member:
    """Counts are of sync messages (steps 2 and updates) on this connection."""

    client: RoomClient
    #: It understands our own messages.
    hello: bool = False
    received: int = 0
    acknowledged: int = 0
    #: An update built on something missing: nothing is acknowledged until the client has sent everything.
    held: bool = False

    def can(self, capability: Capability) -> bool:
        """Asked for every message: a change of role counts at once."""
        return capability in self.client.capabilities()
