"""``summon``: a guest who may edit a document asks the others to look at a place in it."""

from __future__ import annotations

from ...protocol.errors import Forbidden, NotFound
from ...protocol.roles import Capability
from ..place import place_in
from .base import Handler


class SummonHandler(Handler):
    """Nobody is moved: the others' pages ask."""

    def post(self) -> None:
        path, cell = place_in(self.json_body())
        if not self.can(Capability.READ, path):
            raise NotFound("This file is not part of this session.")
        if not self.can(Capability.EDIT, path):
            raise Forbidden("You can read here. Only who may edit can ask the others to come.")
        self.services.presence.summon(self.session.id, self.participant.identity, path, cell)
        self.finish_nothing()
