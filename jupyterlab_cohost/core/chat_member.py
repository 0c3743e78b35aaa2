"""Who is in a discussion: people, their pages, and the keys that the server vouches for."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..protocol.close_codes import CloseCode
from ..protocol.ids import ParticipantId

#: How many posted entries of a key are remembered by their signature, so that posting again after a cut is no error.
_SIGNATURES_KEPT = 64


@dataclass(frozen=True)
class ChatPerson:
    """A participant as the server knows it. ``host``: may delete what others wrote and set what newcomers see."""

    id: ParticipantId
    name: str
    color: str
    initials: str
    role: str
    host: bool
    verified: bool = False

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Door:
    """Which way a guest came: the link, and the addresses of the request or the account of the hub."""

    link: str = ""
    sources: tuple[str, ...] = ("",)


class ChatClient(Protocol):
    """One page's connection. The discussion calls it from the event loop and never awaits it."""

    @property
    def person(self) -> ChatPerson:
        """Who it is now."""

    def door(self) -> Door:
        """Which way they came; a chat that is full is divided by it."""

    def may_chat(self) -> bool:
        """Asked for every message."""

    def joined_at(self) -> int:
        """When this participant joined the session, in milliseconds since 1970; 0 for the host."""

    def send(self, frame: bytes) -> bool:
        """Queues one text frame. False: the buffer is full; the discussion drops the client."""

    def close(self, code: CloseCode) -> None:
        """Closes the socket."""


@dataclass(eq=False)
class Member:
    """One page. ``node`` names it; it keeps name and key over a cut of the connection."""

    node: str
    person: ChatPerson
    key: str
    seal: str
    client: ChatClient | None
    seen: float
    away: bool = False
    digest: str = ""
    #: Since when the page has no connection (seconds), or None.
    cut_at: float | None = None
    door: Door = Door()
    #: When the page came, and when it wrote the last message (seconds).
    came: float = 0.0
    wrote: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "node": self.node,
            "key": self.key,
            "seal": self.seal,
            "person": self.person.to_json(),
            "away": self.away,
            "digest": self.digest,
        }


@dataclass
class Author:
    """A key that spoke, or may speak, for a participant. Routing state: numbers and signatures, never text."""

    person: ChatPerson
    key: str
    last: int | None = None
    signatures: OrderedDict[int, str] = field(default_factory=OrderedDict)

    def accepts(self, seq: int, signature: str) -> bool:
        """Whether this is the next entry, the first that this server sees, or one that was posted already."""
        if self.last is None or seq == self.last + 1:
            return True
        return self.signatures.get(seq) == signature

    def posted(self, seq: int, signature: str) -> None:
        self.last = max(self.last or 0, seq)
        self.signatures[seq] = signature
        while len(self.signatures) > _SIGNATURES_KEPT:
            self.signatures.popitem(last=False)

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "person": self.person.to_json()}
