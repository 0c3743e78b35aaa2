"""Guests who ask the host for more: a viewer for editing, an editor for running."""

from __future__ import annotations

from ..protocol.errors import BadRequest
from ..protocol.roles import Role, capabilities_of
from .participants import Participant
from .session import Session
from .sessions import Sessions
from .sessions_rate import RateLimit

#: All guests of a session together: more a host cannot answer.
_MOST_A_MINUTE = 20


class Asks:
    """Nothing is kept: the host's page is told, and answers by changing the role, with *Not now*, or not at all."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._limit = RateLimit(sessions.clock, 1)
        self._of_session = RateLimit(sessions.clock, _MOST_A_MINUTE)

    def ask(self, session: Session, participant: Participant, role: Role) -> None:
        """Raises BadRequest for what the guest has already, TooManyRequests for the second in a minute."""
        if not capabilities_of(role) > capabilities_of(participant.role):
            raise BadRequest("You can do this already.")
        self._limit.check(participant.id)
        self._of_session.check(session.id)
        self._of_session.count(session.id)
        self._limit.count(participant.id)
        self._sessions.events.publish(
            "ask", session.id, participant=participant.id, name=participant.name, role=role.value
        )

    def decline(self, session: Session, participant: Participant) -> None:
        """The guest's pages are told that the host does not give more now."""
        self._sessions.events.publish("ask-declined", session.id, participant=participant.id)
