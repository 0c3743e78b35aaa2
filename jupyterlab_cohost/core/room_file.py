"""A room and its file: what it held last, one save or merge at a time, outside writes merged in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ..protocol.errors import CohostError, Conflict, NotFound
from ..protocol.limits import DEFAULT_LIMITS
from .allowances import Allowances
from .content import digests_in, fingerprint
from .document import YDocument
from .earlier import EarlierSaves
from .forks import CellChange, MergedUpdate, merged_update, missed
from .kept import is_only_opened, kept
from .outside import MOST_PLACES, Change, still_there, unpacked
from .outside_cells import brought_to_copies
from .ports import Conflict as MergeConflict
from .ports import (
    Content,
    Digest,
    DocumentRecord,
    DocumentStore,
    Journal,
    Kind,
    LoadedFile,
    Merge,
    Merged,
    PackedSave,
    SavedContent,
)
from .shown import shown
from .trust import Trust

GONE = "The file is gone: it was deleted, moved or renamed outside JupyterLab."
_TRIES = 5
#: Programs that save by renaming leave the path empty for a moment.
_GRACE_S = 0.7


@dataclass(frozen=True)
class Storage:
    """The ports that a room works with."""

    journal: Journal
    store: DocumentStore
    merge: Merge
    allowances: Allowances = field(default_factory=lambda: Allowances(DEFAULT_LIMITS))
    #: Large updates are integrated one at a time.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Outlet:
    """How another program's change leaves the room."""

    #: Whether the journal has it now, with what the file holds; nobody has seen it yet.
    note: Callable[[bytes, PackedSave], Awaitable[bool]]
    #: Integrates what the journal has, and shows it.
    pass_on: Callable[[bytes], None]
    #: Hands what the document integrated to the journal now, with what the file holds, and shows it.
    flush: Callable[[PackedSave], None]


@dataclass(frozen=True)
class Base:
    """What room and file last had in common, as the file holds it and as the document says it (see ``shown``)."""

    saved: SavedContent
    shown: Content


@dataclass
class RoomFile:
    """One room's."""

    record: DocumentRecord
    storage: Storage
    document: YDocument
    trust: Trust
    base: Base
    #: Called with the digests that an outside write brought, before the update that carries their outputs.
    vouched: Callable[[set[Digest]], None]
    #: Called when another program's change is in the document.
    merged: Callable[[MergedUpdate], None]
    outlet: Outlet

    def __post_init__(self) -> None:
        self._lock = asyncio.Lock()
        #: Whether the file holds what is not in the document yet: it must not be overwritten.
        self._unread = False
        self.earlier = EarlierSaves()
        #: Whether another program wrote the file without what it had held just before: it must be saved again.
        self.stale = False
        #: Whether another file that holds the same document is behind.
        self.half = False
        #: Told when files were left out in which the document says it is kept, too; once for as long as it is so.
        self.left_out: Callable[[], None] = _nobody
        self._alone = False
        self._reached: str | None = None

    def note(self, loaded: LoadedFile) -> None:
        """What was read is about to be taken over."""
        self.half = loaded.half
        self._note_alone(loaded.alone)

    def _note_alone(self, alone: bool) -> None:
        if alone and not self._alone:
            self.left_out()
        self._alone = alone

    @property
    def saved(self) -> SavedContent:
        """What the file holds."""
        return self.base.saved

    @property
    def path(self) -> str:
        """Relative to the content root."""
        return self.record.path

    async def save(self, *, restore: bool = False, asked: bool = False) -> None:
        """Returns when the file holds what the room held at the call or later. Raises NotFound, StorageFailed, …

        ``restore``: a file that is gone is made again. ``asked``: somebody pressed *Save*; else a notebook that was
        only opened is left as it is.
        """
        async with self._lock:
            if self._unread:
                await self._catch_up(restore)
            for _ in range(_TRIES - 1):
                try:
                    await self._save_once(restore, asked)
                    return
                except Conflict:
                    await self._take_outside()
            await self._save_once(restore, asked)

    async def _catch_up(self, restore: bool) -> None:
        """An outside change could not be taken over before: the store knows that file by now."""
        try:
            await self._take_outside()
        except NotFound:
            if not restore:
                raise
            self._unread = False

    async def _save_once(self, restore: bool, asked: bool) -> None:
        content = await self.document.content()
        wanted = await asyncio.to_thread(self._wanted, content, asked)
        if wanted == self.saved.content and not self.half:
            if await self.storage.store.hash(self.path, self.record.kind) is not None:
                return
            if not restore:
                raise NotFound(GONE)
        sign = await asyncio.to_thread(self._may_sign, content, wanted)
        await self._intend(await asyncio.to_thread(fingerprint, content))
        written = await self.storage.store.save(self.path, self.record.kind, wanted, sign=sign, restore=restore)
        self.half = False
        self._note_alone(written.alone)
        await self._saved_as(SavedContent(wanted, written.hash), content)

    def _may_sign(self, content: Content, wanted: Content) -> bool:
        """What the document cannot say is vouched for by nobody."""
        return self.trust.may_sign(content) and self.trust.may_sign(wanted)

    def _wanted(self, content: Content, asked: bool) -> Content:
        """What the file is to hold when the document says ``content``."""
        if not asked and is_only_opened(self.base.shown, content):
            return self.saved.content
        return kept(self.saved.content, self.base.shown, content)

    async def _intend(self, mark: str) -> None:
        """Said before the file changes: after a crash in between, the file is known to be our own save."""
        self.base = replace(self.base, saved=replace(self.saved, intended=mark))
        with suppress(CohostError):
            await self.storage.journal.intend_save(self.record.id, mark)

    async def _remember(self, *, final: bool = False) -> None:
        """The file is right whether or not the journal can say so."""
        with suppress(CohostError):
            await self.storage.journal.record_save(self.record.id, self.saved, final=final)

    async def look(self) -> bool:
        """The file may have changed outside: merges what is new. False if the file is gone. Raises CohostError."""
        async with self._lock:
            now = await self.storage.store.hash(self.path, self.record.kind)
            if now is None:
                return False
            if now != self.saved.hash:
                await self._take_outside()
            return True

    async def moved_to(self) -> str | None:
        """Where the file stands now that is gone from its path; None if it is there again, or nowhere."""
        await asyncio.sleep(_GRACE_S)
        if await self.is_there():
            return None
        return await self.storage.store.moved_to(self.path, self.record.kind)

    async def is_there(self) -> bool:
        """Whether there is a file at the path."""
        return await self.storage.store.hash(self.path, self.record.kind) is not None

    async def undo(self, change: Change) -> list[MergeConflict]:
        """Puts back what the document held before a change from outside; what people did since stays."""

        def merge(kind: Kind, base: Content, room: Content, file: Content) -> Merged:
            return self.storage.merge(kind, base, room, still_there(base, room, file))

        async with self._lock:
            before, after = await asyncio.to_thread(unpacked, change)
            for _ in range(_TRIES):
                history = self.document.diff()
                merged = await asyncio.to_thread(merged_update, self.record.kind, history, after, before, merge)
                # What somebody typed meanwhile in a cell that would go has to be looked at.
                if history == self.document.diff():
                    break
            self.document.load(merged.update)
            return merged.conflicts

    async def _take_outside(self) -> None:
        self._unread = True
        await self._merge_in()
        self._unread = False

    async def _merge_in(self) -> None:
        kind = self.record.kind
        loaded = await self.storage.store.load(self.path, kind)
        if loaded.hash == self.saved.hash:
            return
        self.note(loaded)
        saved = SavedContent(loaded.content, loaded.hash)
        file = await asyncio.to_thread(shown, loaded.content)
        if self.saved.intended == await asyncio.to_thread(fingerprint, file):
            await self._saved_as(saved, file)
            return
        base = await asyncio.to_thread(self.earlier.base_of, file, self.base.shown)
        self.stale = base is not self.base.shown
        history = self.document.diff()
        merged = await asyncio.to_thread(merged_update, kind, history, base, file, self.storage.merge)
        places = tuple(conflict.where for conflict in merged.conflicts[:MOST_PLACES])
        packed = replace(await self.storage.journal.pack(saved), conflicts=places)
        # Both in one commit, before anybody sees it: after a crash the same change would be merged once more.
        noted = await self.outlet.note(merged.update, packed)
        self.vouched(digests_in(file) if loaded.trusted else set())
        before = self.document.diff()
        if noted:
            self.outlet.pass_on(merged.update)
        else:
            self.document.load(merged.update)
        last, self.base = self.base.shown, Base(saved, file)
        if not noted:
            self.outlet.flush(packed)
        self.merged(merged)
        await asyncio.to_thread(self.earlier.forget, last)
        if kind == "notebook":
            await self._bring_missed(history, before, base, file)

    async def _bring_missed(self, history: bytes, before: bytes, base: Content, file: Content) -> None:
        """What was merged into cells that people moved, merged or deleted at that moment."""
        for _ in range(_TRIES):
            after = self.document.diff()
            if before == history:
                return
            rest = await asyncio.to_thread(missed, history, before, after, base, file, self.storage.merge)
            if rest is None:
                return
            history, before, base, file = after, self.document.diff(), rest.base, rest.file
            self.document.load(rest.merged.update)
            self.merged(rest.merged)

    async def bring_to_copies(self, changes: list[CellChange], seen: bytes) -> None:
        """What another program did to cells that people moved without having seen it; see ``brought_to_copies``."""
        async with self._lock:
            history, merge = self.document.diff(), self.storage.merge
            brought = await asyncio.to_thread(brought_to_copies, seen, history, changes, merge)
            if brought is not None:
                self.document.load(brought.update)
                self.merged(brought)

    async def _saved_as(self, saved: SavedContent, content: Content) -> None:
        """The file holds what a save of this room wrote; ``content``: what the document said."""
        await asyncio.to_thread(self.earlier.add, self.base.shown)
        self.base = Base(saved, content)
        await self._remember()

    def is_clean(self) -> bool:
        """Whether the file holds what the room holds."""
        return not self.half and is_only_opened(self.base.shown, self.document.content_now())

    async def note_reached(self, noted: str | None) -> None:
        """The journal knows to which file a link leads, if one is on the way; ``noted``: what it says now."""
        reached = await self.storage.store.reached(self.path)
        self._reached = reached
        if reached != noted:
            with suppress(CohostError):
                await self.storage.journal.note_reached(self.record.id, reached)

    async def settle(self) -> None:
        """The last word before the room closes: the journal keeps the saved content and one snapshot."""
        async with self._lock:
            await self.note_reached(self._reached)
            await self._remember(final=True)
            await self.storage.journal.compact(self.record.id, self.document.diff())


def _nobody() -> None:
    """Nobody asked to be told."""
