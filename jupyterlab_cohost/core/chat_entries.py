"""Entries of a discussion as they travel: their form, and the broker's stamp on them. See protocol/chat.md.

The broker reads an entry only to check who may say it; the signature is the pages' to check.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from .chat_limits import ChatLimits

Entry = dict[str, Any]

_KEY, _HASH, _SIGNATURE, _SALT = (re.compile(rf"[\w-]{{{n}}}", re.ASCII) for n in (43, 43, 86, 22))
_ID = re.compile(r"[^\x00-\x1f\ud800-\udfff]{1,256}")
_MOST = 2**53 - 1
_COMMON = {"author", "key", "seq", "time", "kind", "signature"}
_FIELDS = {
    "message": ({"hash", "size"}, {"reply", "head_hash", "body"}),
    "edit": ({"hash", "size", "target"}, {"head_hash", "body"}),
    "delete": ({"target"}, set()),
    "reaction": ({"target", "emoji", "on"}, set()),
}


class BadEntry(ValueError):
    """Not an entry; the text says what is wrong and never quotes it."""


def checked_entry(value: object, limits: ChatLimits) -> Entry:
    """The entry without its stamp, if it has the form of one. Raises BadEntry."""
    if not isinstance(value, dict):
        raise BadEntry("an entry is an object")
    entry = {name: field for name, field in value.items() if name != "stamp"}
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in _FIELDS:
        raise BadEntry("an entry of an unknown kind")
    needed, optional = _FIELDS[kind]
    missing, unknown = (_COMMON | needed) - set(entry), set(entry) - _COMMON - needed - optional
    if missing or unknown:
        raise BadEntry("an entry with fields missing or unknown")
    for name, field in entry.items():
        if not _CHECKS[name](field, limits):
            raise BadEntry(f"{name} is not of its form")
    _check_order(entry)
    _check_body(entry, limits)
    return entry


def _check_order(entry: Entry) -> None:
    for name in ("reply", "target"):
        if name in entry and entry[name]["time"] >= entry["time"]:
            raise BadEntry("an entry is later than what it speaks of")


def _check_body(entry: Entry, limits: ChatLimits) -> None:
    """A short text stands in the entry, a long one leaves only its head; what is deleted has none."""
    body = entry.get("body")
    if body is None:
        return
    is_long = "head_hash" in entry
    if set(body) != {"salt", "head" if is_long else "text"}:
        raise BadEntry("a body with other fields")
    text = body["head"] if is_long else body["text"]
    if not isinstance(text, str) or not _is(_SALT)(body["salt"], limits):
        raise BadEntry("a body is text and salt")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise BadEntry("text with half a character") from None
    if size > limits.inline_bytes:
        raise BadEntry("a body that is too long to stand in the entry")


def _is(pattern: re.Pattern[str]) -> Callable[[object, ChatLimits], bool]:
    return lambda value, _limits: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_count(value: object, _limits: ChatLimits | None = None) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST


def _is_size(value: object, limits: ChatLimits) -> bool:
    return _is_count(value) and isinstance(value, int) and value <= limits.characters


def _is_reference(value: object, limits: ChatLimits) -> bool:
    if not isinstance(value, dict) or set(value) != {"author", "key", "seq", "time"}:
        return False
    return all(_CHECKS[name](field, limits) for name, field in value.items())


def _is_emoji(value: object, limits: ChatLimits) -> bool:
    return isinstance(value, str) and 0 < len(value) <= limits.emoji_characters and _ID.fullmatch(value) is not None


_CHECKS: dict[str, Callable[[Any, ChatLimits], bool]] = {
    "author": _is(_ID),
    "key": _is(_KEY),
    "seq": _is_count,
    "time": _is_count,
    "kind": lambda _value, _limits: True,
    "signature": _is(_SIGNATURE),
    "hash": _is(_HASH),
    "head_hash": _is(_HASH),
    "size": _is_size,
    "reply": _is_reference,
    "target": _is_reference,
    "emoji": _is_emoji,
    "on": lambda value, _limits: isinstance(value, bool),
    "body": lambda value, _limits: isinstance(value, dict),
}


def is_key(value: object) -> bool:
    """Whether this is a public key as it travels."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


class Stamps:
    """The broker's word that an entry was posted live, when, and whether by a host. Nothing is kept: it is a MAC.

    It travels with the entry, so that what one page tells another about the past can be checked at the gateway.
    """

    def __init__(self, secret: bytes, session: str) -> None:
        self._secret = hmac.digest(secret, b"cohost chat " + session.encode(), "sha256")

    def stamp(self, entry: Entry, at: int, *, host: bool) -> dict[str, Any]:
        """``at`` in milliseconds since 1970."""
        return {"at": at, "host": host, "mac": self._mac(entry, at, host)}

    def check(self, entry: Entry, stamp: object) -> bool:
        """Whether this stamp is ours, for this entry."""
        if not isinstance(stamp, dict) or set(stamp) != {"at", "host", "mac"} or not _is_count(stamp["at"]):
            return False
        mac = stamp["mac"]
        expected = self._mac(entry, stamp["at"], stamp["host"] is True)
        return isinstance(mac, str) and mac.isascii() and hmac.compare_digest(mac, expected)

    def _mac(self, entry: Entry, at: int, host: bool) -> str:
        fields = (entry["author"], entry["key"], entry["seq"], entry["signature"], at, host)
        text = "\n".join(str(field) for field in fields)
        digest = hmac.digest(self._secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
