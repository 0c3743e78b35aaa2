"""For who left: another secret of the link that they came by, for a while, which only the page that left has."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from ..protocol.ids import InviteId, Secret, SecretHash, SessionId, hash_secret
from .sessions_clock import Clock

_LASTS_S = 900.0
_KEPT = 1000


class WaysBack:
    """Of all sessions, in memory only. What a way back opens is what its link opens now."""

    def __init__(self, clock: Clock, new_secret: Callable[[], Secret]) -> None:
        self._clock, self._new_secret = clock, new_secret
        self._ways: OrderedDict[SecretHash, tuple[SessionId, InviteId, float]] = OrderedDict()

    def open(self, session: SessionId, invite: InviteId) -> Secret:
        """A new one; beyond 1,000 the oldest gives way."""
        secret = self._new_secret()
        self._ways[hash_secret(secret)] = (session, invite, self._clock.now() + _LASTS_S)
        while len(self._ways) > _KEPT:
            self._ways.popitem(last=False)
        return secret

    def of(self, session: SessionId, secret: str) -> InviteId | None:
        """The link behind it; None for what is no way back into this session, or is not any more."""
        found = self._ways.get(hash_secret(secret))
        if found is None or found[0] != session or found[2] <= self._clock.now():
            return None
        return found[1]
