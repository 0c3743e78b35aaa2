"""``POST cohost/api/sessions/<session>/summon``: the host asks everybody to look at a place."""

from __future__ import annotations

from ...protocol.errors import NotFound
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
        self.services.presence.summon(session.id, self.host_user().identity(), path, cell)
        self.done()
