"""The discussions of all sessions: made when the first page comes, gone when the last one leaves."""

from __future__ import annotations

from collections.abc import Callable

from ..protocol.errors import CohostError
from ..protocol.ids import ParticipantId
from ..protocol.roles import Role
from .chat import Discussion
from .chat_limits import CHAT_LIMITS, ChatLimits
from .chat_member import ChatClient, ChatPerson
from .events import Event
from .participants import Participant
from .session import Session
from .sessions import Sessions

_TICK_S = 0.5


def guest_person(participant: Participant) -> ChatPerson:
    """A guest as the chat shows them."""
    seen = participant.identity
    role = participant.role.value
    return ChatPerson(seen.participant_id, seen.name, seen.color, seen.initials, role, False, seen.verified)


class SessionRules:
    """Implements ``ChatRules`` over a session."""

    def __init__(self, sessions: Sessions, session: Session) -> None:
        self._sessions, self._session = sessions, session

    def newcomers_see_all(self) -> bool:
        return self._session.chat_so_far

    def set_newcomers_see_all(self, value: bool) -> None:
        self._session.chat_so_far = value
        self._sessions.saved(self._session)

    def person(self, participant: ParticipantId) -> ChatPerson:
        found = self._session.participants.get(participant)
        if found is not None:
            return guest_person(found)
        host = self._session.host
        if participant == host.username:
            return ChatPerson(participant, host.name, host.color, host.initials, Role.HOST.value, host=True)
        return ChatPerson(participant, "", "#616161", "", Role.VIEWER.value, host=False)


class Chats:
    """``secret`` makes the stamps: the same after a restart, or entries from before it cannot be passed on."""

    def __init__(self, sessions: Sessions, secret: bytes, limits: ChatLimits = CHAT_LIMITS) -> None:
        self.limits = limits
        self._sessions, self._secret = sessions, secret
        self._discussions: dict[str, Discussion] = {}
        self._cancel_tick: Callable[[], None] | None = None
        self.stop = sessions.subscribe(self._happened)

    def of(self, session: Session) -> Discussion:
        """The discussion of a live session."""
        discussion = self._discussions.get(session.id)
        if discussion is None:
            rules = SessionRules(self._sessions, session)
            discussion = Discussion(session.id, rules, self._secret, self._sessions.clock, self.limits)
            self._discussions[session.id] = discussion
        if self._cancel_tick is None:
            self._cancel_tick = self._sessions.clock.call_later(_TICK_S, self._tick)
        return discussion

    def receive(self, session_id: str, client: ChatClient, frame: str) -> None:
        """One frame of a page. A session that has ended takes nothing."""
        try:
            session = self._sessions.get(session_id)
        except CohostError:
            return
        self.of(session).receive(client, frame)

    def find(self, session_id: str) -> Discussion | None:
        return self._discussions.get(session_id)

    def _tick(self) -> None:
        self._cancel_tick = None
        for id_, discussion in list(self._discussions.items()):
            discussion.tick()
            if discussion.empty:
                discussion.close()
                del self._discussions[id_]
        if self._discussions:
            self._cancel_tick = self._sessions.clock.call_later(_TICK_S, self._tick)

    def _happened(self, event: Event) -> None:
        if event["type"] == "session-ended":
            discussion = self._discussions.pop(str(event["session"]), None)
            if discussion is not None:
                discussion.end()
