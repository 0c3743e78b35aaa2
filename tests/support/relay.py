"""Two people in a room where nothing is wrong: how long an edit of one takes to the other, all the time."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from .room_client import TestClient

#: Edits that are timed after the trouble.
_AFTERWARDS = 20


class Relay:
    """Runs while it is a context; ``slowest`` is in seconds."""

    def __init__(self, first: TestClient, second: TestClient) -> None:
        self._first, self._second = first, second
        self._number, self._on, self.slowest = 0, True, 0.0

    async def __aenter__(self) -> Relay:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        enough = self._number + _AFTERWARDS
        await self._second.until(lambda: self._number >= enough)
        self._on = False
        await self._task

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
