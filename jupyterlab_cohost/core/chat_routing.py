"""Who is in a discussion, which keys speak for whom, and how messages reach them. No texts are kept here."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any, Protocol

from ..protocol.close_codes import TOO_SLOW
from ..protocol.ids import ParticipantId, new_id
from ..protocol.sentences import spoken
from .chat_asked import AskedTable, TextTable
from .chat_entries import Stamps
from .chat_limits import ChatLimits
from .chat_member import Author, ChatClient, ChatPerson, Member
from .chat_paced import Paced
from .chat_rate import Rates
from .sessions_clock import Clock

_ID_CHARACTERS = 64


class ChatRules(Protocol):
    """What the session says about its chat."""

    def newcomers_see_all(self) -> bool:
        """Whether who comes late gets the discussion so far."""

    def set_newcomers_see_all(self, value: bool) -> None:
        """The host's choice."""

    def person(self, participant: ParticipantId) -> ChatPerson:
        """Somebody who is not connected now; for a participant who is out, a person without name."""


class Refused(Exception):
    """The message changed nothing; ``code`` and sentence go back to its sender."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.answer = {"type": "refused", "code": code, **spoken(message), **details}


def dumps(message: object) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def encoded(text: str) -> bytes:
    """JSON as UTF-8. Half a character goes as its escape: as bytes it would end every page's connection (RFC 6455)."""
    return text.encode("utf-8", "backslashreplace")


def check_rate(wait_s: float, about: dict[str, Any] | None = None) -> None:
    """Raises Refused with the time to wait."""
    if wait_s > 0:
        words = "Too much at once. It is sent in a moment."
        raise Refused("too_fast", words, retry_ms=int(wait_s * 1000) + 1, **(about or {}))


def is_id(value: object) -> bool:
    """A page's own name of a question or letter."""
    return isinstance(value, str) and 0 < len(value) <= _ID_CHARACTERS


class Routing:
    """What the handlers of messages work with. Broadcasts are merged per tick when it is busy."""

    def __init__(self, session: str, rules: ChatRules, secret: bytes, clock: Clock, limits: ChatLimits) -> None:
        self.rules, self.clock, self.limits = rules, clock, limits
        self.stamps = Stamps(secret, session)
        self.session = session
        self.members: dict[str, Member] = {}
        self.authors: dict[tuple[str, str], Author] = {}
        self.rates: dict[str, Rates] = {}
        self.asked, self.texts = AskedTable(new_id), TextTable(new_id)
        self.paced = Paced(clock, limits.tick_ms, self._send_text)
        #: Highest logical time seen.
        self.time = 0
        #: Which pages besides the author's have fetched a long text: (key, seq) → nodes.
        self.holders: dict[tuple[str, int], list[str]] = {}
        self.random = random.Random()
        self._nodes: dict[ChatClient, str] = {}
        self._out: list[str] = []
        self._flushed_at = 0.0
        self._cancel_flush: Callable[[], None] | None = None

    def leave(self, client: ChatClient, *, clean: bool) -> None:
        """The connection has closed. Not ``clean``: the page may come back, and is shown as reconnecting meanwhile."""
        raise NotImplementedError

    # Who

    def member_of(self, client: ChatClient) -> Member | None:
        return self.members.get(self._nodes.get(client, ""))

    def author(self, person: ChatPerson, key: str) -> Author:
        """The vouched pair of participant and key, made when it is new; an old absent one gives way."""
        author = self.authors.get((person.id, key))
        if author is None or author.person != person:
            kept = author or Author(person, key)
            kept.person = person
            author = self.authors[person.id, key] = kept
            self.broadcast({"type": "author", **author.to_json()})
        if len(self.authors) > self.limits.authors:
            present = {(member.person.id, member.key) for member in self.members.values()}
            oldest = next((pair for pair in self.authors if pair not in present), None)
            if oldest is not None:
                del self.authors[oldest]
        return author

    def rate(self, member: Member) -> Rates:
        found = self.rates.get(member.person.id)
        if found is None:
            found = self.rates[member.person.id] = Rates(self.limits, self.clock.now())
        return found

    def since(self, member: Member) -> int:
        """From when on this page may see what was said, in milliseconds since 1970."""
        client = member.client
        return 0 if client is None or self.rules.newcomers_see_all() else client.joined_at()

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock.now() * 1000)

    def present(self, but: str) -> list[Member]:
        """Pages that can be asked now, in random order."""
        here = [m for m in self.members.values() if m.node != but and m.client is not None and not m.away]
        self.random.shuffle(here)
        return here

    def set_digest(self, member: Member, digest: object) -> None:
        """What this page holds, in short; anything that is none is passed over."""
        if isinstance(digest, str) and len(digest) <= 64 and digest.isascii():
            member.digest = digest

    # Out

    def tell(self, member: Member, message: dict[str, Any]) -> None:
        """To one page, after everything that was said to all."""
        self.flush()
        if member.client is not None:
            self.send_to(member.client, message)

    def send_to(self, client: ChatClient, message: dict[str, Any]) -> None:
        if not client.send(encoded(f"[{dumps(message)}]")):
            self._too_slow(client)

    def broadcast(self, message: dict[str, Any]) -> None:
        """To everybody: at once when it was quiet, merged with what comes in the same tick when it is busy."""
        self._out.append(dumps(message))
        wait = self._flushed_at + self.limits.tick_ms / 1000 - self.clock.now()
        if not 0 < wait <= self.limits.tick_ms / 1000:
            self.flush()
        elif self._cancel_flush is None:
            self._cancel_flush = self.clock.call_later(wait, self.flush)

    def flush(self) -> None:
        if self._cancel_flush is not None:
            self._cancel_flush()
            self._cancel_flush = None
        if self._out:
            frame, self._out = f"[{','.join(self._out)}]", []
            self._send_all(frame)

    def _send_all(self, frame: str) -> None:
        self._flushed_at = self.clock.now()
        data = encoded(frame)
        clients = [member.client for member in self.members.values() if member.client is not None]
        for client in [client for client in clients if not client.send(data)]:
            self._too_slow(client)

    def _send_text(self, node: str, id_: str, rest: bytes) -> None:
        """``rest``: what is the same for all readers of a long text, encoded once."""
        member = self.members.get(node)
        if member is not None and member.client is not None:
            head = encoded(f'[{{"type":"body","id":{dumps(id_)}')
            if not member.client.send(head + rest):
                self._too_slow(member.client)

    def _too_slow(self, client: ChatClient) -> None:
        self.leave(client, clean=False)
        client.close(TOO_SLOW)

    def close(self) -> None:
        """Forgets everything."""
        if self._cancel_flush is not None:
            self._cancel_flush()
            self._cancel_flush = None
        self._out.clear()
        self.paced.close()
        self.texts.clear()
        self.authors.clear()
        self.holders.clear()
