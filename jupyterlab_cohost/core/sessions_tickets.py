"""One-time tickets for WebSockets that cannot carry a header: short-lived, single use, in memory only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from ..protocol.ids import ParticipantId, Secret, SecretHash, hash_secret
from .sessions_clock import Clock
from .sessions_errors import NotSignedIn

_PER_PARTICIPANT = 64


class Tickets:
    """The tickets of one session."""

    def __init__(self, clock: Clock, lifetime_s: float, new_secret: Callable[[], Secret]) -> None:
        self._clock, self._lifetime_s, self._new_secret = clock, lifetime_s, new_secret
        self._tickets: OrderedDict[SecretHash, tuple[ParticipantId, float]] = OrderedDict()

    def issue(self, participant: ParticipantId) -> Secret:
        """A new ticket; the oldest of the same participant gives way when there are too many."""
        self._drop_expired()
        mine = [key for key, (owner, _) in self._tickets.items() if owner == participant]
        if len(mine) >= _PER_PARTICIPANT:
            del self._tickets[mine[0]]
        ticket = self._new_secret()
        self._tickets[hash_secret(ticket)] = (participant, self._clock.now() + self._lifetime_s)
        return ticket

    def redeem(self, ticket: str) -> ParticipantId:
        """Whose ticket it is; it is used up. Raises NotSignedIn."""
        self._drop_expired()
        found = self._tickets.pop(hash_secret(ticket), None)
        if found is None:
            raise NotSignedIn()
        return found[0]

    def revoke(self, participant: ParticipantId) -> None:
        for key in [key for key, (owner, _) in self._tickets.items() if owner == participant]:
            del self._tickets[key]

    def _drop_expired(self) -> None:
        now = self._clock.now()
        for key in [key for key, (_, until) in self._tickets.items() if until <= now]:
            del self._tickets[key]
