"""Invites: list, create, change, take back."""

from __future__ import annotations

from typing import Any

from ...protocol.errors import BadRequest
from . import fields
from .base import HostHandler, reads, writes
from .models import invite_json
from .sealed import unseal


def read_invite(body: object) -> dict[str, Any]:
    """The arguments of ``Sessions.invite`` in a request. Raises BadRequest."""
    if not isinstance(body, dict):
        raise BadRequest("'invite' must be an object.")
    fields.only(body, "role", "expires_in_s", "max_uses", "knock", "label", "audience")
    return {
        "role": fields.role(body),
        "expires_in_s": fields.lifetime(body),
        "max_uses": fields.uses(body),
        "knock": fields.flag(body, "knock"),
        "label": fields.text(body, "label"),
        "audience": fields.audience(body),
    }


class InvitesHandler(HostHandler):
    """All links of a session."""

    @reads
    async def get(self, session_id: str) -> None:
        session, now = self.sessions.get(session_id), self.sessions.clock.now()
        self.answer({"invites": [invite_json(invite, now) for invite in session.invites.values()]})

    @writes
    async def post(self, session_id: str) -> None:
        session, arguments = self.sessions.get(session_id), read_invite(self.body())
        self.services.other.check_host()
        await self.require_grant(arguments["role"])
        invite = self.sessions.invite(session_id, **arguments)
        made = invite_json(invite, self.sessions.clock.now())
        self.answer({**made, **self.way_in(session, invite)}, 201)


class InviteHandler(HostHandler):
    """One link."""

    @writes
    async def patch(self, session_id: str, invite_id: str) -> None:
        body = self.body()
        fields.only(body, "label", "knock")
        label = fields.text(body, "label") if "label" in body else None
        invite = self.sessions.change_invite(session_id, invite_id, label=label, knock=fields.flag(body, "knock"))
        self.answer(invite_json(invite, self.sessions.clock.now()))

    @writes
    async def delete(self, session_id: str, invite_id: str) -> None:
        self.sessions.end_invite(session_id, invite_id)
        self.done()


class InviteLinkHandler(HostHandler):
    """The link itself, once more; after a restart, with what the browser kept of it (``sealed``).

    By POST, which no renderer of a document and no other site can send.
    """

    @writes
    async def post(self, session_id: str, invite_id: str) -> None:
        session = self.sessions.get(session_id)
        invite = session.invite(invite_id)
        await self.require_grant(invite.role)
        invite.check(self.sessions.clock.now())
        body = self.body()
        fields.only(body, "sealed")
        if invite.secret is None and "sealed" in body:
            invite.secret = unseal(body["sealed"], invite, self.sealing_key)
        self.answer(self.way_in(session, invite))
