"""The journal in SQLite: what is acknowledged stands here, whatever happens to the process."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
import zlib
from collections.abc import Awaitable, Coroutine, Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from ..core.earlier import mark_of_words
from ..core.ports import Content, Digest, DocumentRecord, Kind, PackedSave, SavedContent, StoredDocument
from ..protocol.errors import StorageFailed
from ..protocol.ids import DocumentId, Epoch, new_id
from ..protocol.limits import DEFAULT_LIMITS, Limits
from . import journal_rows as rows
from .journal_codec import content_bytes, pack
from .journal_earlier import decode
from .journal_place import claim, release
from .journal_rows import Known
from .journal_schema import Synchronous, open_database
from .journal_writer import Writer, storage_failed

_CONTENT_ALWAYS_BYTES = 1_000_000
_CONTENT_EVERY_S = 30.0
_CONTENT_AT_ONCE_BYTES = 64_000
_log = logging.getLogger("jupyterlab_cohost.journal")


class SqliteJournal:
    """Implements ``core.ports.Journal``. ``path``: see ``journal_path``. Raises StorageFailed when it cannot be opened.

    ``notices``: sentences about what was set aside, for the log and the people present. ``path`` is the file in
    use (another one than asked for when a second server works on the same root).
    """

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS, *, synchronous: Synchronous = "FULL") -> None:
        self.notices: list[str] = []
        self._synchronous: Synchronous = synchronous
        self.path, self._lock = claim(Path(path))
        if self.path != Path(path):
            self._notice("Another of your Jupyter servers works with this folder: this one keeps a journal of its own.")
        try:
            database = self._open()
        except (sqlite3.Error, OSError) as error:
            release(self._lock)
            raise storage_failed(error) from error
        self._known: dict[str, Known] = {}
        #: Epochs of histories that went with a broken database; ``compact`` brings such a history back.
        self._lost: dict[str, Epoch] = {}
        self._content_stored: dict[str, tuple[float, int]] = {}
        #: Documents whose latest append was not committed: until they are written whole, their rows end there. By turn.
        self._torn: dict[str, int] = {}
        self._tears = count(1)
        self._writer = Writer(database, limits.group_commit_ms / 1000, self._start_anew, self._rolled_back)

    def _notice(self, sentence: str) -> None:
        self.notices.append(sentence)
        _log.warning(sentence)

    def _open(self, *, suspect: bool = False) -> sqlite3.Connection:
        database, notice = open_database(self.path, self._synchronous, suspect=suspect)
        if notice is not None:
            self._notice(notice)
        return database

    def _start_anew(self, database: sqlite3.Connection, error: BaseException) -> sqlite3.Connection:
        """In the writer's thread: the database broke while it was open."""
        with suppress(sqlite3.Error):
            database.close()
        self._rolled_back()
        return self._open(suspect=True)

    def _rolled_back(self) -> None:
        """In the writer's thread: row numbers that were seen in the transaction are worth nothing."""
        for document_id, known in list(self._known.items()):
            self._known[document_id] = Known(None, known.record, known.epoch)

    async def document(self, path: str, kind: Kind) -> DocumentRecord:
        """The record of a path, made when there is none yet."""
        record: DocumentRecord = await self._writer.submit(lambda db: rows.document(db, path, kind))
        return record

    async def record(self, document_id: DocumentId) -> DocumentRecord | None:
        """The record of an id, or None for an id that was made up."""
        found: Known | None = await self._writer.submit(lambda db: self._find(db, document_id))
        return None if found is None else found.record

    async def load(self, document_id: DocumentId) -> StoredDocument | None:
        """The history, or None when there is none or it was set aside (``notices`` says so)."""
        raw: rows.RawDocument | None = await self._writer.submit(lambda db: rows.read(db, self._find(db, document_id)))
        if raw is None:
            return None
        updates, bad = await asyncio.to_thread(rows.decode_updates, raw)
        path = raw.record.path
        if bad is not None:
            await self._writer.submit(lambda db: self._set_aside(db, document_id, bad))
            self._notice(f"The history of {path} could not be read and was set aside; it starts from the file.")
            return None
        saved, lost = await asyncio.to_thread(rows.decode_saved, raw)
        if lost:
            self._notice(
                f"What {path} held at its last save could not be read; outside changes are taken from the file."
            )
        earlier = await asyncio.to_thread(decode, raw.record.kind, raw.earlier)
        conflicts = rows.conflicts_of(raw)
        return StoredDocument(raw.epoch, updates, saved, raw.vouched, conflicts, earlier, raw.held, raw.reached)

    async def note_reached(self, document_id: DocumentId, reached: str) -> None:
        """Where the file is to which a link leads; "" without one."""
        await self._writer.submit(lambda db: rows.note_reached(db, self._need(db, document_id), reached))

    async def put_aside(self, document_id: DocumentId, reason: str) -> None:
        """The history is kept in the database, but not used any more; the record stays."""
        await self._writer.submit(lambda db: self._set_aside(db, document_id, reason))

    def start(self, document_id: DocumentId, snapshot: bytes, saved: SavedContent) -> Coroutine[Any, Any, Epoch]:
        """Begins a new history with one snapshot, in place of any older one. The moment is that of the call."""
        epoch = Epoch(new_id())
        mark = self._writer.submit(lambda db: rows.last_seq(db, self._need(db, document_id)))
        return self._start(document_id, snapshot, saved, epoch, mark)

    async def _start(
        self, document_id: DocumentId, snapshot: bytes, saved: SavedContent, epoch: Epoch, mark: Awaitable[int]
    ) -> Epoch:
        packed = await asyncio.to_thread(pack, snapshot)
        stored = await self.pack(saved)
        until = await mark

        def run(db: sqlite3.Connection) -> None:
            known = self._need(db, document_id)
            rows.replace_history(db, known, epoch, packed, until)
            rows.save(db, known, stored.hash, stored.mark, (stored.data, stored.crc))
            db.execute("DELETE FROM vouched WHERE document = ?", (known.number,))
            self._known[document_id] = Known(known.number, known.record, epoch)
            self._lost.pop(document_id, None)
            self._torn.pop(document_id, None)

        await self._writer.submit(run, failed=lambda: self._tear(document_id))
        self._content_stored[document_id] = (time.monotonic(), stored.size)
        return epoch

    def append(self, document_id: DocumentId, update: bytes, saved: PackedSave | None = None) -> Awaitable[None]:
        """Queues an update, and what the file holds with it, at once; resolves when both are committed."""
        crc = zlib.crc32(update)

        def run(db: sqlite3.Connection) -> None:
            known = self._known.get(document_id)
            if known is None or known.number is None or known.epoch is None:
                known = self._need(db, document_id)
                if known.epoch is None:
                    raise StorageFailed("The journal has no history of this document: it must be written anew.")
            self._check_whole(document_id)
            rows.append(db, known.number, update, crc)
            if saved is not None:
                rows.save(db, known, saved.hash, saved.mark, (saved.data, saved.crc))
                if saved.conflicts:
                    rows.note_conflicts(db, known, saved.conflicts)

        if saved is not None:
            self._content_stored[document_id] = (time.monotonic(), saved.size)
        return self._writer.submit(run, urgent=False, failed=lambda: self._tear(document_id))

    def _tear(self, document_id: DocumentId) -> None:
        """In the writer's thread."""
        self._torn[document_id] = next(self._tears)

    def _check_whole(self, document_id: DocumentId) -> None:
        """In the writer's thread: what comes behind a hole could not be integrated, nor would the file be as noted."""
        if document_id in self._torn:
            raise StorageFailed("The journal missed a change of this document: it must be written anew.")

    async def pack(self, saved: SavedContent) -> PackedSave:
        """For ``append``."""
        return await asyncio.to_thread(_packed, saved)

    async def record_save(self, document_id: DocumentId, saved: SavedContent, *, final: bool = False) -> None:
        """Remembers what the file holds now. Content over 1 MB is stored at most every 30 s, or when ``final``."""
        stored = await self._content_to_store(document_id, saved.content, final)
        small = 0 < self._size_of(document_id) < _CONTENT_AT_ONCE_BYTES
        mark = mark_of_words(saved.content) if small else await asyncio.to_thread(mark_of_words, saved.content)

        def run(db: sqlite3.Connection) -> None:
            self._check_whole(document_id)
            rows.save(db, self._need(db, document_id), saved.hash, mark, stored, ours=True)

        await self._writer.submit(run, urgent=False)

    def _size_of(self, document_id: DocumentId) -> int:
        """In bytes, of the content that was stored last; 0 when none was."""
        return self._content_stored.get(document_id, (0.0, 0))[1]

    async def _content_to_store(
        self, document_id: DocumentId, content: Content, final: bool
    ) -> tuple[bytes, int] | None:
        at, size = self._content_stored.get(document_id, (-_CONTENT_EVERY_S, 0))
        if not final and size > _CONTENT_ALWAYS_BYTES and time.monotonic() - at < _CONTENT_EVERY_S:
            return None
        if 0 < size < _CONTENT_AT_ONCE_BYTES:
            # Without waiting it is committed together with the update that was appended just before.
            data = content_bytes(content)
            stored = pack(data)
        else:
            data = await asyncio.to_thread(content_bytes, content)
            stored = await asyncio.to_thread(pack, data)
        self._content_stored[document_id] = (time.monotonic(), len(data))
        return stored

    async def intend_save(self, document_id: DocumentId, fingerprint: str) -> None:
        """Remembers what is about to be written, until ``record_save``."""

        def run(db: sqlite3.Connection) -> None:
            self._check_whole(document_id)
            rows.intend(db, self._need(db, document_id), fingerprint)

        await self._writer.submit(run)

    async def vouch(self, document_id: DocumentId, digests: Iterable[Digest]) -> None:
        """Adds digests of outputs that the server vouches for."""
        new = list(digests)
        await self._writer.submit(lambda db: rows.vouch(db, self._need(db, document_id), new), urgent=False)

    def compact(
        self, document_id: DocumentId, snapshot: bytes, saved: SavedContent | None = None
    ) -> Coroutine[Any, Any, None]:
        """Replaces all updates by one snapshot of the same history; ``saved``: what the file holds with it.

        What is appended after the call stays. It also mends: after appends that failed, or when the database had to be
        begun anew, a snapshot of the whole room makes the history complete again, with the same epoch.
        """
        mark = self._writer.submit(
            lambda db: (rows.last_seq(db, self._need(db, document_id)), self._torn.get(document_id))
        )
        return self._compact(document_id, snapshot, saved, mark)

    async def _compact(
        self,
        document_id: DocumentId,
        snapshot: bytes,
        saved: SavedContent | None,
        mark: Awaitable[tuple[int, int | None]],
    ) -> None:
        packed = await asyncio.to_thread(pack, snapshot)
        note = None if saved is None else await self.pack(saved)
        until, torn = await mark

        def run(db: sqlite3.Connection) -> None:
            known = self._need(db, document_id)
            epoch = known.epoch or self._lost.get(document_id)
            if epoch is None:
                raise StorageFailed("The journal has no history of this document to make smaller.")
            rows.replace_history(db, known, epoch, packed, until)
            if saved is not None and note is not None:
                rows.save(db, known, note.hash, note.mark, (note.data, note.crc), saved.intended)
            self._known[document_id] = Known(known.number, known.record, epoch)
            if self._torn.get(document_id) == torn:
                self._torn.pop(document_id, None)

        await self._writer.submit(run, failed=lambda: self._tear(document_id) if torn is not None else None)

    async def rename(self, old_path: str, new_path: str) -> None:
        """Moves the records of a file or of all below a folder; a record that stood at the new path is dropped."""

        def run(db: sqlite3.Connection) -> None:
            rows.rename(db, old_path, new_path)
            self._known.clear()

        await self._writer.submit(run)

    async def size(self) -> dict[str, int]:
        """``{"bytes", "documents", "updates", "commits"}``, for figures."""
        figures: dict[str, int] = await self._writer.submit(rows.figures)
        return {**figures, "bytes": _bytes_of(self.path), "commits": self._writer.commits}

    async def close(self) -> None:
        """Commits what is queued and closes the database."""
        await self._writer.close()
        release(self._lock)
        self._lock = -1

    def _find(self, db: sqlite3.Connection, document_id: str) -> Known | None:
        """In the writer's thread."""
        known = self._known.get(document_id)
        if known is None or known.number is None:
            found = rows.find(db, document_id)
            if found is not None:
                known = self._known[document_id] = found
        return known

    def _need(self, db: sqlite3.Connection, document_id: str) -> Known:
        """In the writer's thread. A document that was known before the database was begun anew gets its row again."""
        known = self._find(db, document_id)
        if known is None:
            raise StorageFailed("The journal does not know this document.")
        if known.number is None:
            if known.epoch is not None:
                self._lost[document_id] = known.epoch
            known = self._known[document_id] = rows.insert(db, known.record, None)
        return known

    def _set_aside(self, db: sqlite3.Connection, document_id: str, reason: str) -> None:
        known = self._need(db, document_id)
        rows.set_aside(db, known, reason)
        self._lost.pop(document_id, None)
        self._known[document_id] = Known(known.number, known.record, None)


def _packed(saved: SavedContent) -> PackedSave:
    data = content_bytes(saved.content)
    return PackedSave(saved.hash, *pack(data), len(data), mark_of_words(saved.content))


def _bytes_of(path: Path) -> int:
    files: Iterable[Path] = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
