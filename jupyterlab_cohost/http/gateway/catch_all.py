"""What no other handler claims is refused: to a stranger as a stranger, to a guest as not there."""

from __future__ import annotations

from ...protocol.errors import CohostError, Forbidden, NotFound
from ...protocol.roles import Capability
from .base import Handler
from .card import PageState, is_read_by_person, show_card
from .join import opening


class NotBuilt(CohostError):
    """Reserved for execution by the server."""

    code, status = "not_built", 501


class ExecHandler(Handler):
    """``exec/…``: reserved, and checked against *execute* from the first version."""

    async def get(self, rest: str = "") -> None:
        if Capability.EXECUTE not in self.participant.capabilities(""):
            raise Forbidden("You cannot run code in this session. Ask the host.")
        raise NotBuilt("The host's server does not run cells by itself yet.")

    post = put = patch = delete = head = get


class CatchAllHandler(Handler):
    """Default deny, for every method. The root of the session leads a guest who is in to the documents."""

    async def get(self, rest: str | None = None) -> None:
        if rest in (None, "", "/") and is_read_by_person(self):
            show_card(self, PageState("in", open=opening(self.session)), self.gateway_base)
            return
        raise NotFound("There is nothing here.")

    post = put = patch = delete = head = get
