"""What sessions need from the disk, and the form in which they stand there (no secrets, only hashes)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Protocol, cast

from ..protocol.errors import BadRequest
from ..protocol.ids import InviteId, ParticipantId, SecretHash, SessionId
from ..protocol.roles import Role
from .audience import Audience, checked_audience
from .invites import Invite
from .participants import Narrowing, Participant
from .scope import Scope, ScopeItem
from .session import HostUser, Session, SessionKind

Record = dict[str, Any]


class SessionStore(Protocol):
    """Keeps the sessions over the end of the server."""

    def load(self) -> list[Record]:
        """All records; a store that cannot be read is set aside and gives none (``notices`` says so)."""

    def set_aside(self) -> None:
        """What ``load`` gave made no sense: keep it beside, and say so."""

    def save(self, records: list[Record]) -> None:
        """Replaces all records at once, on the disk when it returns. Raises StorageFailed."""


class NoStore:
    """Keeps nothing."""

    def load(self) -> list[Record]:
        return []

    def set_aside(self) -> None:
        """What ``load`` gave made no sense: keep it beside, and say so."""

    def save(self, records: list[Record]) -> None:
        """Nothing to do."""


def to_record(session: Session, seen_at: float) -> Record:
    """The session as JSON. Connections, knocks and tickets do not outlive the server.

    ``seen_at``: when the host was here last, in seconds since 1970, for a session that ends without them.
    """
    return {
        "id": session.id,
        "kind": session.kind,
        **({} if session.persistent else {"seen_at": seen_at}),
        "title": session.title,
        "scope": [asdict(item) for item in session.scope.items],
        "host": asdict(session.host),
        "created_at": session.created_at,
        "knock": session.knock,
        "kernel_restart": session.kernel_restart,
        "chat_so_far": session.chat_so_far,
        "invites": [_invite_record(invite) for invite in session.invites.values()],
        "participants": [_participant_record(participant) for participant in session.participants.values()],
        "removed": list(session.removed),
        "banned": list(session.banned),
        "guests_so_far": session.guests_so_far,
    }


def _invite_record(invite: Invite) -> Record:
    record = {**vars(invite), "role": invite.role.value, "audience": invite.audience.to_json()}
    del record["secret"]
    return record


def _participant_record(participant: Participant) -> Record:
    record = {**vars(participant), "role": participant.role.value}
    record["limits"] = [{"path": limit.path, "role": limit.role.value} for limit in participant.limits]
    del record["connections"]
    return record


def _kind_of(record: Record) -> SessionKind:
    kind = record.get("kind", "persistent")
    if kind not in ("ad-hoc", "persistent"):
        raise ValueError("no such kind of session")
    return cast(SessionKind, kind)


def _audience_of(entry: Record) -> Audience:
    kept = entry.get("audience", {"kind": "any", "names": []})
    try:
        return checked_audience(kept["kind"], kept["names"])
    except BadRequest as error:
        raise ValueError(error.message) from None


def from_record(record: Record, empty: Callable[..., Session]) -> Session:
    """The session of a record. Raises KeyError, TypeError, ValueError when the record is broken."""
    session = empty(
        id=SessionId(str(record["id"])),
        title=str(record["title"]),
        kind=_kind_of(record),
        scope=Scope(ScopeItem(str(item["path"]), item["type"]) for item in record["scope"]),
        host=HostUser(**record["host"]),
        created_at=float(record["created_at"]),
    )
    session.knock, session.kernel_restart = record["knock"], bool(record["kernel_restart"])
    session.chat_so_far = bool(record.get("chat_so_far", True))
    session.removed = [SecretHash(value) for value in record["removed"]]
    session.banned = [str(user) for user in record.get("banned", [])]
    session.guests_so_far = int(record["guests_so_far"])
    for entry in record["invites"]:
        audience = _audience_of(entry)
        invite = Invite(**{**entry, "role": Role(entry["role"]), "audience": audience})
        session.invites[InviteId(invite.id)] = invite
    for entry in record["participants"]:
        limits = tuple(Narrowing(limit["path"], Role(limit["role"])) for limit in entry["limits"])
        participant = Participant(**{**entry, "role": Role(entry["role"]), "limits": limits})
        session.participants[ParticipantId(participant.id)] = participant
    return session
