"""The ports of the core in memory: a journal, files, and clients of a room."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.core.ports import (
    Content,
    Digest,
    DocumentRecord,
    Identity,
    Kind,
    LoadedFile,
    PackedSave,
    SavedContent,
    SavedFile,
    StoredDocument,
)
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.close_codes import CloseCode
from jupyterlab_cohost.protocol.errors import NotFound, StorageFailed
from jupyterlab_cohost.protocol.ids import DocumentId, Epoch, ParticipantId
from jupyterlab_cohost.protocol.roles import Capabilities, Role, capabilities_of
from jupyterlab_cohost.protocol.varint import read_bytes, read_string, read_varuint


class FakeJournal:
    """Keeps everything; ``gate`` holds back commits, ``broken`` refuses them."""

    def __init__(self) -> None:
        self.records: dict[str, DocumentRecord] = {}
        self.stored: dict[str, StoredDocument] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False
        #: How many appends wait for the gate.
        self.waiting = 0
        self.compacted = 0

    async def document(self, path: str, kind: Kind) -> DocumentRecord:
        name = f"id-{path}".replace("/", "-").replace(".", "-")
        for record in self.records.values():
            if (record.path, record.kind) == (path, kind):
                return record
        return self.records.setdefault(name, DocumentRecord(DocumentId(name), path, kind))

    async def record(self, document_id: DocumentId) -> DocumentRecord | None:
        return self.records.get(document_id)

    async def load(self, document_id: DocumentId) -> StoredDocument | None:
        return self.stored.get(document_id)

    async def start(self, document_id: DocumentId, snapshot: bytes, saved: SavedContent) -> Epoch:
        epoch = Epoch(f"epoch-{document_id}")
        self.stored[document_id] = StoredDocument(epoch, [snapshot], saved, frozenset())
        return epoch

    def append(self, document_id: DocumentId, update: bytes, saved: PackedSave | None = None) -> Awaitable[None]:
        return asyncio.ensure_future(self._append(document_id, update, saved))

    async def pack(self, saved: SavedContent) -> PackedSave:
        return PackedSave(saved.hash, json.dumps(saved.content).encode(), 0, 0, b"")

    async def _append(self, document_id: DocumentId, update: bytes, saved: PackedSave | None) -> None:
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        if self.broken:
            raise StorageFailed("the disk is full")
        self.stored[document_id].updates.append(update)
        if saved is not None:
            await self.record_save(document_id, SavedContent(json.loads(saved.data), saved.hash))
            self.stored[document_id] = replace(self.stored[document_id], conflicts=saved.conflicts)

    async def record_save(self, document_id: DocumentId, saved: SavedContent, *, final: bool = False) -> None:
        old = self.stored[document_id]
        self.stored[document_id] = replace(old, saved=saved)

    async def intend_save(self, document_id: DocumentId, fingerprint: str) -> None:
        old = self.stored[document_id]
        assert old.saved is not None
        saved = SavedContent(old.saved.content, old.saved.hash, fingerprint)
        self.stored[document_id] = replace(old, saved=saved)

    async def vouch(self, document_id: DocumentId, digests: Iterable[Digest]) -> None:
        old = self.stored[document_id]
        self.stored[document_id] = replace(old, vouched=old.vouched | set(digests))

    async def compact(self, document_id: DocumentId, snapshot: bytes, saved: SavedContent | None = None) -> None:
        if self.broken:
            raise StorageFailed("the disk is full")
        self.compacted += 1
        old = self.stored[document_id]
        self.stored[document_id] = replace(old, updates=[snapshot], saved=saved or old.saved)

    async def note_reached(self, document_id: DocumentId, reached: str) -> None:
        self.stored[document_id] = replace(self.stored[document_id], reached=reached)

    async def put_aside(self, document_id: DocumentId, reason: str) -> None:
        del self.stored[document_id]

    async def rename(self, old_path: str, new_path: str) -> None:
        for name, record in list(self.records.items()):
            if record.path == old_path:
                self.records[name] = DocumentRecord(record.id, new_path, record.kind)

    async def close(self) -> None:
        pass


class FakeStore:
    """Files as contents; ``write`` is what another program does."""

    def __init__(self, **files: Content) -> None:
        self.files: dict[str, Content] = {name.replace("_", "."): content for name, content in files.items()}
        self.trusted = False
        self.by_guests: set[str] = set()
        self.watched: dict[str, Callable[[], None]] = {}
        self.saves: list[tuple[str, Content, bool]] = []
        self.problem: StorageFailed | None = None
        self.moved: dict[str, str] = {}
        self.half = self.alone = False
        self.pairs: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.loads = self.at_once = self.most_at_once = 0

    async def load(self, path: str, kind: Kind) -> LoadedFile:
        self.loads += 1
        await asyncio.sleep(0)
        if path not in self.files:
            raise NotFound("gone")
        content = json.loads(json.dumps(self.files[path]))
        return LoadedFile(content, self._hash(path), trusted=self.trusted, half=self.half, alone=self.alone)

    def guest_wrote(self, path: str) -> None:
        self.by_guests.add(path)

    def host_paired(self, path: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.pairs.append((path, before, after))

    async def save(self, path: str, kind: Kind, content: Content, *, sign: bool, restore: bool = False) -> SavedFile:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.problem is not None:
            raise self.problem
        if path not in self.files and not restore:
            raise NotFound("gone")
        self.files[path] = content
        self.saves.append((path, content, sign))
        return SavedFile(self._hash(path), alone=self.alone)

    async def moved_to(self, path: str, kind: Kind) -> str | None:
        return self.moved.get(path)

    def place(self, path: str) -> str | None:
        return None

    async def reached(self, path: str) -> str:
        return ""

    async def is_another(self, path: str, reached: str) -> bool:
        return False

    async def hash(self, path: str, kind: Kind) -> str | None:
        return self._hash(path) if path in self.files else None

    def watch(self, path: str, changed: Callable[[], None]) -> Callable[[], None]:
        self.watched[path] = changed
        return lambda: self.watched.pop(path, None) and None

    def write(self, path: str, content: Content) -> None:
        self.files[path] = content
        self.watched[path]()

    def remove(self, path: str) -> None:
        del self.files[path]
        self.watched[path]()

    def _hash(self, path: str) -> str:
        return hashlib.sha256(json.dumps(self.files[path], sort_keys=True).encode()).hexdigest()


class FakeClient:
    """One connection and the page behind it: a document, and everything that came."""

    def __init__(self, role: Role = Role.HOST, name: str = "Ann") -> None:
        self.identity = Identity(ParticipantId(f"p-{name}"), name, "#123456", name[:1])
        self.role = role
        self.doc: Doc[Any] = Doc()
        self.frames: list[bytes] = []
        self.closed: CloseCode | None = None
        self.slow = False
        #: Bytes that it has not read.
        self.waiting = 0

    def capabilities(self) -> Capabilities:
        return capabilities_of(self.role)

    def send(self, frame: bytes) -> bool:
        if self.slow:
            return False
        self.frames.append(frame)
        if frame[:2] in (b"\x00\x01", b"\x00\x02"):
            self.doc.apply_update(read_bytes(frame, 2)[0])
        return True

    def send_large(self, frame: bytes) -> bool:
        return self.send(frame)

    def close(self, code: CloseCode, message: str | None = None) -> None:
        self.closed = code

    @property
    def text(self) -> Text:
        return self.doc.get("source", type=Text)

    @property
    def cells(self) -> Array[Map]:
        return self.doc.get("cells", type=Array)

    def edit(self, change: Callable[[], object]) -> bytes:
        """The frame of a change in this client's document."""
        before = self.doc.get_state()
        change()
        return messages.encode_update(self.doc.get_update(before))

    def insert(self, text: str, at: int = 0) -> bytes:
        return self.edit(lambda: self.text.insert(at, text))

    def of_type(self, number: int) -> list[Any]:
        """The bodies of our own messages of one type, in order."""
        bodies = []
        for frame in self.frames:
            kind, offset = read_varuint(frame, 0)
            if kind == number:
                bodies.append(
                    read_varuint(frame, offset)[0] if number == 102 else json.loads(read_string(frame, offset)[0])
                )
        return bodies

    def awareness(self) -> dict[int, tuple[int, Any]]:
        """The latest clock and state of each id."""
        states: dict[int, tuple[int, Any]] = {}
        for frame in self.frames:
            if frame[0] == 1:
                body, _ = read_bytes(frame, 1)
                count, offset = read_varuint(body, 0)
                for _ in range(count):
                    client, offset = read_varuint(body, offset)
                    clock, offset = read_varuint(body, offset)
                    text, offset = read_string(body, offset)
                    states[client] = (clock, json.loads(text))
        return states
