"""Sessions and their parts as JSON (protocol/openapi.json). Times in milliseconds since 1970."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ...core.invites import Invite
from ...core.knocks import Knock
from ...core.participants import Participant, initials
from ...core.session import Session

Json = dict[str, Any]


def milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def session_json(session: Session, now: float, *, host_present: bool) -> Json:
    """``now`` in seconds since 1970. Without secrets: whatever can be got by GET, an output on the page may load."""
    return {
        "id": session.id,
        "title": session.title,
        "kind": session.kind,
        "scope": [asdict(item) for item in session.scope.items],
        "missing": [],
        "host": {
            "name": session.host.name,
            "color": session.host.color,
            "initials": session.host.initials or initials(session.host.name),
            "present": host_present,
        },
        "created_at": milliseconds(session.created_at),
        "knock": session.knock,
        "kernel_restart": session.kernel_restart,
        "invites": [invite_json(invite, now) for invite in session.invites.values()],
        "participants": [participant_json(participant) for participant in session.participants.values()],
        "banned": list(session.banned),
        "asked": [{"user": user, "at": milliseconds(at)} for user, at in session.asked_in_vain().items()],
        "knocks": [knock_json(session, knock) for knock in session.knocks.waiting()],
    }


def invite_json(invite: Invite, now: float) -> Json:
    return {
        "id": invite.id,
        "role": invite.role.value,
        "label": invite.label,
        "knock": invite.knock,
        "created_at": milliseconds(invite.created_at),
        "expires_at": milliseconds(invite.expires_at),
        "max_uses": invite.max_uses,
        "uses": invite.uses,
        "state": invite.state(now),
        "audience": invite.audience.to_json(),
        "copyable": invite.secret is not None,
    }


def participant_json(participant: Participant) -> Json:
    return {
        "id": participant.id,
        "name": participant.name,
        "color": participant.color,
        "initials": initials(participant.name),
        "role": participant.role.value,
        "limits": [{"path": limit.path, "role": limit.role.value} for limit in participant.limits],
        "invite": participant.invite_id,
        "joined_at": milliseconds(participant.joined_at),
        "last_seen": milliseconds(participant.last_seen),
        "online": participant.online,
        "verified": participant.identity.verified,
    }


def knock_json(session: Session, knock: Knock) -> Json:
    invite = session.invites.get(knock.invite_id)
    return {
        "id": knock.id,
        "name": knock.name,
        "color": knock.color,
        "role": invite.role.value if invite else "viewer",
        "invite": knock.invite_id,
        "since": milliseconds(knock.since),
        "verified": knock.identity is not None,
    }
