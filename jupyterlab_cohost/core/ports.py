"""What the core needs from the outside, as protocols: the journal, the host's files, a room's client.

The core never touches the disk or a socket. ``storage`` and ``http`` implement these; tests use small fakes of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ..protocol.close_codes import CloseCode
from ..protocol.ids import DocumentId, Epoch, ParticipantId
from ..protocol.roles import Capabilities, Role

Kind = Literal["notebook", "file"]
#: A notebook is its JSON (``dict`` as nbformat has it, version 4), anything else is text.
Content = str | dict[str, Any]
#: SHA-256 of an output in hex, see protocol/README.md.
Digest = str


@dataclass(frozen=True)
class DocumentRecord:
    """A document that the journal knows: a stable id for a path (relative to the content root, ``/``) and a kind."""

    id: DocumentId
    path: str
    kind: Kind


@dataclass(frozen=True)
class SavedContent:
    """What the file held when the room last wrote or read it: the base of a three-way merge.

    ``content`` may be older than ``hash`` for big documents (it is not stored at every save).
    """

    content: Content
    hash: str
    #: Fingerprint of what a save was about to write: a file with that content is our own save, not a foreign one.
    intended: str | None = None


@dataclass(frozen=True)
class EarlierContent:
    """What the file held before one of the last saves. ``until``: POSIX seconds."""

    content: Content
    until: float


@dataclass(frozen=True)
class PackedSave:
    """What the file holds, ready to be written into the journal without waiting: ``Journal.pack``."""

    hash: str
    data: bytes
    crc: int
    #: Of the content before it was packed.
    size: int
    #: ``core.earlier.mark_of_words``.
    mark: bytes
    #: Places where people must be told that both versions were kept, whatever happens to the server now.
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class StoredDocument:
    """A document's history as the journal has it."""

    epoch: Epoch
    updates: list[bytes]
    saved: SavedContent | None
    vouched: frozenset[Digest]
    #: Those of the last two minutes: nobody may have heard of them.
    conflicts: tuple[str, ...] = ()
    #: Oldest first; none from before another program's change.
    earlier: tuple[EarlierContent, ...] = ()
    #: ``core.earlier.mark_of_words`` of what the file held, each with the last POSIX seconds at which it did.
    held: Mapping[bytes, float] = field(default_factory=dict)
    #: ``DocumentStore.reached`` when it was opened last; None when that is not known.
    reached: str | None = None


class Journal(Protocol):
    """Durable updates. Every coroutine returns when its effect is committed; raises StorageFailed otherwise."""

    async def document(self, path: str, kind: Kind) -> DocumentRecord:
        """The record of a path, made when there is none yet."""

    async def record(self, document_id: DocumentId) -> DocumentRecord | None:
        """The record of an id, or None for an id that was made up."""

    async def load(self, document_id: DocumentId) -> StoredDocument | None:
        """The history, or None when there is none (or it was set aside as unreadable: then ``notices`` says so)."""

    async def start(self, document_id: DocumentId, snapshot: bytes, saved: SavedContent) -> Epoch:
        """Begins a new history with one snapshot, in place of any older one."""

    def append(self, document_id: DocumentId, update: bytes, saved: PackedSave | None = None) -> Awaitable[None]:
        """Queues an update at once; the awaitable resolves when it is committed (group commit, at most 20 ms).

        ``saved``: the update is what another program wrote; that the file holds it is in the same commit. After an
        append that failed nothing more is taken for this document until ``compact`` has filled the hole.
        """

    async def pack(self, saved: SavedContent) -> PackedSave:
        """For ``append``: the slow part, in a thread."""

    async def record_save(self, document_id: DocumentId, saved: SavedContent, *, final: bool = False) -> None:
        """Remembers what the file holds now, and for a while what it held before.

        ``final``: store the content however big it is.
        """

    async def intend_save(self, document_id: DocumentId, fingerprint: str) -> None:
        """Remembers what is about to be written, until ``record_save``: the server may die in between."""

    async def vouch(self, document_id: DocumentId, digests: Iterable[Digest]) -> None:
        """Adds digests of outputs that the server vouches for."""

    async def compact(self, document_id: DocumentId, snapshot: bytes, saved: SavedContent | None = None) -> None:
        """Replaces all updates by one snapshot of the same history (same epoch).

        ``saved``: what the file held at that moment, in the same commit.
        """

    async def note_reached(self, document_id: DocumentId, reached: str) -> None:
        """``StoredDocument.reached`` from now on. Raises StorageFailed."""

    async def put_aside(self, document_id: DocumentId, reason: str) -> None:
        """The history is not used any more, but kept in the database; the record stays. Raises StorageFailed."""

    async def rename(self, old_path: str, new_path: str) -> None:
        """Moves the records of a file or of all below a folder; a record that stood at the new path is dropped."""

    async def close(self) -> None:
        """Commits what is queued and closes the database."""


@dataclass(frozen=True)
class LoadedFile:
    """A file as the contents manager gave it. ``content`` never carries ``metadata.trusted``."""

    content: Content
    hash: str
    #: When it was written last, in POSIX seconds; None when that is not known.
    modified: float | None = None
    #: Whether everything in it is vouched for: it was sealed here, or the notary signed it and no guest wrote it.
    trusted: bool = False
    #: Whether another file that holds the same document (a paired script) is behind: it has to be saved again.
    half: bool = False
    #: Whether files were left out in which the document says it is kept, too, because the host did not say so.
    alone: bool = False


@dataclass(frozen=True)
class SavedFile:
    """The file after a save that succeeded: the bytes are on the disk."""

    hash: str
    #: As ``LoadedFile.alone``.
    alone: bool = False


class DocumentStore(Protocol):
    """The host's files, through the contents manager."""

    async def load(self, path: str, kind: Kind) -> LoadedFile:
        """Reads. Raises NotFound, Unsupported (binary, broken notebook, folder), TooLarge, StorageFailed."""

    async def save(self, path: str, kind: Kind, content: Content, *, sign: bool, restore: bool = False) -> SavedFile:
        """Writes atomically; returns when the bytes are there. ``sign``: every output is vouched for.

        Raises NotFound when the file or its folder is gone (nothing is re-created silently; with ``restore``, because
        someone asked for it, both are made again), StorageFailed otherwise.
        """

    def guest_wrote(self, path: str) -> None:
        """Somebody who may not run code writes there: from now on the notary's word for the file is not enough."""

    def host_paired(self, path: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Somebody who may run code changed what says in which files a notebook is kept, too (keys of its metadata)."""

    async def moved_to(self, path: str, kind: Kind) -> str | None:
        """Where a file that is gone from ``path`` stands now, if it was moved; None when that cannot be known."""

    async def hash(self, path: str, kind: Kind) -> str | None:
        """The hash of the file as it is now, or None when it is gone."""

    async def reached(self, path: str) -> str:
        """Where the file is that was read, links resolved, when a link below the content root leads to it; else ""."""

    async def is_another(self, path: str, reached: str) -> bool:
        """Whether the path leads elsewhere than when it ``reached`` that, and what the journal has must not come there.

        From or to what a session that shares the path does not share, or guests' words to where no guest could write.
        """

    def place(self, path: str) -> str | None:
        """Where the open document's file is, links resolved; None when that is not known (no local disk)."""

    def watch(self, path: str, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls ``changed`` (in the event loop) when the file may have changed outside; returns the way to stop."""


@dataclass(frozen=True)
class Conflict:
    """Room and file changed the same place: both are kept. ``where`` is for people ("line 12", a cell id)."""

    where: str


@dataclass(frozen=True)
class Merged:
    """The result of a three-way merge."""

    content: Content
    conflicts: list[Conflict] = field(default_factory=list)


#: ``merge(kind, base, room, file)``: pure, slow, runs in a thread.
Merge = Callable[[Kind, Content, Content, Content], Merged]


@dataclass(frozen=True)
class Identity:
    """Who a client is, as the server knows it; stamped into awareness as ``user`` (JupyterLab's user model)."""

    participant_id: ParticipantId
    name: str
    color: str
    initials: str = ""
    #: False for a guest whose name is only what they typed.
    verified: bool = False
    role: Role = Role.VIEWER

    def to_user(self) -> dict[str, Any]:
        """JupyterLab's user model, and what else the server vouches for."""
        return {
            "username": self.participant_id,
            "name": self.name,
            "display_name": self.name,
            "initials": self.initials,
            "color": self.color,
            "avatar_url": None,
            "verified": self.verified,
            "role": self.role.value,
        }


class RoomClient(Protocol):
    """One connection to a room. The room calls it from the event loop and never awaits it."""

    @property
    def identity(self) -> Identity:
        """Who it is."""

    def capabilities(self) -> Capabilities:
        """What it may do now; asked for every message, so that a change of role takes effect at once."""

    def send(self, frame: bytes) -> bool:
        """Queues one binary frame (shared by all receivers). False: the buffer is full; the room drops the client."""

    def send_large(self, frame: bytes) -> bool:
        """As ``send``; parts of a large change do not count as what a slow reader lets pile up, within bounds."""

    @property
    def waiting(self) -> int:
        """How many bytes of earlier frames have not left yet."""

    def close(self, code: CloseCode, message: str | None = None) -> None:
        """Closes the socket; ``message`` (cut to 123 bytes) in place of the code's sentence."""
