"""Guests who wait at the door until the host admits or refuses them.

A knock is waiting, then admitted or refused; it lapses when its page has not asked for ``LAPSE_S``. An answer stays
readable for that long after it was given, so that a page whose connection broke just then still gets it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NewType

from ..protocol.errors import Conflict, NotFound
from ..protocol.ids import InviteId, Secret, SecretHash, hash_secret
from .audience import HubIdentity
from .participants import Participant
from .sessions_clock import Clock
from .sessions_errors import KnockLapsed

KnockId = NewType("KnockId", str)
LAPSE_S = 60.0


@dataclass(frozen=True)
class Joined:
    """Admission: the credential is told here and nowhere else."""

    participant: Participant
    credential: Secret


@dataclass(frozen=True)
class Waiting:
    """No answer yet."""


@dataclass(frozen=True)
class Refused:
    """The error that the guest reads."""

    error: Exception


Answer = Waiting | Joined | Refused


@dataclass
class Knock:
    """One guest at the door. ``since`` in seconds since 1970."""

    id: KnockId
    name: str
    color: str | int | None
    invite_id: InviteId
    since: float
    identity: HubIdentity | None = None
    answer: Answer = field(default_factory=Waiting)
    answered: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    listeners: int = 0
    cancel_lapse: Callable[[], None] = field(default=lambda: None, repr=False)


class Knocks:
    """The door of one session."""

    def __init__(self, clock: Clock, limit: int, lapsed: Callable[[Knock], None]) -> None:
        self._clock, self._limit, self._lapsed = clock, limit, lapsed
        self._knocks: dict[SecretHash, Knock] = {}

    def waiting(self) -> list[Knock]:
        """Those without an answer, the first first."""
        return [knock for knock in self._knocks.values() if isinstance(knock.answer, Waiting)]

    def add(self, token: Secret, knock: Knock) -> None:
        """Raises Conflict when too many wait."""
        if len(self.waiting()) >= self._limit:
            raise Conflict("Too many people are waiting. Try again in a few minutes.")
        self._knocks[hash_secret(token)] = knock
        self._lapse_later(knock)

    def get(self, knock_id: str) -> Knock:
        """A knock that waits. Raises NotFound."""
        for knock in self.waiting():
            if knock.id == knock_id:
                return knock
        raise NotFound("Nobody is waiting under this id.")

    def by_token(self, token: str) -> Knock:
        """Raises KnockLapsed."""
        knock = self._knocks.get(hash_secret(token))
        if knock is None:
            raise KnockLapsed()
        return knock

    def answer(self, knock: Knock, answer: Answer) -> None:
        """Tells whoever waits."""
        knock.answer = answer
        knock.answered.set()
        self._lapse_later(knock)

    async def wait(self, token: str, timeout_s: float) -> Answer:
        """The answer as soon as there is one, or Waiting after ``timeout_s``. Raises KnockLapsed."""
        knock = self.by_token(token)
        knock.listeners += 1
        knock.cancel_lapse()
        try:
            await asyncio.wait_for(knock.answered.wait(), timeout_s)
        except (asyncio.TimeoutError, TimeoutError):
            pass
        finally:
            knock.listeners -= 1
            self._lapse_later(knock)
        return knock.answer

    def drop(self, token: str) -> Knock | None:
        """The guest goes away; the knock, when it had no answer yet."""
        knock = self._knocks.pop(hash_secret(token), None)
        if knock is None or not isinstance(knock.answer, Waiting):
            return None
        self.answer(knock, Refused(KnockLapsed()))
        knock.cancel_lapse()
        return knock

    def close(self, error: Exception) -> None:
        """Answers all who wait."""
        for knock in self.waiting():
            self.answer(knock, Refused(error))

    def forget(self) -> None:
        """Cancels all timers."""
        for knock in self._knocks.values():
            knock.cancel_lapse()
        self._knocks.clear()

    def _lapse_later(self, knock: Knock) -> None:
        knock.cancel_lapse()
        if knock.listeners == 0:
            knock.cancel_lapse = self._clock.call_later(LAPSE_S, lambda: self._lapse(knock))

    def _lapse(self, knock: Knock) -> None:
        self._knocks = {key: other for key, other in self._knocks.items() if other is not knock}
        if isinstance(knock.answer, Waiting):
            self._lapsed(knock)
