"""Long texts: one page that holds a text is asked once for all who wait for it (protocol/chat.md)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from .chat_asked import TextAsked
from .chat_entries import BadEntry
from .chat_member import Member
from .chat_questions import posted
from .chat_routing import Refused, Routing, check_rate, dumps, is_id

_HOLDERS_KEPT, _LONG_KEPT = 4, 200


def body_want(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{id, entry}`` (with its stamp, without body): asks for a long text."""
    id_ = message.get("id")
    if not is_id(id_):
        raise BadEntry("a question of another form")
    check_rate(chat.rate(member).requests.take(1, chat.clock.now()), {"id": id_})
    entry = posted(chat, member, message.get("entry"))
    if entry is None:
        raise Refused("not_found", "This message is not part of the discussion.", id=id_)
    if "hash" not in entry:
        raise BadEntry("an entry without a text")
    dropped = chat.texts.make_room(member.node)
    if dropped is not None:
        _missing(chat, *dropped)
    reader = (member.node, str(id_))
    asked = chat.texts.find((entry["key"], entry["seq"], entry["hash"]))
    if asked is not None:
        asked.waiting.append(reader)
        return
    spare = _who_may_hold(chat, member.node, entry["key"], entry["seq"])
    _ask_next(chat, chat.texts.add((entry["key"], entry["seq"], entry["hash"]), spare, reader))


def _who_may_hold(chat: Routing, but: str, key: str, seq: int) -> list[str]:
    """The author's page and those that fetched the text first, then two others."""
    here = chat.present(but)
    known = [m for m in here if m.key == key or m.node in chat.holders.get((key, seq), ())]
    others = [m for m in here if m not in known][:2]
    return [m.node for m in (*known[:3], *others)]


def _ask_next(chat: Routing, asked: TextAsked) -> None:
    """Asks the next page that may hold the text; tells those who wait when there is none left."""
    while asked.spare:
        peer = chat.members.get(asked.spare.pop(0))
        if peer is not None and peer.client is not None:
            asked.peer, asked.until = peer.node, chat.clock.now() + chat.limits.answer_ms / 1000
            key, seq, _ = asked.about
            chat.tell(peer, {"type": "body_wanted", "id": asked.ask, "key": key, "seq": seq})
            return
    chat.texts.close(asked)
    for reader in asked.waiting:
        _missing(chat, *reader)


def _missing(chat: Routing, node: str, id_: str) -> None:
    member = chat.members.get(node)
    if member is not None:
        chat.tell(member, {"type": "body", "id": id_, "missing": True})


def body(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{id, salt, text}`` or ``{id, missing: true}``: an answer to ``body_wanted``. A text of another hash is none."""
    asked = chat.texts.asked_of(message.get("id"), member.node)
    if asked is None:
        return
    salt, text = message.get("salt"), message.get("text")
    key, seq, hash_ = asked.about
    if not _is_text(salt, text, hash_, chat.limits.characters):
        _ask_next(chat, asked)
        return
    chat.texts.close(asked)
    rest = dumps({"node": member.node, "salt": salt, "text": text}).encode()
    chat.paced.add(b"," + rest[1:] + b"]", asked.waiting)
    nodes = chat.holders.setdefault((key, seq), [])
    nodes += [node for node in dict.fromkeys(n for n, _ in asked.waiting) if node not in nodes]
    del nodes[_HOLDERS_KEPT:]
    while len(chat.holders) > _LONG_KEPT:
        del chat.holders[next(iter(chat.holders))]


def _is_text(salt: object, text: object, hash_: str, characters: int) -> bool:
    if not isinstance(salt, str) or not isinstance(text, str) or len(text) > characters or len(salt) > 64:
        return False
    try:
        found = hashlib.sha256((salt + text).encode()).digest()
    except UnicodeEncodeError:
        return False
    return urlsafe_b64encode(found).rstrip(b"=").decode() == hash_


def text_holder_gone(chat: Routing, node: str) -> None:
    """A page has left: it waits no more, and whoever was to come from it is asked of another one."""
    chat.texts.forget(node)
    for asked in chat.texts.all():
        if asked.peer == node:
            _ask_next(chat, asked)


def texts_overdue(chat: Routing, now: float) -> None:
    """Texts that did not come in time are asked of another page."""
    for asked in chat.texts.all():
        if asked.until <= now:
            _ask_next(chat, asked)


TEXTS: dict[str, Callable[[Routing, Member, dict[str, Any]], None]] = {"body_want": body_want, "body": body}
