"""What a page may say to the broker, one function per message type (protocol/chat.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .chat import Discussion, Refused
from .chat_asked import Asked
from .chat_entries import BadEntry, Entry, checked_entry, is_key
from .chat_member import Member

_ID_CHARACTERS = 64
_PEERS_ASKED = 2
_HOLDERS_KEPT, _LONG_KEPT = 4, 200
_HAVE_KEYS = 2000
_NOT_HERE = "is not here any more, so this was not delivered."


def post(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{entry}``: says something to everybody."""
    entry = checked_entry(message.get("entry"), chat.limits)
    about = {"key": entry["key"], "seq": entry["seq"]}
    _check_rate(chat.rate(member).entries.take(1, chat.clock.now()), about)
    if entry["author"] != member.person.id or entry["key"] != member.key:
        raise Refused("forged", "A message can only be sent in your own name.", **about)
    _check_target(member, entry, about)
    if entry["kind"] in ("message", "edit") and "body" not in entry:
        raise BadEntry("a message without a text")
    if entry["time"] > chat.time + chat.limits.time_ahead:
        raise Refused("time", "The clock of this message is far ahead of the discussion.", **about)
    author = chat.author(member.person, member.key)
    if not author.accepts(entry["seq"], entry["signature"]):
        raise Refused("order", "This message does not follow your last one.", next=(author.last or 0) + 1, **about)
    author.posted(entry["seq"], entry["signature"])
    chat.time = max(chat.time, entry["time"])
    entry["stamp"] = chat.stamps.stamp(entry, _now_ms(chat), host=member.person.host)
    chat.broadcast({"type": "entry", "entry": entry})


def _check_target(member: Member, entry: Entry, about: dict[str, Any]) -> None:
    kind = entry["kind"]
    if kind not in ("edit", "delete") or entry["target"]["author"] == member.person.id:
        return
    if kind == "edit":
        raise Refused("not_yours", "You can change only what you wrote yourself.", **about)
    if not member.person.host:
        raise Refused("not_yours", "You can delete only what you wrote yourself.", **about)


def _check_rate(wait_s: float, about: dict[str, Any] | None = None) -> None:
    if wait_s > 0:
        words = "Too much at once. It is sent in a moment."
        raise Refused("too_fast", words, retry_ms=int(wait_s * 1000) + 1, **(about or {}))


def direct(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{id, to, boxes: [{node, box}], data}``: sealed, to one person's pages (and the sender's other ones)."""
    id_, to, boxes, data = (message.get(name) for name in ("id", "to", "boxes", "data"))
    if not (_is_id(id_) and isinstance(to, str) and isinstance(data, str) and isinstance(boxes, list)):
        raise BadEntry("a sealed message of another form")
    _check_rate(chat.rate(member).entries.take(1, chat.clock.now()), {"id": id_})
    _check_rate(chat.rate(member).bytes.take(len(data), chat.clock.now()), {"id": id_})
    readers = {m.node: m for m in chat.members.values() if m.person.id in (to, member.person.id) and m is not member}
    delivered = False
    for box in boxes[: 2 * chat.limits.pages_per_person]:
        reader = readers.pop(str(box.get("node")), None) if isinstance(box, dict) else None
        if reader is None or not isinstance(box.get("box"), str) or len(box["box"]) > 1024 or reader.client is None:
            continue
        delivered = delivered or reader.person.id == to
        letter = {"type": "direct", "node": member.node, "from": member.person.id, "to": to, "at": _now_ms(chat)}
        chat.tell(reader, {**letter, "box": box["box"], "data": data})
    if not delivered:
        raise Refused("not_here", f"The other person {_NOT_HERE}", id=id_)
    chat.tell(member, {"type": "delivered", "id": id_, "at": _now_ms(chat)})


def typing(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{to?}``: a sign to everybody or one person; too many are dropped."""
    if chat.rate(member).requests.take(1, chat.clock.now()) > 0:
        return
    to = message.get("to")
    sign = {"type": "typing", "from": member.person.id}
    if to is None:
        chat.broadcast(sign)
        return
    for other in list(chat.members.values()):
        if other.person.id == to:
            chat.tell(other, {**sign, "to": to})


def want(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{id, have: {key: [[from, to], …]}, from?}``: asks two present pages (or the one named) for what is missing."""
    id_, have, named = message.get("id"), message.get("have"), message.get("from")
    if not _is_id(id_) or not _is_have(have):
        raise BadEntry("a question of another form")
    _check_rate(chat.rate(member).requests.take(1, chat.clock.now()), {"id": id_})
    peers = [peer for peer in chat.present(member.node) if named is None or peer.node == named][:_PEERS_ASKED]
    if not peers:
        chat.tell(member, {"type": "history", "id": id_, "entries": [], "done": True, "peers": 0})
        return
    until = chat.clock.now() + chat.limits.answer_ms / 1000
    asked = chat.asked.add("history", member.node, str(id_), until, [peer.node for peer in peers])
    question = {"type": "wanted", "id": asked.ask, "node": member.node, "have": have, "since": chat.since(member)}
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


def history(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
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
        passed = [entry for entry in (_posted(chat, asker, entry) for entry in entries) if entry is not None]
        refused = len(entries) - len(passed)
        answer = {"type": "history", "id": asked.id, "node": member.node, "entries": passed, "done": done}
        chat.tell(asker, {**answer, "refused": refused})
    asked.until = chat.clock.now() + chat.limits.answer_ms / 1000
    if done:
        asked.peers.discard(member.node)
        if not asked.peers:
            chat.asked.close(asked)


def _posted(chat: Discussion, asker: Member, value: object) -> Entry | None:
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


def _vouch_again(chat: Discussion, entry: Entry) -> None:
    """Our stamp says that this key spoke for its author before this server was started again."""
    author = chat.authors.get((entry["author"], entry["key"]))
    if author is None:
        author = chat.author(chat.rules.person(entry["author"]), entry["key"])
    if author.last is not None and author.last < entry["seq"]:
        author.posted(entry["seq"], entry["signature"])


def body_want(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{id, entry}`` (with its stamp, without body): asks for a long text."""
    id_ = message.get("id")
    if not _is_id(id_):
        raise BadEntry("a question of another form")
    _check_rate(chat.rate(member).requests.take(1, chat.clock.now()), {"id": id_})
    entry = _posted(chat, member, message.get("entry"))
    if entry is None:
        raise Refused("not_found", "This message is not part of the discussion.", id=id_)
    spot = (entry["key"], entry["seq"])
    here = chat.present(member.node)
    known = [m for m in here if m.key == entry["key"] or m.node in chat.holders.get(spot, ())]
    others = [m for m in here if m not in known][:2]
    queue = [m.node for m in (*known[:3], *others)]
    asked = chat.asked.add("body", member.node, str(id_), 0.0, [], spare=queue, details={"spot": spot})
    _ask_next(chat, asked)


def _ask_next(chat: Discussion, asked: Asked) -> None:
    """Asks the next page that may hold the text; tells the asker when there is none left."""
    asker = chat.members.get(asked.node)
    while asked.spare:
        peer = chat.members.get(asked.spare.pop(0))
        if peer is not None and peer.client is not None and asker is not None:
            asked.peers = {peer.node}
            asked.until = chat.clock.now() + chat.limits.answer_ms / 1000
            key, seq = asked.details["spot"]
            chat.tell(peer, {"type": "body_wanted", "id": asked.ask, "key": key, "seq": seq})
            return
    chat.asked.close(asked)
    if asker is not None:
        chat.tell(asker, {"type": "body", "id": asked.id, "missing": True})


def body(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{id, salt, text}`` or ``{id, missing: true}``: an answer to ``body_wanted``; the asker checks the hash."""
    asked = chat.asked.find(message.get("id"), "body", member.node)
    if asked is None:
        return
    salt, text = message.get("salt"), message.get("text")
    if not isinstance(salt, str) or not isinstance(text, str) or len(text) > chat.limits.characters or len(salt) > 64:
        _ask_next(chat, asked)
        return
    asker = chat.members.get(asked.node)
    chat.asked.close(asked)
    if asker is None:
        return
    chat.tell(asker, {"type": "body", "id": asked.id, "node": member.node, "salt": salt, "text": text})
    nodes = chat.holders.setdefault(asked.details["spot"], [])
    if asker.node not in nodes and len(nodes) < _HOLDERS_KEPT:
        nodes.append(asker.node)
    while len(chat.holders) > _LONG_KEPT:
        del chat.holders[next(iter(chat.holders))]


def digest(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{digest}``: what this page holds, in short; whoever holds something else asks for the difference."""
    _check_rate(chat.rate(member).requests.take(1, chat.clock.now()))
    chat.set_digest(member, message.get("digest"))


def transcript(chat: Discussion, member: Member, _message: dict[str, Any]) -> None:
    """Tells everybody that this person saves what was said."""
    _check_rate(chat.rate(member).entries.take(1, chat.clock.now()))
    chat.broadcast({"type": "transcript", "from": member.person.id, "at": _now_ms(chat)})


def settings(chat: Discussion, member: Member, message: dict[str, Any]) -> None:
    """``{newcomers: "all" | "new"}``: the host's choice."""
    newcomers = message.get("newcomers")
    if newcomers not in ("all", "new"):
        raise BadEntry("a setting of another form")
    if not member.person.host:
        raise Refused("forbidden", "Only the host decides what newcomers see.")
    chat.rules.set_newcomers_see_all(newcomers == "all")
    chat.broadcast({"type": "settings", "newcomers": newcomers, "from": member.person.id})


def bye(chat: Discussion, member: Member, _message: dict[str, Any]) -> None:
    """The page is closing."""
    if member.client is not None:
        chat.leave(member.client, clean=True)


def peer_gone(chat: Discussion, node: str) -> None:
    """A page that was asked has left."""
    for asked in chat.asked.waiting_for(node):
        if asked.kind == "body":
            _ask_next(chat, asked)
        else:
            _give_up(chat, asked, node)


def overdue(chat: Discussion, now: float) -> None:
    """Questions that nobody answered in time."""
    for asked in chat.asked.overdue(now):
        if asked.kind == "body":
            _ask_next(chat, asked)
        else:
            for node in list(asked.peers):
                _give_up(chat, asked, node)


def _give_up(chat: Discussion, asked: Asked, node: str) -> None:
    asked.peers.discard(node)
    asker = chat.members.get(asked.node)
    if not asked.peers:
        chat.asked.close(asked)
    if asker is not None:
        answer = {"type": "history", "id": asked.id, "node": node, "entries": [], "done": True}
        chat.tell(asker, {**answer, "lost": True})


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _ID_CHARACTERS


def _now_ms(chat: Discussion) -> int:
    return int(chat.clock.now() * 1000)


HANDLERS: dict[str, Callable[[Discussion, Member, dict[str, Any]], None]] = {
    "post": post,
    "direct": direct,
    "typing": typing,
    "want": want,
    "history": history,
    "body_want": body_want,
    "body": body,
    "digest": digest,
    "transcript": transcript,
    "settings": settings,
    "bye": bye,
}
