"""Wrong secrets beyond the limit: they wait for a prepared answer, and the connection ends; a right one passes through.

Everything else that a request costs (an error's answer, a line in the log) is left out, so that guessing does not slow
those who come in; waiting limits how often one connection tries. The first try beyond the limit is refused here, as a
request; those after it at the gate (``flood_gate``), before they are one.
"""

from __future__ import annotations

from typing import Any

from ...core.sessions import Sessions
from .auth import PublicHandler
from .flood_answers import Parked
from .flood_gate import Gate
from .flood_request import addresses, secret_in


class Flood:
    """What is done about it on this server."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.parked = Parked()
        self.gate = Gate(self.parked, self.refuses)

    def install(self, server: Any) -> None:
        """``server``: jupyter_server's ServerApp, once it listens."""
        self.gate.install(getattr(server, "_http_server", None), server.base_url)

    def refuses(self, session_id: str, body: bytes, remotes: tuple[str, ...]) -> bool:
        """Whether a try with this body is beyond the limit, and opens nothing."""
        door = self._sessions.door
        if not door.is_flooded(session_id, remotes):
            return False
        is_try, secret = secret_in(body)
        return is_try and door.turns_away(session_id, secret)


class TryingHandler(PublicHandler):
    """A POST that may bring a link's secret."""

    @property
    def remotes(self) -> tuple[str, ...]:
        """The addresses that count for this request."""
        return addresses(self.request, self.services.server.trust_xheaders)

    async def prepare(self) -> None:  # type: ignore[override]
        """As in ``GatewayMixin``, and answers TooManyRequests in a flood: after a while, or at once if many wait."""
        await super().prepare()
        flood, request = self.services.flood, self.request
        if request.method == "POST" and flood.refuses(self.session.id, request.body, self.remotes):
            flood.gate.close_for_a_while()
            flood.parked.refuse(self.detach())
