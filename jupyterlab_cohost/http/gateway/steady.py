"""No guest moves anything between the look at a path and the use of it by another guest's request.

A guest cannot make a link, but can move folders, also one with a link in it that leads out of the session. Were it put
where a request has just found a harmless folder, that request would go through the link. So a move waits until no
request of a guest is between the two, and requests wait for a move to be done. See SPEC CONT-24.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ...protocol.errors import Conflict

_PATIENCE_S = 20.0


class Steady:
    """Of one server."""

    def __init__(self, patience_s: float = _PATIENCE_S) -> None:
        self._users, self._moving, self._patience_s = 0, False, patience_s
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def using(self) -> AsyncIterator[None]:
        """While a path is looked at and what it leads to is read or changed. Not to be nested."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._moving)
            self._users += 1
        try:
            yield
        finally:
            # Before anything is awaited: a request that is cancelled counts no more, either.
            self._users -= 1
            async with self._changed:
                self._changed.notify_all()

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[None]:
        """While something is moved, and all that follows it. Raises Conflict when others are too long at work."""
        async with self._changed:
            free = self._changed.wait_for(lambda: not self._moving and self._users == 0)
            try:
                await asyncio.wait_for(free, self._patience_s)
            except asyncio.TimeoutError:
                raise Conflict("Others are at work on these files. Try again in a moment.") from None
            self._moving = True
        try:
            yield
        finally:
            self._moving = False
            async with self._changed:
                self._changed.notify_all()
