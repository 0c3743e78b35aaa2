"""A changed policy meets running sessions: what it forbids now is taken away, and everybody concerned is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..protocol.roles import Role
from .audience import Audience
from .invites import Invite
from .policy import Policy, PolicyForbids
from .scope import Scope, ScopeItem
from .session import Session

if TYPE_CHECKING:
    from .sessions import Sessions

_LOWER = (Role.RUNNER, Role.EDITOR, Role.VIEWER)


def trim(sessions: Sessions) -> None:
    """Ends and narrows what ``sessions.policy`` does not allow; of too many sessions the newest end."""
    policy = sessions.policy
    for number, session in enumerate(sessions.live()):
        if session.kind not in policy.kinds or number >= policy.most_sessions:
            sessions.end(session.id, "policy")
        elif trim_scope(sessions, session):
            _trim_links(sessions, session)
            _trim_people(sessions, session)


def trim_scope(sessions: Sessions, session: Session) -> bool:
    """Takes out what may not be shared; without anything left the session ends. Whether it goes on."""
    kept = [item for item in session.scope.items if _may_share(sessions.policy, item)]
    if not kept:
        sessions.end(session.id, "policy")
    elif len(kept) < len(session.scope.items):
        session.scope = Scope(kept)
        sessions.saved(session)
        sessions.events.publish("session-changed", session.id, scope_changed=True)
    return bool(kept)


def _may_share(policy: Policy, item: ScopeItem) -> bool:
    return _holds(partial(policy.check_item, item))


def _trim_links(sessions: Sessions, session: Session) -> None:
    policy, now = sessions.policy, sessions.clock.now()
    changed = False
    for invite in session.invites.values():
        role = _lowered(invite.role, policy.check_link_role)
        expires_at = invite.expires_at
        if policy.longest_expiry_s is not None:
            longest = now + policy.longest_expiry_s
            expires_at = longest if expires_at is None else min(expires_at, longest)
        knock = invite.knock or policy.knock_required
        audience = invite.audience if invite.audience.limited else policy.default_audience()
        now_is, was = (role, expires_at, knock, audience), _rules_of(invite)
        if now_is != was:
            invite.role, invite.expires_at, invite.knock, invite.audience = now_is
            changed = True
    if changed:
        sessions.saved(session)
        sessions.events.publish("session-changed", session.id, scope_changed=False)


def _rules_of(invite: Invite) -> tuple[Role, float | None, bool, Audience]:
    return invite.role, invite.expires_at, invite.knock, invite.audience


def _trim_people(sessions: Sessions, session: Session) -> None:
    for participant in list(session.participants.values()):
        if not participant.hub_user and not sessions.policy.anonymous_allowed:
            sessions.remove(session.id, participant.id)
            continue
        role = _lowered(participant.role, sessions.policy.check_role)
        if role != participant.role:
            sessions.change_participant(session.id, participant.id, role=role)


def _lowered(role: Role, check: Callable[[Role], None]) -> Role:
    """The highest role, not above ``role``, that passes."""
    candidates = _LOWER[_LOWER.index(role) :]
    return next((lower for lower in candidates if _holds(partial(check, lower))), Role.VIEWER)


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except PolicyForbids:
        return False
    return True
