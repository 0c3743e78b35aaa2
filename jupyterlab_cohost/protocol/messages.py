"""The room protocol's messages, as ``protocol/README.md`` describes them: bytes in, small objects out, and back.

Knows the framing and our JSON bodies, not what stands inside a Yjs update.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from .data import load_table
from .varint import MalformedMessage, read_bytes, read_string, read_varuint, write_bytes, write_varuint

__all__ = [
    "AwarenessUpdate",
    "ChangeAction",
    "ClientMessage",
    "Hello",
    "MalformedMessage",
    "Ping",
    "QueryAwareness",
    "Save",
    "SyncStep1",
    "SyncUpdate",
    "Unknown",
    "Vouch",
    "decode",
    "encode_ack",
    "encode_awareness",
    "encode_json",
    "encode_step1",
    "encode_step2",
    "encode_update",
]

_TYPES: dict[str, int] = load_table("messages")
_SYNC, _AWARENESS, _QUERY = _TYPES["sync"], _TYPES["awareness"], _TYPES["query_awareness"]
_HELLO, _VOUCH, _SAVE, _ACK = _TYPES["hello"], _TYPES["vouch"], _TYPES["save"], _TYPES["ack"]
_CHANGE, _PING = _TYPES["change"], _TYPES["ping"]
_STEP1, _STEP2, _UPDATE = 0, 1, 2
_ID_CHARACTERS = 128
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADS = {step: write_varuint(_SYNC) + write_varuint(step) for step in (_STEP1, _STEP2, _UPDATE)}


@dataclass(frozen=True)
class SyncStep1:
    """The sender's state vector: it asks for what it lacks."""

    state_vector: bytes


@dataclass(frozen=True)
class SyncUpdate:
    """A step 2 (the answer to a step 1, maybe empty) or an update."""

    update: bytes
    step2: bool


@dataclass(frozen=True)
class AwarenessUpdate:
    """A y-protocols awareness update, not decoded yet."""

    update: bytes


@dataclass(frozen=True)
class QueryAwareness:
    """The sender asks for all awareness states."""


@dataclass(frozen=True)
class Hello:
    """The client understands our messages. ``identities``: it is told once who is who, not in every state."""

    version: int
    identities: bool = False


@dataclass(frozen=True)
class Vouch:
    """Output digests that the sender vouches for."""

    digests: frozenset[str]


@dataclass(frozen=True)
class Save:
    """Save now; the answer carries ``id``."""

    id: str
    #: Make the file again if it is gone.
    restore: bool = False


@dataclass(frozen=True)
class ChangeAction:
    """What to do with a change that another program made to the file; the answer carries ``id``."""

    id: str
    change: str
    action: Literal["undo", "difference"]


@dataclass(frozen=True)
class Ping:
    """Is the server still there? Answered at once."""


@dataclass(frozen=True)
class Unknown:
    """A type that this version does not read; it is passed over, as y-websocket does."""

    type: int


ClientMessage = (
    SyncStep1 | SyncUpdate | AwarenessUpdate | QueryAwareness | Hello | Vouch | Save | ChangeAction | Ping | Unknown
)


def decode(frame: bytes) -> ClientMessage:
    """What a client sent. Raises MalformedMessage."""
    kind, offset = read_varuint(frame, 0)
    if kind == _SYNC:
        return _sync(frame, offset)
    if kind == _AWARENESS:
        return AwarenessUpdate(read_bytes(frame, offset)[0])
    if kind == _QUERY:
        return QueryAwareness()
    if kind == _PING:
        return Ping()
    if kind in (_HELLO, _VOUCH, _SAVE, _CHANGE):
        return _ours(kind, _json_object(frame, offset))
    return Unknown(kind)


def _sync(frame: bytes, offset: int) -> SyncStep1 | SyncUpdate:
    step, offset = read_varuint(frame, offset)
    body, _ = read_bytes(frame, offset)
    if step == _STEP1:
        return SyncStep1(body)
    if step in (_STEP2, _UPDATE):
        return SyncUpdate(body, step == _STEP2)
    raise MalformedMessage("not a sync step")


def _json_object(frame: bytes, offset: int) -> dict[str, Any]:
    text, _ = read_string(frame, offset)
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("the body is not JSON") from error
    if not isinstance(body, dict):
        raise MalformedMessage("the body is not a JSON object")
    return body


def _ours(kind: int, body: dict[str, Any]) -> Hello | Vouch | Save | ChangeAction:
    if kind == _HELLO:
        version = body.get("version")
        if type(version) is int:
            return Hello(version, body.get("identities") is True)
    elif kind == _SAVE:
        request = _request_id(body)
        if request is not None:
            return Save(request, body.get("restore") is True)
    elif kind == _CHANGE:
        request, change, action = _request_id(body), body.get("change"), body.get("action")
        if request is not None and isinstance(change, str) and action in ("undo", "difference"):
            return ChangeAction(request, change, action)
    else:
        digests = body.get("digests")
        if isinstance(digests, list) and all(isinstance(d, str) and _DIGEST.fullmatch(d) for d in digests):
            return Vouch(frozenset(digests))
    raise MalformedMessage("a field is missing or of another type")


def _request_id(body: dict[str, Any]) -> str | None:
    request = body.get("id")
    return str(request) if isinstance(request, (str, int)) and len(str(request)) <= _ID_CHARACTERS else None


def encode_step1(state_vector: bytes) -> bytes:
    """Asks the other side for what is not in ``state_vector``."""
    return _HEADS[_STEP1] + write_bytes(state_vector)


def encode_step2(update: bytes) -> bytes:
    """Answers a step 1."""
    return _HEADS[_STEP2] + write_bytes(update)


def encode_update(update: bytes) -> bytes:
    """A change."""
    return _HEADS[_UPDATE] + write_bytes(update)


def encode_awareness(update: bytes) -> bytes:
    """Awareness states, encoded as y-protocols has them."""
    return write_varuint(_AWARENESS) + write_bytes(update)


def encode_ack(count: int) -> bytes:
    """The first ``count`` sync messages are committed or were refused."""
    return write_varuint(_ACK) + write_varuint(count)


def encode_json(name: str, body: dict[str, Any]) -> bytes:
    """One of our messages with a JSON body; ``name`` as in ``messages.json``."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return write_varuint(_TYPES[name]) + write_bytes(text.encode("utf-8", "replace"))
