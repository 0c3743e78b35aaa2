"""Who asked for a session while its host's server was stopped. The host's server is told when it runs again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .keys import write_private

#: After this nobody waits any more.
_KEPT_S = 7 * 86400.0
_MOST_PER_SESSION, _MOST_SESSIONS = 50, 5000
#: A second press within this time changes nothing.
_SAME_S = 60.0


class Asked:
    """By gateway and account, until that account comes in. ``file``: where it is remembered; ``now`` as ``time.time``.

    Raises OSError when it cannot be written.
    """

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file, self._now = file, now
        self._asked: dict[str, dict[str, float]] = {}
        self._load()

    def add(self, gateway: str, user: str) -> None:
        """Replaces what this account asked before."""
        before = self.at(gateway, user)
        if before is not None and 0 <= self._now() - before < _SAME_S:
            return
        users = self._asked.pop(gateway, {})
        users.pop(user, None)
        users[user] = self._now()
        self._asked[gateway] = dict(list(users.items())[-_MOST_PER_SESSION:])
        self._save()

    def at(self, gateway: str, user: str) -> float | None:
        """When, in seconds since 1970; None for somebody who did not ask, or long ago."""
        asked = self._asked.get(gateway, {}).get(user)
        return asked if asked is not None and self._now() - asked < _KEPT_S else None

    def of(self, gateway: str) -> list[tuple[str, float]]:
        """Accounts and times, in the order in which they asked."""
        found = [(user, self.at(gateway, user)) for user in self._asked.get(gateway, {})]
        return [(user, at) for user, at in found if at is not None]

    def came_in(self, gateway: str, user: str) -> None:
        """Needs nobody any more."""
        if self._asked.get(gateway, {}).pop(user, None) is not None:
            self._save()

    def _save(self) -> None:
        kept = {gateway: dict(self.of(gateway)) for gateway in list(self._asked)[-_MOST_SESSIONS:]}
        self._asked = {gateway: users for gateway, users in kept.items() if users}
        write_private(self._file, json.dumps({"asked": self._asked}))

    def _load(self) -> None:
        """A file that makes no sense is nothing: people ask again."""
        try:
            asked: dict[str, dict[str, Any]] = json.loads(self._file.read_text("utf-8"))["asked"]
            self._asked = {
                str(gateway): {str(user): float(at) for user, at in users.items()} for gateway, users in asked.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self._asked = {}
