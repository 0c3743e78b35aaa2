"""People who type: every key is a character of its own, so that loss and doubling can be counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .room_client import TestClient


@dataclass
class Typist:
    """Types ``chr(first)``, ``chr(first + 1)``, … at ``rate`` keys per second, at the end of the text."""

    client: TestClient
    first: int
    rate: float = 20
    typed_at: list[float] = field(default_factory=list)
    #: How many keys were acknowledged at the latest look.
    acknowledged: int = 0
    on: bool = True

    @property
    def keys(self) -> str:
        return "".join(chr(self.first + i) for i in range(len(self.typed_at)))

    async def run(self) -> None:
        due = time.monotonic()
        while self.on:
            if self.client.all_acknowledged:
                self.acknowledged = len(self.typed_at)
            self.typed_at.append(time.monotonic())
            text = self.client.text
            text += chr(self.first + len(self.typed_at) - 1)
            due += 1 / self.rate
            await asyncio.sleep(max(0, due - time.monotonic()))


class FileWatch:
    """Reads a file all the time: the age of the oldest key that it did not have, and whether a read was broken."""

    def __init__(self, read: Callable[[], str], typists: list[Typist], must_contain: str) -> None:
        self.read, self.typists, self.must_contain = read, typists, must_contain
        self.worst_lag, self.broken_reads, self.on = 0.0, 0, True

    async def run(self) -> None:
        while self.on:
            looked_at = time.monotonic()
            content = self.read()
            self.broken_reads += self.must_contain not in content
            for typist in self.typists:
                missing = [
                    at
                    for i, at in enumerate(typist.typed_at)
                    if at < looked_at and chr(typist.first + i) not in content
                ]
                if missing:
                    self.worst_lag = max(self.worst_lag, looked_at - min(missing))
            await asyncio.sleep(0.02)


def lost_and_doubled(content: str, keys: str) -> tuple[int, int]:
    """How many of ``keys`` are not in ``content``, and how many are there more than once."""
    return sum(content.count(k) == 0 for k in keys), sum(content.count(k) > 1 for k in keys)
