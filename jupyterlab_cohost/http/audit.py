"""The audit: what happens to sessions, as Jupyter events. Ids, roles and reasons; never contents, chat or secrets.

An administrator receives them by giving ``c.EventLogger.handlers``; without a handler nothing is made.
"""

from __future__ import annotations

import logging
from typing import Any

from ..core.events import Event
from ..core.session import Session
from ..core.sessions import Sessions
from .audit_schemas import INVITE, PARTICIPANT, REFUSAL, SCHEMAS, SESSION

_log = logging.getLogger(__name__)
_SESSION = {"session-created": "started", "session-changed": "changed", "session-ended": "ended"}
_INVITE = {"invite-created": "made", "invite-ended": "ended", "invite-refused": "refused"}
_PARTICIPANT = {
    "participant-joined": "joined",
    "participant-changed": "role-changed",
    "participant-removed": "removed",
    "participant-left": "left",
}


class Audit:
    """``logger``: jupyter_server's event logger."""

    def __init__(self, sessions: Sessions, logger: Any) -> None:
        self._sessions, self._logger = sessions, logger
        for schema in SCHEMAS:
            if schema["$id"] not in logger.schemas:
                logger.register_event_schema(schema)
        sessions.subscribe(self._happened)
        sessions.refusals.subscribe(self._happened)

    def _happened(self, event: Event) -> None:
        kind = event["type"]
        if kind in _SESSION:
            self._emit(SESSION, action=_SESSION[kind], **self._session(event))
        elif kind in _INVITE:
            self._emit(INVITE, action=_INVITE[kind], **self._invite(event))
        elif kind in _PARTICIPANT:
            self._emit(PARTICIPANT, action=_PARTICIPANT[kind], **self._participant(event))
            if kind == "participant-joined":
                self._used(event)
        elif kind == "policy-refused":
            self._emit(REFUSAL, rule=event["rule"], session=event["session"])

    def _live(self, event: Event) -> Session | None:
        return next((session for session in self._sessions.live() if session.id == event["session"]), None)

    def _session(self, event: Event) -> dict[str, Any]:
        session = self._live(event)
        details = {} if session is None else {"kind": session.kind, "host": session.host.username}
        if session is not None:
            details["items"] = str(len(session.scope.items))
        return {"session": event["session"], **details, **_given(event, "kind", "reason")}

    def _invite(self, event: Event) -> dict[str, Any]:
        session = self._live(event)
        invite = session.invites.get(event.get("invite")) if session else None  # type: ignore[arg-type]
        role = {} if invite is None else {"role": invite.role.value}
        return {"session": event["session"], **role, **_given(event, "invite", "reason")}

    def _participant(self, event: Event) -> dict[str, Any]:
        session = self._live(event)
        person = session.participants.get(event["participant"]) if session else None
        details = {} if person is None else {"role": person.role.value, "name": person.name}
        if person is not None and person.hub_user:
            details["account"] = person.hub_user
        return {"session": event["session"], "participant": event["participant"], **details}

    def _used(self, event: Event) -> None:
        session = self._live(event)
        person = session.participants.get(event["participant"]) if session else None
        if person is not None:
            used = {"session": event["session"], "invite": person.invite_id, "participant": person.id}
            self._emit(INVITE, action="used", role=person.role.value, **used)

    def _emit(self, schema: str, **data: Any) -> None:
        try:
            self._logger.emit(schema_id=schema, data=data)
        except Exception:
            _log.exception("an event could not be written to the audit")


def _given(event: Event, *names: str) -> dict[str, Any]:
    return {name: event[name] for name in names if name in event}
