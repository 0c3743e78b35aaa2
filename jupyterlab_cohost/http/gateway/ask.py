"""``ask``: a guest asks the host for another role."""

from __future__ import annotations

from ..host_api import fields
from .base import Handler


class AskHandler(Handler):
    """The host's page shows it; the answer is a change of role, the event ``ask-declined``, or nothing."""

    def post(self) -> None:
        body = self.json_body()
        fields.only(body, "role")
        self.services.asks.ask(self.session, self.participant, fields.role(body))
        self.finish_nothing()
