"""What the handlers share; built once by ``extension`` and put into the web application's settings."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..protocol.limits import Limits
from ..storage.pairs import without_pairs

if TYPE_CHECKING:
    from ..core.asks import Asks
    from ..core.chat_rooms import Chats
    from ..core.guest_rates import GuestRates
    from ..core.presence import Presence
    from ..core.renames import Renames
    from ..core.rooms import Rooms
    from ..core.sessions import Sessions
    from ..core.touched import Touched
    from .activity import Activity
    from .gateway.flood import Flood
    from .gateway.sockets import GuestSockets
    from .identities.service import HubService
    from .other_server import OtherServer

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
    #: Where guests could ever write.
    touched: Touched
    #: The administrator's ``c.Cohost.host_name``, or "".
    host_name: str = ""
    #: Whether the guests' work counts as activity of the server.
    guest_activity: bool = True
    #: More of the host's prebuilt extensions that a guest's page loads.
    guest_extensions: tuple[str, ...] = ()
    #: Who guests are by the word of the hub service, where there is one.
    hub: HubService | None = None
    #: Whether another extension of the server has rooms of its own.
    other: OtherServer = field(init=False)
    #: What follows when a file or folder is renamed.
    renames: Renames = field(init=False)
    #: Every open WebSocket of the guests.
    sockets: GuestSockets = field(init=False)
    rates: GuestRates = field(init=False)
    #: What is done about tries with wrong secrets.
    flood: Flood = field(init=False)
    activity: Activity = field(init=False)
    presence: Presence = field(init=False)
    asks: Asks = field(init=False)
    #: The discussions; they pass through and leave nothing.
    chats: Chats = field(init=False)

    def __post_init__(self) -> None:
        from ..core.asks import Asks
        from ..core.chat_rooms import Chats
        from ..core.guest_rates import GuestRates
        from ..core.presence import Presence
        from ..core.renames import Renames
        from .activity import Activity
        from .gateway.flood import Flood
        from .gateway.sockets import GuestSockets, most_descriptors
        from .other_server import OtherServer

        self.renames = Renames(self.sessions, self.rooms, self.touched)
        self.other = OtherServer(self.server)
        self.rooms.check = self.other.check_room
        self.sockets = GuestSockets(self.sessions, self.limits.guest_sockets, most_descriptors() // 2)
        self.rates = GuestRates(self.limits)
        self.flood = Flood(self.sessions)
        self.activity = Activity(self.server.web_app.settings, self.guest_activity)
        self.asks = Asks(self.sessions)
        self.presence = Presence(self.rooms, self.sessions)
        self.chats = Chats(self.sessions, self._chat_secret())

    @property
    def contents(self) -> Any:
        """The contents manager for guests' own requests, as it is now: a file is one, whatever its metadata say."""
        return without_pairs(self.server.contents_manager)

    def _chat_secret(self) -> bytes:
        """Derived from the secret of the server's cookies, so that it outlives a restart without a file of its own."""
        cookie_secret: bytes = self.server.web_app.settings.get("cookie_secret") or secrets.token_bytes(32)
        return hmac.digest(cookie_secret, b"cohost chat stamps", "sha256")
