"""One name for each person, which they may change: in lists, cells, chat and bar alike, for everybody at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..protocol.errors import BadRequest, Conflict, Forbidden
from .participants import Participant, clean_text, same_name, unique_name
from .session import HostUser, Session
from .sessions_identified import make_room
from .sessions_rate import RateLimit

if TYPE_CHECKING:
    from .sessions import Sessions

#: A name that changes all the time is nobody's.
_A_MINUTE = 5


class Names:
    """``guest`` and ``host`` give a name; everybody is told by events."""

    def __init__(self, sessions: Sessions) -> None:
        self._all = sessions
        self._limit = RateLimit(sessions.clock, _A_MINUTE)

    def guest(self, session: Session, participant: Participant, name: object) -> None:
        """Made safe and unique as when joining.

        Raises BadRequest (empty, too long), Forbidden (the name is an account's), TooManyRequests.
        """
        if participant.hub_user:
            raise Forbidden("You take part under the name of your account.")
        self._limit.check(participant.id)
        cleaned = self._cleaned(name)
        others = [one.name for one in session.participants.values() if one is not participant]
        shown = unique_name(cleaned, [session.host.name, *others, *session.reserved_names()])
        if shown != participant.name:
            self._limit.count(participant.id)
            participant.name = shown
            self._all.saved(session)
            self._all.events.publish("participant-renamed", session.id, participant=participant.id)

    def host(self, name: object, is_theirs: Callable[[HostUser], bool]) -> str:
        """In all sessions of this host; a guest who is called so gets a number.

        Raises BadRequest, and Conflict where an account of the hub that takes part has this name.
        """
        cleaned = self._cleaned(name)
        sessions = [one for one in self._all.live() if is_theirs(one.host)]
        accounts = [p for one in sessions for p in one.participants.values() if p.hub_user]
        if any(same_name(cleaned, account.name) for account in accounts):
            raise Conflict("Somebody in the session has this name.")
        for session in sessions:
            if session.host.name != cleaned:
                self._call(session, cleaned)
        return cleaned

    def _call(self, session: Session, name: str) -> None:
        session.host = replace(session.host, name=name, initials="")
        renamed = make_room(session, name)
        self._all.saved(session)
        self._all.events.publish("session-changed", session.id, scope_changed=False, host_renamed=True)
        for guest in renamed:
            self._all.events.publish("participant-renamed", session.id, participant=guest)

    def _cleaned(self, name: object) -> str:
        cleaned = clean_text(name, self._all.limits.name_characters, "name")
        if not cleaned:
            raise BadRequest("A name needs at least one letter.")
        return cleaned
