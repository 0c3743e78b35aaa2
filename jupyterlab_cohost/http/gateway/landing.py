"""The page that a link opens (``card``).

The secret stands in the fragment, which no browser sends; the page's script reads it and asks ``invite`` what it is
for. Only the state that the server knows without the secret is decided here.
"""

from __future__ import annotations

from typing import Any

from ...core.sessions_errors import Removed
from ...protocol.errors import CohostError
from .auth import PublicHandler
from .card import PageState, show_card


class LandingHandler(PublicHandler):
    """GET only; ``JoinHandler`` adds the POST."""

    async def get(self) -> None:
        self.show(await self._state())

    async def _state(self) -> PageState:
        from .join import opening

        if await self.is_host_login():
            return PageState("host")
        credential = self.get_cookie(self.cookie_name)
        if not credential:
            return PageState("form")
        try:
            participant = self.sessions.authenticate(self.session.id, credential)
        except Removed as error:
            return PageState("removed", error.message)
        except CohostError:
            return PageState("form")
        return PageState("in", open=opening(self.session), role=participant.role.value)

    def show(self, state: PageState, status: int = 200) -> None:
        """Finishes with the page in this state."""
        show_card(self, state, self.gateway_base, status)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A person reads the answer to a GET, a program that to a POST."""
        if self.request.method == "POST":
            super().write_error(status_code, **kwargs)
        else:
            self.show_error(status_code, **kwargs)
