"""What pages ask of each other through the broker: their history (protocol/chat.md). Long texts: chat_texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .chat_asked import Asked
from .chat_entries import BadEntry, Entry, checked_entry, is_key
from .chat_member import Member
from .chat_routing import Routing, check_rate, is_id

_PEERS_ASKED = 2
_HAVE_KEYS = 2000


def want(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{id, have: {key: [[from, to], …]}, marks?: {key: mark}, from?}``: asks two present pages (or the one named)."""
    id_, have, named = message.get("id"), message.get("have"), message.get("from")
    marks = message.get("marks", {})
    if not is_id(id_) or not _is_have(have) or not _are_marks(marks):
        raise BadEntry("a question of another form")
    check_rate(chat.rate(member).requests.take(1, chat.clock.now()), {"id": id_})
    peers = [peer for peer in chat.present(member.node) if named is None or peer.node == named][:_PEERS_ASKED]
    if not peers:
        chat.tell(member, {"type": "history", "id": id_, "entries": [], "done": True, "peers": 0})
        return
    until = chat.clock.now() + chat.limits.answer_ms / 1000
    asked = chat.asked.add("history", member.node, str(id_), until, [peer.node for peer in peers])
    question = {"type": "wanted", "id": asked.ask, "node": member.node, "have": have, "marks": marks}
    question["since"] = chat.since(member)
    for peer in peers:
        chat.tell(peer, question)


def _is_have(have: object) -> bool:
    """``{key: [[from, to], …]}``; it is passed on to pages as it stands."""
    return (
        isinstance(have, dict)
        and len(have) <= _HAVE_KEYS
        and all(is_key(key) and isinstance(ranges, list) for key, ranges in have.items())
        and all(
            isinstance(pair, list) and len(pair) == 2 and all(type(number) is int for number in pair)
            for ranges in have.values()
            for pair in ranges
        )
    )


def _are_marks(marks: object) -> bool:
    """Of each key, what stands for all its entries; it is passed on as it stands."""
    return (
        isinstance(marks, dict)
        and len(marks) <= _HAVE_KEYS
        and all(is_key(key) and isinstance(mark, str) and len(mark) <= 32 for key, mark in marks.items())
    )


def history(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{id, entries, done}``: an answer to ``wanted``. Only what was posted, and what the asker may see, goes on."""
    asked = chat.asked.find(message.get("id"), "history", member.node)
    entries = message.get("entries")
    if asked is None:
        return
    if not isinstance(entries, list) or len(entries) > chat.limits.history_entries:
        raise BadEntry("history of another form")
    asker = chat.members.get(asked.node)
    done = message.get("done") is True
    if asker is not None and asker.client is not None:
        passed = [entry for entry in (posted(chat, asker, entry) for entry in entries) if entry is not None]
        refused = len(entries) - len(passed)
        answer = {"type": "history", "id": asked.id, "node": member.node, "entries": passed, "done": done}
        chat.tell(asker, {**answer, "refused": refused})
    asked.until = chat.clock.now() + chat.limits.answer_ms / 1000
    if done:
        asked.peers.discard(member.node)
        if not asked.peers:
            chat.asked.close(asked)


def posted(chat: Routing, asker: Member, value: object) -> Entry | None:
    """The entry with its stamp, if it was posted here and the asker may see it."""
    try:
        entry = checked_entry(value, chat.limits)
    except BadEntry:
        return None
    stamp = value.get("stamp") if isinstance(value, dict) else None
    if not isinstance(stamp, dict) or not chat.stamps.check(entry, stamp) or stamp["at"] < chat.since(asker):
        return None
    chat.time = max(chat.time, entry["time"])
    _vouch_again(chat, entry)
    return {**entry, "stamp": stamp}


def _vouch_again(chat: Routing, entry: Entry) -> None:
    """Our stamp says that this key spoke for its author before this server was started again."""
    author = chat.authors.get((entry["author"], entry["key"]))
    if author is None:
        author = chat.author(chat.rules.person(entry["author"]), entry["key"])
    if author.last is not None and author.last < entry["seq"]:
        author.posted(entry["seq"], entry["signature"])


def peer_gone(chat: Routing, node: str) -> None:
    """A page that was asked has left."""
    for asked in chat.asked.waiting_for(node):
        _give_up(chat, asked, node)


def overdue(chat: Routing, now: float) -> None:
    """Questions that nobody answered in time."""
    for asked in chat.asked.overdue(now):
        for node in list(asked.peers):
            _give_up(chat, asked, node)


def _give_up(chat: Routing, asked: Asked, node: str) -> None:
    asked.peers.discard(node)
    asker = chat.members.get(asked.node)
    if not asked.peers:
        chat.asked.close(asked)
    if asker is not None:
        answer = {"type": "history", "id": asked.id, "node": node, "entries": [], "done": True}
        chat.tell(asker, {**answer, "lost": True})


QUESTIONS: dict[str, Callable[[Routing, Member, dict[str, Any]], None]] = {
    "want": want,
    "history": history,
}
