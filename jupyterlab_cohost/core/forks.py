"""Slow work on copies of a document, for threads: filling a new one, merging a file into one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from .content import fingerprint
from .document import YDocument, content_of
from .outside import Change, packed
from .ports import Conflict, Content, Kind, Merge

Cell = dict[str, Any]
_SEARCH_S = 3.0


@dataclass(frozen=True)
class CellChange:
    """A cell before and behind another program's change; ``since``: its source with what people did then."""

    before: Cell
    after: Cell
    since: str | None = None


@dataclass(frozen=True)
class MergedUpdate:
    """``update`` brings the file's changes into the room, whatever people typed since ``history``."""

    update: bytes
    conflicts: list[Conflict]
    #: Whether it does anything to the document.
    changed: bool
    #: What it did, unless that is too large to be kept.
    change: Change | None
    cells: list[CellChange] = field(default_factory=list)


@contextmanager
def _scratch(kind: Kind) -> Iterator[YDocument]:
    """A document that nobody follows."""
    document = YDocument(kind, _nobody)
    try:
        yield document
    finally:
        document.close()


def filled(kind: Kind, content: Content) -> bytes:
    """A document's first history: ``content`` in a new document."""
    with _scratch(kind) as document:
        document.set_content(content)
        return document.diff()


def joined(kind: Kind, updates: list[bytes]) -> bytes:
    """One update in place of many. Raises MalformedMessage or PendingUpdate when they are not a whole history."""
    with _scratch(kind) as document:
        for update in updates:
            document.load(update)
        return document.diff()


def is_unsound(kind: Kind, history: bytes) -> bool:
    """Whether a document with this history has something to be mended."""
    with _scratch(kind) as document:
        document.load(history)
        return document.mend_everything()


def state_with(kind: Kind, updates: list[bytes], mark: str) -> Content | None:
    """What the document held at the moment when it had this fingerprint; None when that cannot be found in time."""
    until = time.thread_time() + _SEARCH_S
    found: Content | None = None
    with _scratch(kind) as document:
        for update in updates:
            document.load(update)
            content = document.content_now()
            if fingerprint(content) == mark:
                found = content
            if time.thread_time() > until:
                return None
    return found


def merged_update(kind: Kind, history: bytes, base: Content, file: Content, merge: Merge) -> MergedUpdate:
    """Three-way: ``base`` is what room and file had in common, ``history`` the room's document as it is."""
    with _scratch(kind) as fork:
        fork.load(history)
        before = fork.state_vector()
        room = fork.content_now()
        merged = merge(kind, base, room, file)
        fork.set_content(merged.content)
        update, after = fork.diff(before), fork.content_now()
    change = packed(room, after) if after != room else None
    return MergedUpdate(update, list(merged.conflicts), after != room, change, _changed_cells(room, after))


def _changed_cells(room: Content, after: Content) -> list[CellChange]:
    if not (isinstance(room, dict) and isinstance(after, dict)):
        return []
    before = {cell.get("id"): cell for cell in room["cells"] if cell.get("id")}
    pairs = ((before.get(cell.get("id")), cell) for cell in after["cells"])
    return [CellChange(old, new) for old, new in pairs if old is not None and old != new]


@dataclass(frozen=True)
class Missed:
    """What did not get through: ``merged`` brings it to a document as of ``after``, from ``base`` to ``file``."""

    merged: MergedUpdate
    base: Content
    file: Content


def missed(history: bytes, before: bytes, after: bytes, base: Content, file: Content, merge: Merge) -> Missed | None:
    """A notebook's cells that people moved, merged or deleted while a change from outside was merged into them.

    Those are copies in Yjs, which the change did not reach. ``history``: what ``merged_update`` was given; ``before``
    and ``after`` its update was integrated.
    """
    gone = _cells_gone(history, before)
    if not gone:
        return None
    room, now = content_of("notebook", before), content_of("notebook", after)
    wanted = merge("notebook", base, room, file)
    mended = _with_cells(now, wanted.content, gone)
    if mended == now:
        return None
    update = merged_update("notebook", after, now, mended, merge)
    return Missed(replace(update, conflicts=list(wanted.conflicts)), now, mended)


def _cells_gone(history: bytes, before: bytes) -> set[str]:
    """The ids of cells that were deleted since, also when a copy has taken their place."""
    with _scratch("notebook") as fork:
        fork.load(history)
        cells = [(cell.get("id"), cell) for cell in fork.cells()]
        fork.load(before)
        return {str(name) for name, cell in cells if cell.get("id") is None}


def _with_cells(now: Content, wanted: Content, names: set[str]) -> Content:
    """``now`` with the named cells as they are ``wanted``, where lines of theirs are missing; nothing is taken out."""
    if not (isinstance(now, dict) and isinstance(wanted, dict)):
        return now
    cells, at = list(now["cells"]), 0
    for cell in wanted["cells"]:
        place = next((index for index, one in enumerate(cells) if one.get("id") == cell.get("id")), None)
        if place is None and cell.get("id") in names:
            cells.insert(at, cell)
            at += 1
        elif place is not None:
            at = place + 1
            if cell.get("id") in names and Counter(cell["source"].split("\n")) - Counter(
                cells[place]["source"].split("\n")
            ):
                cells[place] = cell
    return {**now, "cells": cells}


def _nobody(_update: bytes) -> None:
    """Nobody listens to a copy."""
