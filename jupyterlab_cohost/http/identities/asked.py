"""People of the hub who asked for a session while this server was stopped, by the word of the hub service."""

from __future__ import annotations

from ...core.sessions import Sessions

#: Of what the service says; it keeps fewer. Characters, people.
_LONGEST_NAME, _MOST = 255, 5000


def hear_who_asked(sessions: Sessions, told: object) -> None:
    """``told``: ``[{session, user, at}]``, milliseconds since 1970. What is not of this form is left out."""
    asked: dict[str, dict[str, float]] = {}
    for one in told[:_MOST] if isinstance(told, list) else []:
        match one:
            case {"session": str(where), "user": str(user), "at": int(at)} if 0 < len(user) <= _LONGEST_NAME:
                asked.setdefault(where, {})[user] = at / 1000
    for session in sessions.live():
        users = asked.get(session.id, {})
        if users != session.asked:
            session.asked = users
            sessions.events.publish("session-asked", session.id)
