"""Making a link: role, lifetime, number of uses, and whether the host is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..protocol.errors import BadRequest, Conflict
from ..protocol.ids import InviteId, hash_secret
from ..protocol.roles import INVITABLE, Role
from .audience import Audience
from .invites import Invite
from .participants import clean_text
from .session import Session

if TYPE_CHECKING:
    from .sessions import Sessions

_INVITES_PER_SESSION = 100


@dataclass(frozen=True)
class Unset:
    """Stands for "not given" where None means something."""


UNSET = Unset()


def new_invite(
    sessions: Sessions,
    session: Session,
    role: Role,
    expires_in_s: float | Unset | None,
    max_uses: int | None,
    knock: bool | None,
    label: str,
    audience: Audience | None,
) -> Invite:
    """As ``Sessions.invite`` has it; not yet part of the session. Raises BadRequest, Conflict, PolicyForbids."""
    if role not in INVITABLE:
        raise BadRequest("Nobody can be invited with this role.")
    if max_uses is not None and max_uses < 1:
        raise BadRequest("A link must be good for at least one use.")
    sessions.policy.check_link_role(role)
    sessions.policy.check_knock(knock is not False)
    audience = audience or sessions.policy.default_audience()
    sessions.policy.check_audience(audience)
    expires_at = _expires_at(sessions, session, expires_in_s)
    if len(session.invites) >= _INVITES_PER_SESSION:
        _drop_dead(session, sessions.clock.now())
    secret = sessions.make_secret()
    asks = session.knock_for(role) if knock is None else knock
    return Invite(
        id=InviteId(sessions.make_id()),
        role=role,
        secret_hash=hash_secret(secret),
        knock=asks or sessions.policy.knock_required,
        created_at=sessions.clock.now(),
        expires_at=expires_at,
        max_uses=max_uses,
        label=clean_text(label, sessions.limits.title_characters, "label"),
        audience=audience,
        secret=secret,
    )


def _expires_at(sessions: Sessions, session: Session, expires_in_s: float | Unset | None) -> float | None:
    """Seconds since 1970."""
    if by_default := isinstance(expires_in_s, Unset):
        expires_in_s = None if session.persistent else sessions.limits.ad_hoc_expiry_s
    expires_in_s = sessions.policy.expiry(expires_in_s, by_default=by_default)
    if expires_in_s is None:
        return None
    if not 0 < expires_in_s < 10 * 366 * 86400:
        raise BadRequest("A link must expire later than now, and within ten years.")
    return sessions.clock.now() + expires_in_s


def _drop_dead(session: Session, now: float) -> None:
    session.invites = {key: invite for key, invite in session.invites.items() if invite.state(now) == "live"}
    if len(session.invites) >= _INVITES_PER_SESSION:
        raise Conflict("This session has too many links. End some of them first.")
