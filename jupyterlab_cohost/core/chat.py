"""The broker of one session's discussion. It passes entries on and keeps none.

What stays here while somebody is present is routing state: who is there, public keys, numbers and signatures of what
was posted. Texts pass through one call and are gone, but for a long one that many wait for: it stays until the last of
them was sent it. Nothing is logged. See protocol/chat.md for the messages.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..protocol.close_codes import FORBIDDEN, MALFORMED, SESSION_ENDED, TOO_LARGE, TOO_SLOW, VERSION
from ..protocol.ids import new_id
from ..protocol.sentences import sentence, spoken
from .chat_entries import BadEntry, is_key
from .chat_limits import ChatLimits
from .chat_member import ChatClient, ChatPerson, Member
from .chat_places import who_gives_way
from .chat_questions import QUESTIONS, overdue, peer_gone
from .chat_routing import ChatRules, Refused, Routing
from .chat_talk import TALK
from .chat_texts import TEXTS, text_holder_gone, texts_overdue
from .sessions_clock import Clock

_VERSION = 1
#: A page that is refused so often in a row does not listen.
_REFUSALS = 200
_PLACE_GIVEN = "The chat is full. Somebody who came has your place, for you wrote nothing lately."
_HANDLERS: dict[str, Callable[[Routing, Member, dict[str, Any]], None]] = {**TALK, **QUESTIONS, **TEXTS}


class Discussion(Routing):
    """Its members come, speak and go. All methods are synchronous; ``tick`` comes about twice a second."""

    def __init__(self, session: str, rules: ChatRules, secret: bytes, clock: Clock, limits: ChatLimits) -> None:
        super().__init__(session, rules, secret, clock, limits)
        self._refusals: dict[ChatClient, int] = {}

    @property
    def empty(self) -> bool:
        """Nobody is here, nor may come back from a cut."""
        return not self.members

    def receive(self, client: ChatClient, frame: str) -> None:
        """One frame of a page. The first is ``hello``."""
        if not client.may_chat():
            self.leave(client, clean=True)
            client.close(FORBIDDEN)
            return
        message = _read(frame)
        member = self.member_of(client)
        if message is None or (member is None) != (message.get("type") == "hello"):
            self.leave(client, clean=True)
            client.close(TOO_LARGE if len(frame) > self.limits.frame_bytes else MALFORMED)
            return
        if member is None:
            self._hello(client, message)
            return
        member.seen = self.clock.now()
        handler = _HANDLERS.get(str(message.get("type")))
        try:
            if handler is None:
                raise Refused("unknown", "This page sent something that the host's server does not know.")
            handler(self, member, message)
            self._refusals.pop(client, None)
        except Refused as refused:
            self._refuse(client, refused)
        except BadEntry:
            self._refuse(client, Refused("malformed", "This message is not of the form that this session takes."))

    def _refuse(self, client: ChatClient, refused: Refused) -> None:
        count = self._refusals[client] = self._refusals.get(client, 0) + 1
        if count > _REFUSALS:
            self.leave(client, clean=True)
            client.close(MALFORMED)
            return
        member = self.member_of(client)
        if member is not None:
            self.tell(member, refused.answer)

    def _hello(self, client: ChatClient, message: dict[str, Any]) -> None:
        if message.get("version") != _VERSION:
            client.close(VERSION)
            return
        key, seal, person = message.get("key"), message.get("seal"), client.person
        if not (is_key(key) and is_key(seal) and isinstance(key, str) and isinstance(seal, str)):
            client.close(MALFORMED)
            return
        self.flush()  # what is on its way was said before this page came
        member = self._back(person, key, seal, client) or self._newcomer(person, key, seal, client)
        if member is None:
            return
        self.set_digest(member, message.get("digest"))
        self.author(person, key)
        others = [other.to_json() for other in self.members.values() if other is not member]
        self.send_to(client, {**self._welcome(member), "members": others})
        self.broadcast({"type": "joined", **member.to_json()})

    def _welcome(self, member: Member) -> dict[str, Any]:
        return {
            "type": "welcome",
            "version": _VERSION,
            "session": self.session,
            "node": member.node,
            "person": member.person.to_json(),
            "authors": [author.to_json() for author in self.authors.values()],
            "newcomers": "all" if self.rules.newcomers_see_all() else "new",
            "since": self.since(member),
            "time": self.time,
        }

    def _back(self, person: ChatPerson, key: str, seal: str, client: ChatClient) -> Member | None:
        """The page had a connection before; the older one, if it still stands, gives way."""
        for member in self.members.values():
            if member.key == key and member.person.id == person.id:
                if member.client is not None:
                    self._nodes.pop(member.client, None)
                    member.client.close(TOO_SLOW)
                member.client, member.person, member.seal = client, person, seal
                member.seen, member.cut_at, member.away = self.clock.now(), None, False
                self._nodes[client] = member.node
                return member
        return None

    def _newcomer(self, person: ChatPerson, key: str, seal: str, client: ChatClient) -> Member | None:
        people = {member.person.id for member in self.members.values()}
        pages = sum(member.person.id == person.id for member in self.members.values())
        guests = {member.person.id for member in self.members.values() if not member.person.host}
        door, now = client.door(), self.clock.now()
        full = not person.host and person.id not in people and len(guests) >= self.limits.people
        if full:
            full = not self._make_room(who_gives_way(self.members.values(), door, now, self.limits.silent_ms / 1000))
        if full or pages >= self.limits.pages_per_person:
            template = "The chat is full: %1 people are here." if full else "The chat is full: you have %1 pages in it."
            self._turn_away(client, sentence(template, self.limits.people if full else pages))
            return None
        member = Member(new_id(), person, key, seal, client, now, door=door, came=now)
        self.members[member.node] = member
        self._nodes[client] = member.node
        return member

    def _make_room(self, pages: list[Member]) -> bool:
        """Puts these pages out; false where there are none."""
        for member in pages:
            client, member.client = member.client, None
            self._gone(member)
            if client is not None:
                self._nodes.pop(client, None)
                self._turn_away(client, _PLACE_GIVEN)
        return bool(pages)

    def _turn_away(self, client: ChatClient, why: str) -> None:
        self.send_to(client, {"type": "full", **spoken(why)})
        client.close(TOO_SLOW)

    def leave(self, client: ChatClient, *, clean: bool) -> None:
        """The connection has closed. Not ``clean``: the page may come back, and is shown as reconnecting meanwhile."""
        member = self.member_of(client)
        self._refusals.pop(client, None)
        self._nodes.pop(client, None)
        if member is None:
            return
        member.client = None
        if clean:
            self._gone(member)
        else:
            member.cut_at = self.clock.now()
            self._away(member)

    def _away(self, member: Member) -> None:
        if not member.away:
            member.away = True
            self.broadcast({"type": "away", "node": member.node})

    def _gone(self, member: Member) -> None:
        if self.members.pop(member.node, None) is None:
            return
        self.asked.forget(member.node)
        for nodes in self.holders.values():
            if member.node in nodes:
                nodes.remove(member.node)
        peer_gone(self, member.node)
        text_holder_gone(self, member.node)
        if not any(other.person.id == member.person.id for other in self.members.values()):
            self.rates.pop(member.person.id, None)
        self.broadcast({"type": "left", "node": member.node})
        if self.empty:
            self.close()

    def beat(self, client: ChatClient) -> None:
        """A sign of life of the connection (a pong)."""
        member = self.member_of(client)
        if member is not None:
            member.seen = self.clock.now()
            if member.away:
                member.away = False
                self.broadcast({"type": "joined", **member.to_json()})

    def changed(self, client: ChatClient) -> None:
        """The person's role changed."""
        member = self.member_of(client)
        if member is not None:
            member.person = client.person
            self.author(member.person, member.key)
            self.broadcast({"type": "joined", **member.to_json()})

    def tick(self) -> None:
        """Looks who has not been heard of, and which questions nobody answered."""
        now = self.clock.now()
        for member in list(self.members.values()):
            silent = (now - (member.seen if member.cut_at is None else min(member.seen, member.cut_at))) * 1000
            if silent >= self.limits.gone_ms:
                client, member.client = member.client, None
                if client is not None:
                    self._nodes.pop(client, None)
                    client.close(TOO_SLOW)
                self._gone(member)
            elif silent >= self.limits.away_ms:
                self._away(member)
        overdue(self, now)
        texts_overdue(self, now)
        if self.members and now - self._flushed_at >= self.limits.beat_ms / 1000:
            self._send_all("[]")

    def end(self) -> None:
        """The session has ended: nobody is told anything more."""
        clients = [member.client for member in self.members.values() if member.client is not None]
        self.members.clear()
        self._nodes.clear()
        self.close()
        for client in clients:
            client.close(SESSION_ENDED)


def _refuse_constant(name: str) -> Any:
    """NaN and its like are no JSON for the pages that this would be passed on to."""
    raise ValueError(name)


def _read(frame: str) -> dict[str, Any] | None:
    try:
        message = json.loads(frame, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
