"""Participants and those who wait at the door."""

from __future__ import annotations

from ...protocol.errors import BadRequest, Forbidden
from ...protocol.roles import Role
from . import fields
from .base import HostHandler, is_host, reads, writes
from .models import knock_json, participant_json


class ParticipantsHandler(HostHandler):
    """All guests of a session."""

    @reads
    async def get(self, session_id: str) -> None:
        people = self.sessions.get(session_id).participants.values()
        self.answer({"participants": [participant_json(participant) for participant in people]})


class ParticipantHandler(HostHandler):
    """One guest."""

    @writes
    async def patch(self, session_id: str, participant_id: str) -> None:
        body = self.body()
        fields.only(body, "role", "limits")
        role = fields.role(body) if "role" in body else None
        limits = fields.narrowings(body)
        if role is not None:
            await self.require_grant(role)
        changed = self.sessions.change_participant(session_id, participant_id, role=role, limits=limits)
        self.answer(participant_json(changed))

    @writes
    async def delete(self, session_id: str, participant_id: str) -> None:
        participant = self.sessions.get(session_id).participant(participant_id)
        self.sessions.remove(session_id, participant_id)
        if self.get_query_argument("end_invite", "") == "true":
            self.sessions.end_invite(session_id, participant.invite_id)
        self.done()


class NotNowHandler(HostHandler):
    """The host's answer to a guest who asked for more, when it is no change of role."""

    @writes
    async def post(self, session_id: str, participant_id: str) -> None:
        fields.only(self.body())
        session = self.sessions.get(session_id)
        self.services.asks.decline(session, session.participant(participant_id))
        self.done()


class HostNameHandler(HostHandler):
    """How the host is called, in all running sessions."""

    @writes
    async def patch(self) -> None:
        body = self.body()
        fields.only(body, "name")
        if self.services.host_name:
            raise Forbidden("The administrator of this server has set your name.")
        name = self.sessions.names.host(fields.text(body, "name"), lambda host: is_host(self.current_user, host))
        self.answer({"name": name})


class BannedHandler(HostHandler):
    """An account of the hub that the host removed."""

    @writes
    async def delete(self, session_id: str, user: str) -> None:
        self.sessions.let_back(session_id, user)
        self.done()


class KnocksHandler(HostHandler):
    """Who waits at the door."""

    @reads
    async def get(self, session_id: str) -> None:
        session = self.sessions.get(session_id)
        self.answer({"knocks": [knock_json(session, knock) for knock in session.knocks.waiting()]})


class KnockHandler(HostHandler):
    """The host's answer to one of them."""

    @writes
    async def post(self, session_id: str, knock_id: str) -> None:
        body = self.body()
        fields.only(body, "admit", "role")
        admit = fields.flag(body, "admit")
        if admit is None:
            raise BadRequest("'admit' must be true or false.")
        if not admit:
            self.sessions.refuse(session_id, knock_id)
            self.answer({"participant": None})
            return
        role = fields.role(body) if "role" in body else None
        await self.require_grant(role or self._invited_as(session_id, knock_id))
        self.answer({"participant": participant_json(self.sessions.admit(session_id, knock_id, role))})

    def _invited_as(self, session_id: str, knock_id: str) -> Role:
        session = self.sessions.get(session_id)
        return session.invite(session.knocks.get(knock_id).invite_id).role
