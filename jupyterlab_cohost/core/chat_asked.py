"""What pages asked of each other through the broker and is not answered yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

_MOST_OPEN = 16


@dataclass(eq=False)
class Asked:
    """``ask`` waits for ``peers`` (nodes) until ``until`` (seconds). ``id`` is the asker's own name of it."""

    kind: str
    ask: str
    node: str
    id: str
    until: float
    peers: set[str]
    #: Others that can be asked when these do not answer.
    spare: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


class AskedTable:
    """Bounded per page: the oldest question gives way."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._open: dict[str, Asked] = {}

    def add(self, kind: str, node: str, id_: str, until: float, peers: Iterable[str], **more: Any) -> Asked:
        mine = [asked for asked in self._open.values() if asked.node == node]
        if len(mine) >= _MOST_OPEN:
            self.close(mine[0])
        asked = Asked(kind, self._new_id(), node, id_, until, set(peers), **more)
        self._open[asked.ask] = asked
        return asked

    def find(self, ask: object, kind: str, peer: str) -> Asked | None:
        """The question that this peer was asked."""
        asked = self._open.get(ask) if isinstance(ask, str) else None
        return asked if asked is not None and asked.kind == kind and peer in asked.peers else None

    def close(self, asked: Asked) -> None:
        self._open.pop(asked.ask, None)

    def overdue(self, now: float) -> list[Asked]:
        return [asked for asked in self._open.values() if asked.until <= now]

    def waiting_for(self, node: str) -> list[Asked]:
        return [asked for asked in self._open.values() if node in asked.peers]

    def forget(self, node: str) -> None:
        """The page that asked has gone."""
        for asked in [asked for asked in self._open.values() if asked.node == node]:
            self.close(asked)
