"""Links: a secret with a role, an expiry, a number of uses, and whether the host is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..protocol.ids import InviteId, Secret, SecretHash, matches
from ..protocol.roles import Role
from .audience import ANYONE, Audience
from .sessions_errors import InviteEnded, InviteExpired, InviteUsedUp

InviteState = Literal["live", "expired", "used_up", "ended"]
_ERRORS = {"expired": InviteExpired, "used_up": InviteUsedUp, "ended": InviteEnded}


@dataclass
class Invite:
    """Times are seconds since 1970; None means never, or without bound."""

    id: InviteId
    role: Role
    secret_hash: SecretHash
    knock: bool
    created_at: float
    expires_at: float | None = None
    max_uses: int | None = None
    uses: int = 0
    ended: bool = False
    label: str = ""
    audience: Audience = ANYONE
    #: The secret itself, for the host's dialog. In memory only, so None after a restart of the server.
    secret: Secret | None = None

    def opens_with(self, secret: str) -> bool:
        """Whether this is its secret; constant time."""
        return matches(secret, self.secret_hash)

    def state(self, now: float) -> InviteState:
        if self.ended:
            return "ended"
        if self.expires_at is not None and now >= self.expires_at:
            return "expired"
        if self.max_uses is not None and self.uses >= self.max_uses:
            return "used_up"
        return "live"

    def check(self, now: float) -> None:
        """Raises InviteEnded, InviteExpired or InviteUsedUp."""
        state = self.state(now)
        if state != "live":
            raise _ERRORS[state]()

    def use(self, now: float) -> None:
        """Takes one use; raises as ``check`` does. One step, so that the last use is given once."""
        self.check(now)
        self.uses += 1
