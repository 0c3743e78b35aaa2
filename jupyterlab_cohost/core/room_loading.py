"""How a room begins: from its journal, else from its file; when both moved on, from the two merged."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from ..protocol.errors import CohostError, NotFound
from ..protocol.limits import Limits
from ..protocol.varint import MalformedMessage
from .content import digests_in, fingerprint
from .document import PendingUpdate
from .earlier import has_what_came_after
from .forks import filled, is_unsound, joined, state_with
from .kept import with_names_of
from .ports import DocumentRecord, LoadedFile, SavedContent, StoredDocument
from .room import History, Room
from .room_file import GONE, Base, Storage
from .shown import shown

_log = logging.getLogger("jupyterlab_cohost.rooms")
_UNREADABLE = "The history of this document could not be read; it was started anew from the file."

_ANOTHER = "Through a link this is another file than before. What was not saved of the last one is left out."


async def load_room(record: DocumentRecord, storage: Storage, limits: Limits) -> Room:
    """Raises NotFound, Unsupported, TooLarge, StorageFailed."""
    notices_before = len(_journal_notices(storage))
    stored = await storage.journal.load(record.id)
    new_notices = _journal_notices(storage)[notices_before:]
    if stored is not None and await _is_another(record, stored, storage):
        await storage.journal.put_aside(record.id, _ANOTHER)
        stored, new_notices = None, [_ANOTHER]
    history = None if stored is None else await _history(record, stored)
    if stored is None or history is None:
        room = await _from_file(record, storage, limits)
        if stored is not None:
            new_notices = [_UNREADABLE]
    else:
        room = await _from_journal(record, stored, history, storage, limits)
    for notice in new_notices:
        room.notice("history_set_aside", notice)
    await room.file.note_reached(None if stored is None else stored.reached)
    return room


async def _is_another(record: DocumentRecord, stored: StoredDocument, storage: Storage) -> bool:
    return stored.reached is not None and await storage.store.is_another(record.path, stored.reached)


def _journal_notices(storage: Storage) -> list[str]:
    return list(getattr(storage.journal, "notices", ()))


async def _history(record: DocumentRecord, stored: StoredDocument) -> History | None:
    try:
        update = await asyncio.to_thread(joined, record.kind, stored.updates)
    except (MalformedMessage, PendingUpdate):
        _log.error("The journal's history of %s cannot be integrated", record.path)
        return None
    return History(stored.epoch, update, stored.vouched)


async def _from_file(record: DocumentRecord, storage: Storage, limits: Limits) -> Room:
    loaded = await storage.store.load(record.path, record.kind)
    content = await asyncio.to_thread(shown, loaded.content)
    update = await asyncio.to_thread(filled, record.kind, content)
    saved = SavedContent(loaded.content, loaded.hash)
    epoch = await storage.journal.start(record.id, update, saved)
    vouched = frozenset(digests_in(content) if loaded.trusted else ())
    if vouched:
        await storage.journal.vouch(record.id, vouched)
    room = Room(record, History(epoch, update, vouched), Base(saved, content), storage, limits)
    room.file.note(loaded)
    if loaded.half:
        await room.compare_with_file(loaded)
    return room


def _last_written(
    record: DocumentRecord, updates: list[bytes], saved: SavedContent, loaded: LoadedFile
) -> SavedContent:
    """What the file holds, or held before another program wrote it.

    The server may have died between a save and its note, and a large content is not noted at every save.
    """
    if loaded.hash == saved.hash:
        return replace(saved, content=with_names_of(saved.content, loaded.content))
    file, before = shown(loaded.content), shown(saved.content)
    if saved.intended in (None, fingerprint(file)):
        return saved
    intended = state_with(record.kind, updates, saved.intended or "")
    if intended is None or file == before:
        return saved
    # A save that was announced need not have come: only what the file has proves it.
    written = has_what_came_after(file, before, intended)
    return SavedContent(intended, saved.hash) if written else saved


async def _from_journal(
    record: DocumentRecord, stored: StoredDocument, history: History, storage: Storage, limits: Limits
) -> Room:
    """Edits that never reached the file are only here: a file that is gone or broken must not keep them away."""
    problem: CohostError | None = None
    loaded: LoadedFile | None = None
    try:
        loaded = await storage.store.load(record.path, record.kind)
    except CohostError as error:
        if stored.saved is None:
            raise
        problem = error
    saved = stored.saved or SavedContent(loaded.content if loaded else "", "")
    if loaded is not None:
        saved = await asyncio.to_thread(_last_written, record, stored.updates, saved, loaded)
    base = Base(saved, await asyncio.to_thread(shown, saved.content))
    room = Room(record, history, base, storage, limits)
    if await asyncio.to_thread(is_unsound, record.kind, history.update):
        # Of a journal from before documents were mended, or that ends in the middle of a large update.
        room.document.mend_everything()
    if stored.conflicts:
        room.outside.tell_again(stored.conflicts)
    if isinstance(problem, NotFound):
        room.file_failed(GONE)
    elif problem is not None:
        room.file_failed(problem.message)
    elif loaded is not None:
        written = None if loaded.hash == saved.hash else loaded.modified
        await asyncio.to_thread(_put_back, room, stored, written)
        await room.compare_with_file(loaded)
    return room


def _put_back(room: Room, stored: StoredDocument, written: float | None) -> None:
    earlier = [replace(one, content=shown(one.content)) for one in stored.earlier]
    room.file.earlier.put_back(earlier, written, stored.held)
