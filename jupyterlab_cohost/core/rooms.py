"""All rooms of the server: opened once however many ask, given back when nobody is left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..protocol.close_codes import GOING_AWAY, HISTORY_REPLACED
from ..protocol.errors import CohostError, Conflict, GoingAway, NotFound, StorageFailed
from ..protocol.ids import DocumentId, Epoch, ParticipantId
from ..protocol.limits import Limits
from .allowances import Allowance, Allowances
from .awareness import Activity, liveliest
from .ports import DocumentRecord, DocumentStore, Journal, Kind, Merge, RoomClient
from .room import Room
from .room_file import Storage
from .room_loading import load_room

_log = logging.getLogger("jupyterlab_cohost.rooms")


@dataclass(frozen=True)
class OpenedDocument:
    """What the documents endpoint answers."""

    record: DocumentRecord
    epoch: Epoch


@dataclass(frozen=True)
class Attention:
    """Of one person: the path of the document in front of them (with several pages, the one opened last), and what they
    do.
    """

    front: str | None
    activity: Activity


class Rooms:
    """``open`` and ``connect`` raise NotFound, Unsupported, TooLarge, StorageFailed, GoingAway, and nothing else."""

    def __init__(self, journal: Journal, store: DocumentStore, merge: Merge, limits: Limits) -> None:
        self._storage = Storage(journal, store, merge, Allowances(limits))
        self._limits = limits
        self._rooms: dict[DocumentId, Room] = {}
        self._loading: dict[DocumentId, asyncio.Task[Room]] = {}
        self._closing: dict[DocumentId, asyncio.Task[None]] = {}
        self._timers: dict[DocumentId, asyncio.TimerHandle] = {}
        #: Renamed, and the journal does not say so yet: who opens them must not get another room.
        self._moving: dict[tuple[str, Kind], DocumentRecord] = {}
        self._shut = False
        #: Asked before a room is given to anybody; raises CohostError when none may be.
        self.check: Callable[[], None] = lambda: None
        #: Asked to take everything along when another program moved the file of a room: ``(old, new)``. What may follow
        #: as well (scopes) has to do so in one step with the room.
        self.follow_move: Callable[[str, str], Awaitable[None]] = self.rename
        #: Told when rooms have other paths than before.
        self.on_renamed: Callable[[], None] = lambda: None
        #: Told when a room was loaded or given back, which leaves memory that nobody uses.
        self.on_freed: Callable[[], None] = lambda: None
        #: Told whose whereabouts are others now.
        self.on_place_changed: Callable[[ParticipantId], None] = lambda _: None

    async def open(self, path: str, kind: Kind) -> OpenedDocument:
        """The document at ``path``, its room loaded."""
        with self._until_shut():
            record = self._moving.get((path, kind)) or await self._storage.journal.document(path, kind)
        room = await self._room(record)
        return OpenedDocument(room.file.record, room.epoch)

    async def record(self, document_id: DocumentId) -> DocumentRecord | None:
        """What an id stands for; None for one that was made up. Builds nothing."""
        room = self._rooms.get(document_id)
        with self._until_shut():
            return room.file.record if room is not None else await self._storage.journal.record(document_id)

    async def connect(self, document_id: DocumentId, client: RoomClient, epoch: Epoch | None = None) -> Room:
        """Lets a client into the room. Raises, besides the class's errors, HistoryReplaced for another epoch."""
        record = await self.record(document_id)
        if record is None:
            raise NotFound("This document does not exist.")
        room = await self._room(record)
        if epoch is not None and epoch != room.epoch:
            raise HistoryReplaced(HISTORY_REPLACED.message)
        room.connect(client)
        return room

    def allowance(self, client: RoomClient) -> Allowance:
        """What a client may cost."""
        return self._storage.allowances.of(client)

    def room_of(self, document_id: DocumentId) -> Room | None:
        """The room, if it is open."""
        return self._rooms.get(document_id)

    @property
    def number(self) -> int:
        """How many are open."""
        return len(self._rooms)

    def is_open(self, path: str) -> bool:
        """Whether a room holds this file."""
        return any(room.path == path for room in self._rooms.values())

    def documents_open(self) -> dict[str, list[RoomClient]]:
        """Who is in which file: paths of open rooms to their clients."""
        found: dict[str, list[RoomClient]] = {}
        for room in self._rooms.values():
            found.setdefault(room.path, []).extend(room.clients)
        return found

    def attention(self) -> dict[ParticipantId, Attention]:
        """Of everybody whose page tells it in a room."""
        found: dict[ParticipantId, Attention] = {}
        for room in self._rooms.values():
            for person, place in room.whereabouts().items():
                other = found.get(person)
                front = room.path if place.front else other.front if other else None
                activity = liveliest(place.activity, other.activity) if other else place.activity
                found[person] = Attention(front, activity)
        return found

    async def rename(self, old_path: str, new_path: str) -> None:
        """A file or folder moved; its rooms go with it. May be told twice."""
        if old_path == new_path:
            return
        self.move(old_path, new_path)
        await self.keep_move(old_path, new_path)

    async def keep_move(self, old_path: str, new_path: str) -> None:
        """The journal says so, too. Raises StorageFailed."""
        try:
            await self._storage.journal.rename(old_path, new_path)
        finally:
            for path, kind in list(self._moving):
                if path == new_path or path.startswith(f"{new_path}/"):
                    del self._moving[path, kind]

    def move(self, old_path: str, new_path: str) -> None:
        """The rooms have the new path at once."""
        for room in list(self._rooms.values()):
            path = room.path
            if path == old_path or path.startswith(f"{old_path}/"):
                moved = new_path + path[len(old_path) :]
                room.renamed(DocumentRecord(room.id, moved, room.file.record.kind))
                self._moving[moved, room.file.record.kind] = room.file.record
        self.on_renamed()

    async def _moved(self, old_path: str, new_path: str) -> bool:
        """A room does not go where another one is: two would write one file."""
        if self.is_open(new_path):
            return False
        await self.follow_move(old_path, new_path)
        return True

    async def shutdown(self) -> None:
        """Everything is saved and everybody is told that the server goes away."""
        self._shut = True
        for timer in self._timers.values():
            timer.cancel()
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        rooms = list(self._rooms.values())
        self._rooms.clear()
        await asyncio.gather(*(room.close(GOING_AWAY) for room in rooms), return_exceptions=True)
        await asyncio.gather(*self._closing.values(), return_exceptions=True)

    @contextmanager
    def _until_shut(self) -> Iterator[None]:
        """The journal of a server that stops is closed, which is no fault of the storage."""
        try:
            yield
        except StorageFailed:
            if self._shut:
                raise GoingAway(GOING_AWAY.message) from None
            raise

    async def _room(self, record: DocumentRecord) -> Room:
        if self._shut:
            raise GoingAway(GOING_AWAY.message)
        self.check()
        room = self._rooms.get(record.id)
        if room is not None and not room.broken:
            self._leave_later(room)
            return room
        task = self._loading.get(record.id)
        if task is None:
            task = self._loading[record.id] = asyncio.ensure_future(self._load(record))
        try:
            room = await asyncio.shield(task)
            # Between the end of loading and this moment it may have been given back already.
            return room if self._rooms.get(record.id) is room else await self._room(record)
        except CohostError:
            raise
        except Exception as error:
            raise CohostError("This document could not be opened; the server's log says why.") from error

    async def _load(self, record: DocumentRecord) -> Room:
        try:
            closing = self._closing.get(record.id)
            if closing is not None:
                await asyncio.wait({closing})
            room = await load_room(record, self._storage, self._limits)
            self._rooms[record.id] = room
            room.left = self._leave_later
            room.place_changed = lambda person: self.on_place_changed(person)
            room.outside.moved = self._moved
            self._leave_later(room)
            return room
        except CohostError:
            raise
        except Exception:
            _log.exception("%s could not be opened", record.path)
            raise
        finally:
            del self._loading[record.id]
            self.on_freed()

    # Rooms that nobody is in

    def _leave_later(self, room: Room) -> None:
        timer = self._timers.pop(room.id, None)
        if timer is not None:
            timer.cancel()
        if room.broken:
            self._evict(room)
            return
        loop = asyncio.get_running_loop()
        self._timers[room.id] = loop.call_later(self._limits.idle_room_s, self._look_at, room)

    def _look_at(self, room: Room) -> None:
        self._timers.pop(room.id, None)
        if self._shut or self._rooms.get(room.id) is not room or room.clients:
            return
        if room.idle:
            self._evict(room)
        else:
            self._leave_later(room)

    def _evict(self, room: Room) -> None:
        if self._rooms.get(room.id) is room:
            del self._rooms[room.id]
            task = self._closing[room.id] = asyncio.ensure_future(room.close())
            task.add_done_callback(lambda done: self._evicted(room.id, done))

    def _evicted(self, document_id: DocumentId, task: asyncio.Task[None]) -> None:
        if self._closing.get(document_id) is task:
            del self._closing[document_id]
        if not task.cancelled() and task.exception() is not None:
            _log.error("A room could not be closed", exc_info=task.exception())
        self.on_freed()


class HistoryReplaced(Conflict):
    """The client's copy belongs to a history that the server does not have any more."""

    code = "history_replaced"
