"""Two people in a room where nothing is wrong: how long an edit of one takes to the other, all the time."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from .room_client import TestClient

#: Edits that are timed before and after the trouble.
_CALM = 20


class Relay:
    """Runs while it is a context; ``slowest`` of it, and ``calm``, the slowest before it, are in seconds."""

    def __init__(self, first: TestClient, second: TestClient) -> None:
        self._first, self._second = first, second
        self._number, self._on, self.slowest, self.calm = 0, True, 0.0, 0.0

    async def __aenter__(self) -> Relay:
        self._task = asyncio.create_task(self._run())
        await self._more()
        self.calm, self.slowest = self.slowest, 0.0
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._more()
        self._on = False
        await self._task

    @property
    def is_felt(self) -> bool:
        """Whether somebody would notice: three seconds more than what this machine needs now anyway."""
        return self.slowest > 3 + 20 * self.calm

    def __str__(self) -> str:
        return f"slowest relay {self.slowest * 1000:.0f} ms, before it {self.calm * 1000:.0f} ms"

    async def _more(self) -> None:
        enough = self._number + _CALM
        await self._second.until(lambda: self._number >= enough)

    async def _run(self) -> None:
        while self._on:
            self._number += 1
            mark, started = f"<{self._number}>", time.monotonic()
            text: Any = self._first.text
            text += mark
            await self._second.until(partial(_has, self._second, mark))
            self.slowest = max(self.slowest, time.monotonic() - started)
            await asyncio.sleep(0.02)


def _has(client: TestClient, mark: str) -> bool:
    return mark in str(client.text)
