"""People who were asked whether they want to be known to a host: a one-time ticket for the answer, for five minutes."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ..core.audience import HubIdentity

_LIFETIME_S = 300.0
_PER_USER = 10
_MOST = 20_000


@dataclass(frozen=True)
class SignIn:
    """Who, for which gateway, and the hash of the cookie of the browser that began."""

    identity: HubIdentity
    gateway: str
    nonce: str
    until: float


class SignIns:
    """In memory only. ``now`` gives seconds since 1970; of one account the newest ``per_user`` are kept."""

    def __init__(self, now: Callable[[], float] = time.time, per_user: int = _PER_USER) -> None:
        self._now, self._per_user = now, per_user
        self._waiting: OrderedDict[str, SignIn] = OrderedDict()

    def ask(self, identity: HubIdentity, gateway: str, nonce: str) -> str:
        """The ticket that stands in the page's form; nobody else can know it."""
        self._drop_old()
        mine = [key for key, waiting in self._waiting.items() if waiting.identity.user == identity.user]
        for key in mine[: max(0, len(mine) - self._per_user + 1)]:
            del self._waiting[key]
        ticket = secrets.token_urlsafe(32)
        self._waiting[ticket] = SignIn(identity, gateway, nonce, self._now() + _LIFETIME_S)
        return ticket

    def take(self, ticket: str) -> SignIn | None:
        """Once."""
        self._drop_old()
        return self._waiting.pop(ticket, None)

    def _drop_old(self) -> None:
        now = self._now()
        while self._waiting:
            first = next(iter(self._waiting.values()))
            if first.until > now and len(self._waiting) < _MOST:
                return
            self._waiting.popitem(last=False)
