"""What the handlers share; built once by ``extension`` and put into the web application's settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..protocol.limits import Limits

if TYPE_CHECKING:
    from ..core.presence import Presence
    from ..core.rooms import Rooms
    from ..core.sessions import Sessions
    from .gateway.sockets import GuestSockets

SETTINGS_KEY = "cohost"


@dataclass
class Services:
    """The parts of the running extension."""

    rooms: Rooms
    sessions: Sessions
    limits: Limits
    #: The administrator's ``c.Cohost.public_url``, or "".
    public_url: str
    #: jupyter_server's ServerApp (contents manager, session manager, kernel manager, base URL).
    server: Any
    #: Every open WebSocket of the guests.
    sockets: GuestSockets = field(init=False)
    presence: Presence = field(init=False)

    def __post_init__(self) -> None:
        from ..core.presence import Presence
        from .gateway.sockets import GuestSockets

        self.sockets = GuestSockets(self.sessions)
        self.presence = Presence(self.rooms, self.sessions)
