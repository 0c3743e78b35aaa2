"""Slow work on copies of a document, for threads: filling a new one, merging a file into one."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .content import fingerprint
from .document import YDocument
from .outside import Change, packed
from .ports import Conflict, Content, Kind, Merge

_SEARCH_S = 3.0


@dataclass(frozen=True)
class MergedUpdate:
    """``update`` brings the file's changes into the room, whatever people typed since ``history``."""

    update: bytes
    conflicts: list[Conflict]
    #: Whether it does anything to the document.
    changed: bool
    #: What it did, unless that is too large to be kept.
    change: Change | None


def filled(kind: Kind, content: Content) -> bytes:
    """A document's first history: ``content`` in a new document."""
    document = YDocument(kind, _nobody)
    document.set_content(content)
    history = document.diff()
    document.close()
    return history


def joined(kind: Kind, updates: list[bytes]) -> bytes:
    """One update in place of many. Raises MalformedMessage or PendingUpdate when they are not a whole history."""
    document = YDocument(kind, _nobody)
    for update in updates:
        document.load(update)
    history = document.diff()
    document.close()
    return history


def state_with(kind: Kind, updates: list[bytes], mark: str) -> Content | None:
    """What the document held at the moment when it had this fingerprint; None when that cannot be found in time."""
    document, until = YDocument(kind, _nobody), time.thread_time() + _SEARCH_S
    found: Content | None = None
    try:
        for update in updates:
            document.load(update)
            content = document.content_now()
            if fingerprint(content) == mark:
                found = content
            if time.thread_time() > until:
                return None
    finally:
        document.close()
    return found


def merged_update(kind: Kind, history: bytes, base: Content, file: Content, merge: Merge) -> MergedUpdate:
    """Three-way: ``base`` is what room and file had in common, ``history`` the room's document as it is."""
    fork = YDocument(kind, _nobody)
    fork.load(history)
    before = fork.state_vector()
    room = fork.content_now()
    merged = merge(kind, base, room, file)
    fork.set_content(merged.content)
    update, after = fork.diff(before), fork.content_now()
    fork.close()
    return MergedUpdate(update, list(merged.conflicts), after != room, packed(room, after) if after != room else None)


def _nobody(_update: bytes) -> None:
    """Nobody listens to a copy."""
