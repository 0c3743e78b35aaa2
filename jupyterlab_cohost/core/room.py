"""A room: one document, the people in it, its journal and its file.

A client's message is checked (size, form, right), applied in a transaction of its own, and what the document then says
was integrated goes to the journal and to the others, merged per tick. Nothing here is awaited on that way, and whatever
one client does ends at that client.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..protocol import messages
from ..protocol.close_codes import (
    GOING_AWAY,
    INTERNAL,
    MALFORMED,
    TOO_FAST,
    TOO_LARGE,
    TOO_SLOW,
    VERSION,
    CloseCode,
)
from ..protocol.errors import CohostError
from ..protocol.ids import DocumentId, Epoch, ParticipantId
from ..protocol.limits import Limits
from ..protocol.roles import Capability
from ..protocol.sentences import sentence, spoken
from .allowances import TooMuch, TooMuchWaits
from .announcer import Announcer
from .awareness import Whereabouts
from .content import digests_in
from .document import DocumentFull, YDocument
from .member import Member
from .moves import Moves
from .ports import Digest, DocumentRecord, LoadedFile, PackedSave, RoomClient
from .room_edits import Circle, RoomEdits
from .room_file import Base, Outlet, RoomFile, Storage
from .room_outside import RoomOutside
from .saver import Saver, SaveState
from .trust import Trust, vouched_frames

_log = logging.getLogger("jupyterlab_cohost.rooms")
_RESTORED = "Somebody's page sent changes that other pages could read in different orders; the order here was kept."

_LEFT_OUT = (
    "%1 is saved without the files that it says it is paired with: the host did not choose them. The host can pair it "
    "again in the Jupytext menu."
)
_TOO_MUCH = "You have added more to the shared documents than one guest may. Save your copy, and try again later."
_FULL = "With this change the document would be larger than the %1 MiB that can be edited together."


@dataclass(frozen=True)
class History:
    """What a room starts with: one update that holds everything."""

    epoch: Epoch
    update: bytes
    vouched: frozenset[Digest]


class Room:
    """Made by ``load_room``. ``left`` is called when the last client has gone, or when the room had to be given up."""

    def __init__(self, record: DocumentRecord, history: History, base: Base, storage: Storage, limits: Limits) -> None:
        self.epoch: Epoch = history.epoch
        self.limits = limits
        self.left: Callable[[Room], None] = _nobody
        #: Told whose whereabouts are others now.
        self.place_changed: Callable[[ParticipantId], None] = _nobody
        self.broken = False
        #: Whether somebody who may not run code has changed the document.
        self._guests = False
        self._members: dict[RoomClient, Member] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._edits = RoomEdits(record, history.update, storage.journal, self._circle(), limits, storage.turn)
        self._moves = Moves(limits, self._members.values, self._send, lambda person: self.place_changed(person))
        self._trust = Trust(storage.journal, record.id, history.vouched)
        self._announcer = Announcer(self._tell, lambda: self._saver.state, self._edits.ledger)
        self._edits.ledger.safe_changed = self._announcer.safe_changed
        self.outside = RoomOutside(self._announcer, self._spawn)
        outlet = Outlet(self._edits.note, self._edits.pass_on, self._flush_guarded)
        self.file = self.outside.file = RoomFile(
            record, storage, self.document, self._trust, base, self.vouch, self.outside.merged, outlet
        )
        self.file.left_out = lambda: self.notice("left_out", sentence(_LEFT_OUT, self.path.rpartition("/")[2]))
        self._saver = Saver(self.file, limits.save_delay_ms / 1000, self._saver_says, self.outside.gone)
        self._unwatch = storage.store.watch(record.path, self._saver.file_changed)

    def _circle(self) -> Circle:
        return Circle(
            send=self._send,
            broadcast=lambda frame, but, large: self._broadcast(frame, but=but, large=large),
            tell=self._tell,
            is_here=lambda member: member.client in self._members,
            number=lambda: len(self._members),
            changed=self._changed,
            flush=self._flush_guarded,
            repaired=lambda: self.notice("order_restored", _RESTORED),
            saved=lambda: self.file.saved,
            guest_writes=self._guest_writes,
            failed=self._failed,
            host_paired=lambda before, after: self.file.storage.store.host_paired(self.path, before, after),
        )

    def _guest_writes(self) -> None:
        if not self._guests:
            self._guests = True
            self.file.storage.store.guest_wrote(self.path)

    def _changed(self) -> None:
        self._saver.changed()
        self.outside.document_changed()

    @property
    def document(self) -> YDocument:
        """What everybody shares."""
        return self._edits.document

    @property
    def id(self) -> DocumentId:
        """Stable over renames."""
        return self.file.record.id

    @property
    def path(self) -> str:
        """Relative to the content root."""
        return self.file.path

    @property
    def place(self) -> str | None:
        """Where the file was when it was opened, links resolved; None without a local disk."""
        return self.file.storage.store.place(self.path)

    @property
    def clients(self) -> list[RoomClient]:
        """Everybody in the room."""
        return list(self._members)

    @property
    def idle(self) -> bool:
        """Nobody is here and nothing is left to be saved."""
        return not self._members and (self.broken or (self._saver.idle and not self._edits.busy))

    # Clients

    def connect(self, client: RoomClient) -> None:
        """Lets a client in: it is asked for what it has. Who is here it is told when it has said something."""
        member = self._members[client] = Member(client, self.file.storage.allowances.of(client))
        member.allowance.serves(client)
        self._send(member, messages.encode_step1(self.document.state_vector()))

    def disconnect(self, client: RoomClient) -> None:
        """The client's socket is closed. May be called twice."""
        member = self._members.pop(client, None)
        if member is None:
            return
        try:
            self._edits.left(member)
            self._moves.left(member)
        except Exception:
            # Of what one client said nothing may keep the others here, or the room from being given back.
            _log.exception("Somebody could not leave the room of %s in good order", self.path)
        if not self._members:
            self.left(self)

    def drop(self, client: RoomClient, code: CloseCode, message: str | None = None) -> None:
        """Puts a client out."""
        client.close(code, message)
        self.disconnect(client)

    def handle(self, client: RoomClient, frame: bytes) -> Awaitable[None] | None:
        """One message of a client. Never raises; what is wrong ends the client's connection.

        Returns what to wait for before more of this client's is read, if anything.
        """
        member = self._members.get(client)
        if member is None:
            return None
        if len(frame) > self.limits.message_bytes:
            self.drop(client, TOO_LARGE)
            return None
        wait = None
        try:
            with member.allowance.work:
                wait = self._handle(member, messages.decode(frame))
            if not member.met:
                member.met = True
                self._moves.tell_all(member)
        except Exception as error:
            self._failed(member, error)
        return wait

    def _failed(self, member: Member, error: Exception) -> None:
        """What somebody said could not be taken: they are put out."""
        if isinstance(error, messages.MalformedMessage):
            self.drop(member.client, MALFORMED)
        elif isinstance(error, DocumentFull):
            self.drop(member.client, TOO_LARGE, sentence(_FULL, self.limits.file_bytes // (1024 * 1024)))
        elif isinstance(error, TooMuch):
            self.drop(member.client, TOO_LARGE, _TOO_MUCH)
        elif isinstance(error, TooMuchWaits):
            self.drop(member.client, TOO_FAST)
        else:
            _log.error("A message could not be handled in the room of %s", self.path, exc_info=error)
            self.drop(member.client, INTERNAL)

    def _handle(self, member: Member, message: messages.ClientMessage) -> Awaitable[None] | None:
        if isinstance(message, messages.SyncUpdate):
            return self._edits.receive(member, message)
        if isinstance(message, messages.AwarenessUpdate):
            self._moves.received(member, message.update)
            self._edits.announced(member, self._moves.ids_of(member))
        elif isinstance(message, messages.SyncStep1):
            self._answer(member, message)
        elif isinstance(message, messages.QueryAwareness):
            self._moves.tell_all(member)
        elif isinstance(message, messages.Hello):
            self._hello(member, message)
        elif isinstance(message, messages.Vouch):
            self._vouch(member, message)
        elif isinstance(message, messages.Save):
            self._edits.in_turn(member, lambda: self._save(member, message))
        elif isinstance(message, messages.ChangeAction):
            self._spawn(self._change_for(member, message))
        elif isinstance(message, messages.Ping):
            self._send(member, messages.encode_json("pong", {}))
        return None

    # Out

    def _answer(self, member: Member, asked: messages.SyncStep1) -> None:
        """With what the page lacks: all of a large document, which waits here until it is read."""
        if not member.allowance.reads:
            self.drop(member.client, TOO_SLOW)
            return
        self._send(member, messages.encode_step2(self.document.diff(asked.state_vector)))
        self._edits.greeted(member, asked.state_vector)

    def _flush_guarded(self, saved: PackedSave | None = None) -> None:
        try:
            self._edits.flush(saved)
        except Exception:
            _log.exception("The room of %s failed and is loaded again", self.path)
            self.give_up(INTERNAL)

    def _broadcast(
        self, frame: bytes, *, but: Member | None = None, hello_only: bool = False, large: bool = False
    ) -> None:
        slow = [
            member
            for member in self._members.values()
            if member is not but
            and (member.hello or not hello_only)
            and not (member.client.send_large(frame) if large else member.client.send(frame))
        ]
        for member in slow:
            self.drop(member.client, TOO_SLOW)

    def _send(self, member: Member, frame: bytes) -> None:
        if not member.client.send(frame):
            self.drop(member.client, TOO_SLOW)

    def whereabouts(self) -> dict[ParticipantId, Whereabouts]:
        """Of everybody who has told them."""
        return self._moves.whereabouts()

    # Our own messages

    def _hello(self, member: Member, hello: messages.Hello) -> None:
        if hello.version != self.limits.protocol_version:
            self.drop(member.client, VERSION)
            return
        member.hello, member.identities = True, hello.identities
        self._send(member, messages.encode_json("welcome", self._welcome(member)))
        for frame in vouched_frames(self._trust.digests):
            self._send(member, frame)
        for frame in self._announcer.newcomer():
            self._send(member, frame)

    def _welcome(self, member: Member) -> dict[str, Any]:
        limits = self.limits
        return {
            "version": limits.protocol_version,
            "epoch": self.epoch,
            "path": self.path,
            "capabilities": sorted(member.client.capabilities()),
            "user": member.client.identity.to_user(),
            "limits": {"message_bytes": limits.message_bytes, "awareness_bytes": limits.awareness_bytes},
        }

    def _vouch(self, member: Member, message: messages.Vouch) -> None:
        if member.can(Capability.EXECUTE):
            self.vouch(message.digests)
        else:
            self._edits.refuse(member, "Only who may run code can vouch for outputs.")

    def vouch(self, digests: Iterable[Digest]) -> None:
        """Vouches for outputs; to be called before the update that carries them."""
        for frame in vouched_frames(self._trust.add(digests)):
            self._tell(frame)

    def _save(self, member: Member, message: messages.Save) -> None:
        if not member.can(Capability.EDIT):
            self._save_result(member, message.id, "You can read this document, not save it.")
            return
        self._spawn(self._save_for(member, message))

    async def _save_for(self, member: Member, message: messages.Save) -> None:
        try:
            await self._saver.save_now(restore=message.restore, asked=True)
            self._save_result(member, message.id, None)
        except CohostError as error:
            self._save_result(member, message.id, error.message)

    async def _change_for(self, member: Member, message: messages.ChangeAction) -> None:
        answer = await self.outside.act(member, message)
        if member.client in self._members:
            self._send(member, answer)

    def _save_result(self, member: Member, request: str, problem: str | None) -> None:
        body = {"id": request, "ok": problem is None, **({} if problem is None else spoken(problem))}
        if member.client in self._members:
            self._send(member, self._announcer.state())
            self._send(member, messages.encode_json("save_result", body))

    def notice(self, code: str, message: str, **more: Any) -> None:
        """Tells the people present, and those who come within a minute."""
        self._announcer.notice(code, message, **more)

    def _tell(self, frame: bytes) -> None:
        """To everybody who understands our own messages."""
        self._broadcast(frame, hello_only=True)

    # The file

    async def save(self) -> None:
        """Returns when what the document holds now is in the file. Raises CohostError."""
        await self._saver.save_now()

    async def compare_with_file(self, loaded: LoadedFile) -> None:
        """At the beginning: the file may have changed while the server was down, or lack the last edits."""
        self.file.note(loaded)
        if loaded.hash != self.file.saved.hash:
            await self.file.look()
        elif loaded.trusted:
            self.vouch(digests_in(self.file.base.shown))
        if not self.file.is_clean():
            self._saver.changed()

    def _saver_says(self, state: SaveState) -> None:
        self._announcer.saver_says(state)
        if state.state == "saved":
            self._edits.ledger.tidy()

    def file_failed(self, reason: str) -> None:
        """The file cannot be saved for now."""
        self._saver.fail(reason)

    def renamed(self, record: DocumentRecord) -> None:
        """The file has another path now; the room stays."""
        self._unwatch()
        self.file.record = record
        if self._guests:
            self.file.storage.store.guest_wrote(record.path)
        self._unwatch = self.file.storage.store.watch(record.path, self._saver.file_changed)
        self._saver.file_changed()
        self._tell(messages.encode_json("renamed", {"path": record.path}))

    # The end

    def give_up(self, code: CloseCode) -> None:
        """Puts everybody out; the journal has what was acknowledged, clients bring the rest."""
        self.broken = True
        for client in self.clients:
            self.drop(client, code)
        self.left(self)

    async def close(self, code: CloseCode = GOING_AWAY) -> None:
        """Saves, then lets go of everything. Never raises for a file or journal that cannot be written."""
        self._edits.stop()
        if not self.broken:
            self._flush_guarded()
        try:
            await self._edits.ledger.settled()
            if not self.broken:
                await self._edits.agreement.settle()
                await self.save()
        except CohostError as error:
            _log.warning("%s is not saved: %s", self.path, error.message)
        for client in self.clients:
            self.drop(client, code)
        await self._release()

    async def _release(self) -> None:
        await self._saver.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            if not self.broken:
                self._flush_guarded()
                await self._edits.ledger.settled()
                await self.file.settle()
        except CohostError as error:
            _log.warning("The journal of %s could not be made smaller: %s", self.path, error.message)
        # Last: where the file is, is known for as long as it is watched.
        self._unwatch()
        self._edits.close()
        self._moves.close()
        self._announcer.close()

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _nobody(_about: object) -> None:
    """Nobody asked to be told."""
