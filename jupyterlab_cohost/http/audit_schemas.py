"""The form of the audit's events (jupyter_events)."""

from __future__ import annotations

from typing import Any

_BASE = "https://schema.jupyterlab-cohost.org/"
SESSION, INVITE, PARTICIPANT, REFUSAL = (
    f"{_BASE}{name}/v1" for name in ("session", "invite", "participant", "policy-refusal")
)
_TEXT = {"type": "string"}
_ROLE = {"type": "string", "enum": ["viewer", "editor", "runner", "host"], "description": "what it allows"}
_SESSION_ID = {"type": "string", "description": "the session's id"}


def _schema(id_: str, title: str, description: str, actions: tuple[str, ...], **more: dict[str, Any]) -> dict[str, Any]:
    action = {"action": {"type": "string", "enum": list(actions)}} if actions else {}
    return {
        "$id": id_,
        "version": "1",
        "title": title,
        "description": description,
        "personal-data": True,
        "type": "object",
        "additionalProperties": False,
        "required": list(action),
        "properties": {**action, **more},
    }


SCHEMAS = (
    _schema(
        SESSION,
        "A session",
        "A session was started, changed (scope, title, links) or ended.",
        ("started", "changed", "ended"),
        session=_SESSION_ID,
        kind={"type": "string", "enum": ["ad-hoc", "persistent"]},
        host={**_TEXT, "description": "the host's user name"},
        items={**_TEXT, "description": "how many files and folders are shared"},
        reason={**_TEXT, "description": "why it ended: ended_by_host, host_away, policy"},
    ),
    _schema(
        INVITE,
        "A link",
        "A link was made, used to come in, taken back, or did not open (reason).",
        ("made", "used", "ended", "refused"),
        session=_SESSION_ID,
        invite={**_TEXT, "description": "the link's id, never its secret"},
        role=_ROLE,
        participant={**_TEXT, "description": "who came in"},
        reason={
            **_TEXT,
            "description": "invite_wrong, invite_expired, invite_used_up, invite_ended, sign_in_required, not_invited, "
            "user_removed, too_many_tries (once a minute)",
        },
    ),
    _schema(
        PARTICIPANT,
        "A guest",
        "A guest joined, got another role, was removed, or left.",
        ("joined", "role-changed", "removed", "left"),
        session=_SESSION_ID,
        participant={**_TEXT, "description": "the guest's id in this session"},
        name={**_TEXT, "description": "what the guest wants to be called; not verified"},
        account={**_TEXT, "description": "the guest's account, when the hub service identified them"},
        role=_ROLE,
    ),
    _schema(
        REFUSAL,
        "A policy's refusal",
        "Something was asked that the administrator's policy forbids.",
        (),
        rule={**_TEXT, "description": "the setting of CohostPolicy"},
        session={"type": ["string", "null"], "description": "the session's id, if it was about one"},
    ),
)
