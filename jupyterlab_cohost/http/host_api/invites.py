"""Invites: list, create, take back."""

from __future__ import annotations

from typing import Any

from ...protocol.errors import BadRequest
from . import fields
from .base import HostHandler, reads, writes
from .models import invite_json


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
        session, links, now = self.sessions.get(session_id), await self.links(), self.sessions.clock.now()
        self.answer({"invites": [invite_json(session, invite, now, links) for invite in session.invites.values()]})

    @writes
    async def post(self, session_id: str) -> None:
        session, arguments = self.sessions.get(session_id), read_invite(self.body())
        await self.require_grant(arguments["role"])
        invite = self.sessions.invite(session_id, **arguments)
        self.answer(invite_json(session, invite, self.sessions.clock.now(), await self.links()), 201)


class InviteHandler(HostHandler):
    """One link."""

    @writes
    async def delete(self, session_id: str, invite_id: str) -> None:
        self.sessions.end_invite(session_id, invite_id)
        self.done()
