"""What the fuzzers of the wire aim at: one message, against the decoder and the guard of updates.

Whatever comes, nothing but a refusal is raised, the document can be read, saved and sent on, and a copy that got only
what the server passed on says the same.
"""

from __future__ import annotations

import json
from typing import Any

from pycrdt import Doc

from jupyterlab_cohost.core.awareness import decode_update
from jupyterlab_cohost.core.document import PendingUpdate, YDocument, content_of
from jupyterlab_cohost.core.ports import Content, Kind
from jupyterlab_cohost.protocol import messages

from .frames import UPDATES

_KINDS: tuple[Kind, ...] = ("file", "notebook")


class Disagreement(AssertionError):
    """Copies that should be alike are not."""


def one_message(data: bytes) -> None:
    """Raises whatever a message must not cause. The first byte says in which document it arrives."""
    if not data:
        return
    try:
        message = messages.decode(data[1:])
    except messages.MalformedMessage:
        return
    kind = _KINDS[data[0] & 1]
    if isinstance(message, messages.SyncUpdate):
        _update(kind, message.update, filled=bool(data[0] & 2))
    elif isinstance(message, messages.SyncStep1):
        _step1(kind, message.state_vector)
    elif isinstance(message, messages.AwarenessUpdate):
        try:
            decode_update(message.update)
        except messages.MalformedMessage:
            return


def _update(kind: Kind, update: bytes, *, filled: bool) -> None:
    passed_on: list[bytes] = []
    document = YDocument(kind, passed_on.append)
    if filled:
        for known in UPDATES[:-1]:
            document.load(known)
    try:
        document.would_change(update)
        document.apply(update)
    except (messages.MalformedMessage, PendingUpdate):
        pass
    content = document.content_now()
    json.dumps(content).encode("utf-8", "surrogatepass")
    copy: Doc[Any] = Doc()
    for known in passed_on:
        copy.apply_update(known)
    _alike(content, content_of(kind, document.diff()), "who comes later")
    _alike(content, content_of(kind, copy.get_update()), "who was there")
    document.close()


def _alike(content: Content, other: Content, who: str) -> None:
    if content != other:
        raise Disagreement(f"{who} reads {other!r}, not {content!r}"[:2000])


def _step1(kind: Kind, vector: bytes) -> None:
    document = YDocument(kind, lambda _update: None)
    document.load(UPDATES[-1])
    try:
        document.diff(vector)
    except messages.MalformedMessage:
        return
    finally:
        document.close()
