"""What a page may say to the broker, one function per message type (protocol/chat.md). Questions: chat_questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .chat_entries import BadEntry, Entry, checked_entry
from .chat_member import Member
from .chat_routing import Refused, Routing, check_rate, is_id


def post(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{entry}``: says something to everybody."""
    entry = checked_entry(message.get("entry"), chat.limits)
    about = {"key": entry["key"], "seq": entry["seq"]}
    check_rate(chat.rate(member).entries.take(1, chat.clock.now()), about)
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
    if entry["kind"] == "message":
        member.wrote = chat.clock.now()
    chat.time = max(chat.time, entry["time"])
    entry["stamp"] = chat.stamps.stamp(entry, chat.now_ms(), host=member.person.host)
    chat.broadcast({"type": "entry", "entry": entry})


def _check_target(member: Member, entry: Entry, about: dict[str, Any]) -> None:
    kind = entry["kind"]
    if kind not in ("edit", "delete") or entry["target"]["author"] == member.person.id:
        return
    if kind == "edit":
        raise Refused("not_yours", "You can change only what you wrote yourself.", **about)
    if not member.person.host:
        raise Refused("not_yours", "You can delete only what you wrote yourself.", **about)


def direct(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{id, to, boxes: [{node, box}], data}``: sealed, to one person's pages (and the sender's other ones)."""
    id_, to, boxes, data = (message.get(name) for name in ("id", "to", "boxes", "data"))
    if not (is_id(id_) and isinstance(to, str) and isinstance(data, str) and isinstance(boxes, list)):
        raise BadEntry("a sealed message of another form")
    check_rate(chat.rate(member).entries.take(1, chat.clock.now()), {"id": id_})
    check_rate(chat.rate(member).bytes.take(len(data), chat.clock.now()), {"id": id_})
    readers = {m.node: m for m in chat.members.values() if m.person.id in (to, member.person.id) and m is not member}
    delivered = False
    for box in boxes[: 2 * chat.limits.pages_per_person]:
        reader = readers.pop(str(box.get("node")), None) if isinstance(box, dict) else None
        if reader is None or not isinstance(box.get("box"), str) or len(box["box"]) > 1024 or reader.client is None:
            continue
        delivered = delivered or reader.person.id == to
        letter = {"type": "direct", "node": member.node, "from": member.person.id, "to": to, "at": chat.now_ms()}
        chat.tell(reader, {**letter, "box": box["box"], "data": data})
    if not delivered:
        raise Refused("not_here", "The other person is not here any more, so this was not delivered.", id=id_)
    chat.tell(member, {"type": "delivered", "id": id_, "at": chat.now_ms()})


def typing(chat: Routing, member: Member, message: dict[str, Any]) -> None:
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


def digest(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{digest}``: what this page holds, in short; whoever holds something else asks for the difference."""
    check_rate(chat.rate(member).requests.take(1, chat.clock.now()))
    chat.set_digest(member, message.get("digest"))
    chat.broadcast({"type": "digest", "node": member.node, "digest": member.digest})


def transcript(chat: Routing, member: Member, _message: dict[str, Any]) -> None:
    """Tells everybody that this person saves what was said."""
    check_rate(chat.rate(member).entries.take(1, chat.clock.now()))
    chat.broadcast({"type": "transcript", "from": member.person.id, "at": chat.now_ms()})


def settings(chat: Routing, member: Member, message: dict[str, Any]) -> None:
    """``{newcomers: "all" | "new"}``: the host's choice."""
    newcomers = message.get("newcomers")
    if newcomers not in ("all", "new"):
        raise BadEntry("a setting of another form")
    if not member.person.host:
        raise Refused("forbidden", "Only the host decides what newcomers see.")
    chat.rules.set_newcomers_see_all(newcomers == "all")
    chat.broadcast({"type": "settings", "newcomers": newcomers, "from": member.person.id})


def bye(chat: Routing, member: Member, _message: dict[str, Any]) -> None:
    """The page is closing."""
    if member.client is not None:
        chat.leave(member.client, clean=True)


TALK: dict[str, Callable[[Routing, Member, dict[str, Any]], None]] = {
    "post": post,
    "direct": direct,
    "typing": typing,
    "digest": digest,
    "transcript": transcript,
    "settings": settings,
    "bye": bye,
}
