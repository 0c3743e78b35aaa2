"""Whole files in one answer stay in memory until their reader has taken them: so only so much is made at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ...protocol.ids import ParticipantId

#: Smaller ones wait for nobody.
LARGE_BYTES = 2**20


class LargeAnswers:
    """Of one server. ``most``: bytes of the files that all guests together are being sent."""

    def __init__(self, most: int) -> None:
        self._left, self._freed = most, asyncio.Condition()
        self._turns: defaultdict[ParticipantId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asking: defaultdict[ParticipantId, int] = defaultdict(int)

    @asynccontextmanager
    async def turn(self, participant: ParticipantId, size: int) -> AsyncIterator[None]:
        """While a file of ``size`` bytes is read and sent: one of each guest, and all within ``most``."""
        self._asking[participant] += 1
        try:
            async with self._turns[participant]:
                async with self._freed:
                    await self._freed.wait_for(lambda: size <= self._left)
                    self._left -= size
                try:
                    yield
                finally:
                    async with self._freed:
                        self._left += size
                        self._freed.notify_all()
        finally:
            self._asking[participant] -= 1
            if not self._asking[participant]:
                del self._asking[participant], self._turns[participant]
