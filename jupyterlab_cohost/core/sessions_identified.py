"""Who came in how: names that are vouched for stay with their accounts, and links that are for somebody find them."""

from __future__ import annotations

import contextlib

from ..protocol.errors import BadRequest
from ..protocol.ids import InviteId
from ..protocol.roles import Capability, Role, can
from .audience import HubIdentity
from .invites import Invite
from .participants import clean_text, same_name, unique_name
from .session import Session
from .sessions_errors import InviteEnded, NotInvited, SignInRequired, UserRemoved


def check_identity(session: Session, invite: Invite, identity: HubIdentity | None) -> None:
    """Raises SignInRequired, UserRemoved, NotInvited."""
    if identity is not None and identity.user in session.banned:
        raise UserRemoved(identity.user)
    if invite.audience.admits(identity):
        return
    if identity is None:
        raise SignInRequired()
    raise NotInvited(identity.user)


def invite_for(session: Session, invite_id: str, identity: HubIdentity, now: float) -> Invite:
    """The link that the sign-in began with; without one, the best that names this person. Raises Gone, NotInvited."""
    if invite_id:
        invite = session.invites.get(InviteId(invite_id))
        if invite is None:
            raise InviteEnded()
        invite.check(now)
        return invite
    offered = [invite for invite in session.invites.values() if invite.audience.named]
    mine = [invite for invite in offered if invite.audience.admits(identity) and invite.state(now) == "live"]
    if identity.user in session.banned:
        raise UserRemoved(identity.user)
    if not mine:
        raise NotInvited(identity.user)
    return max(mine, key=lambda invite: (_rank(invite.role), not invite.knock, invite.created_at))


def _rank(role: Role) -> int:
    return sum(can(role, capability) for capability in Capability)


def shown_name(session: Session, name: str, identity: HubIdentity | None, limit: int) -> str:
    """A name that nobody here has. That of an account stays plain: see ``make_room``."""
    if identity is None:
        return unique_name(name, [*session.taken_names(), *session.reserved_names()])
    verified = [guest.name for guest in session.participants.values() if guest.hub_user]
    return unique_name(account_name(identity, limit), [session.host.name, *verified])


def account_name(identity: HubIdentity, limit: int) -> str:
    """The account's name on one line."""
    with contextlib.suppress(BadRequest):
        if cleaned := clean_text(identity.user, limit, "name"):
            return cleaned
    return clean_text(identity.user[: limit - 1], limit, "name") + "…"


def make_room(session: Session, name: str) -> list[str]:
    """Guests who typed the name of an account that comes in now are called otherwise: their participant ids."""
    changed = []
    for guest in session.participants.values():
        if not guest.hub_user and same_name(guest.name, name):
            guest.name = unique_name(guest.name, [name, *session.taken_names(), *session.reserved_names()])
            changed.append(str(guest.id))
    return changed
