"""What pages asked of each other through the broker and is not answered yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

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


class AskedTable:
    """Bounded per page: the oldest question gives way."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._open: dict[str, Asked] = {}

    def add(self, kind: str, node: str, id_: str, until: float, peers: Iterable[str]) -> Asked:
        mine = [asked for asked in self._open.values() if asked.node == node]
        if len(mine) >= _MOST_OPEN:
            self.close(mine[0])
        asked = Asked(kind, self._new_id(), node, id_, until, set(peers))
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


#: Key, number and hash of a long text: a wrong hash of one who asks is a question of its own.
About = tuple[str, int, str]


@dataclass(eq=False)
class TextAsked:
    """``peer`` (a node) is asked for a text until ``until`` (seconds), then those in ``spare``."""

    ask: str
    about: About
    spare: list[str]
    #: Who gets it: node and that page's own name of the question.
    waiting: list[tuple[str, str]] = field(default_factory=list)
    peer: str = ""
    until: float = 0.0


class TextTable:
    """One question per text, however many wait for it."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._open: dict[About, TextAsked] = {}
        self._asks: dict[str, TextAsked] = {}

    def find(self, about: About) -> TextAsked | None:
        return self._open.get(about)

    def add(self, about: About, spare: list[str], reader: tuple[str, str]) -> TextAsked:
        asked = self._open[about] = TextAsked(self._new_id(), about, spare, [reader])
        self._asks[asked.ask] = asked
        return asked

    def asked_of(self, ask: object, peer: str) -> TextAsked | None:
        """The question that this peer was asked."""
        asked = self._asks.get(ask) if isinstance(ask, str) else None
        return asked if asked is not None and asked.peer == peer else None

    def make_room(self, node: str) -> tuple[str, str] | None:
        """What gives way when this page waits for as many texts as it may."""
        mine = [(asked, reader) for asked in self._open.values() for reader in asked.waiting if reader[0] == node]
        if len(mine) < _MOST_OPEN:
            return None
        asked, reader = mine[0]
        self._leave(asked, reader)
        return reader

    def forget(self, node: str) -> None:
        """The page has gone."""
        for asked in self.all():
            for reader in [reader for reader in asked.waiting if reader[0] == node]:
                self._leave(asked, reader)

    def _leave(self, asked: TextAsked, reader: tuple[str, str]) -> None:
        asked.waiting.remove(reader)
        if not asked.waiting:
            self.close(asked)

    def all(self) -> list[TextAsked]:
        return list(self._open.values())

    def close(self, asked: TextAsked) -> None:
        self._open.pop(asked.about, None)
        self._asks.pop(asked.ask, None)

    def clear(self) -> None:
        self._open.clear()
        self._asks.clear()
