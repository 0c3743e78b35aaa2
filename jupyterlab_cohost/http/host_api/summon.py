"""``POST cohost/api/sessions/<session>/summon``: the host asks everybody to look at a place."""

from __future__ import annotations

from ...core.ports import Identity
from ...protocol.errors import NotFound
from ...protocol.ids import ParticipantId
from ..place import place_in
from .base import HostHandler, writes


class SummonHandler(HostHandler):
    """Nobody is moved: the others' pages ask."""

    @writes
    async def post(self, session_id: str) -> None:
        session = self.sessions.get(session_id)
        path, cell = place_in(self.body())
        if not session.covers(path):
            raise NotFound("This file is not part of the session, so nobody could follow.")
        user = self.host_user()
        identity = Identity(ParticipantId(user.username), user.name, user.color, user.initials, verified=True)
        self.services.presence.summon(session.id, identity, path, cell)
        self.done()
