"""A file or folder has another path now: scopes, rooms and whoever listens follow, in this order and in one step.

Whoever is asked in between (may this guest read where the document is?) must not find the one at the new place and the
other still at the old one: guests would be put out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from ..protocol.ids import SessionId
from .rooms import Rooms
from .sessions import Sessions

#: ``renamed(old, new, sessions)``: everything has followed; ``sessions``: whose scope did.
Renamed = Callable[[str, str, frozenset[SessionId]], None]


class Follower(Protocol):
    """Who only wants to know, and takes its time."""

    async def rename(self, old_path: str, new_path: str) -> None:
        """A file or folder has another path now. May be told twice."""


class Renames:
    """Paths are relative to the content root, without slashes at the ends."""

    def __init__(self, sessions: Sessions, rooms: Rooms, *last: Follower) -> None:
        self._sessions, self._rooms, self._last = sessions, rooms, last
        #: What must have followed before anybody is there: who wrote a file decides about trust.
        self.first: tuple[Follower, ...] = ()
        #: One after the other, in the order in which they happened.
        self._lock = asyncio.Lock()
        self._listeners: dict[object, Renamed] = {}

    async def follow(self, old_path: str, new_path: str) -> None:
        """May be told twice. Raises StorageFailed when the journal cannot say so; everything else has followed then."""
        if old_path == new_path:
            return
        async with self._lock:
            for follower in self.first:
                await follower.rename(old_path, new_path)
            await self._follow(old_path, new_path)
            for follower in self._last:
                await follower.rename(old_path, new_path)

    async def _follow(self, old_path: str, new_path: str) -> None:
        moved = self._sessions.move(old_path, new_path)
        self._rooms.move(old_path, new_path)
        followed = frozenset(session.id for session in moved)
        for listener in list(self._listeners.values()):
            listener(old_path, new_path, followed)
        self._sessions.tell_moved(moved)
        await self._rooms.keep_move(old_path, new_path)

    def subscribe(self, listener: Renamed) -> Callable[[], None]:
        """Returns the way to stop."""
        key = object()
        self._listeners[key] = listener

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop
