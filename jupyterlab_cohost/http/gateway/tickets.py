"""``ws-ticket``: a one-time pass for a WebSocket of a page elsewhere, which cannot set headers."""

from __future__ import annotations

from .base import Handler


class TicketHandler(Handler):
    """``POST``: ``{"ticket", "expires_in_s"}`` (seconds)."""

    def post(self) -> None:
        ticket = self.services.sessions.issue_ticket(self.session.id, self.participant.id)
        self.finish_json({"ticket": ticket, "expires_in_s": self.services.limits.ticket_s})
