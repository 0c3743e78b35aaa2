"""Edits of the people in a room: checked, integrated, written to the journal, passed on, acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pycrdt

from ..protocol import messages
from ..protocol.limits import Limits
from ..protocol.roles import Capability
from ..protocol.sentences import spoken
from .agreement import Agreement
from .changed_parts import ChangedParts
from .document import PendingUpdate, YDocument
from .fanout import Ticker
from .large_updates import AT_ONCE_BYTES, Queues, integrate
from .ledger import Ledger
from .member import Member
from .owners import BroughtByAnother, Owners
from .pieces import Piece, Plan
from .ports import DocumentRecord, Journal, PackedSave, SavedContent
from .structs import Update, read_update
from .threads import to_its_end
from .updates import EMPTY, read_state_vector

#: Who brings what the server lost of somebody who is back, too, is asked again until that one has brought it.
_ASK_AGAIN_S, _MOST_ASKS = 1.0, 8


@dataclass(frozen=True)
class Circle:
    """What edits need of the room. ``broadcast``: to everybody but one; ``number``: of people who are here."""

    send: Callable[[Member, bytes], None]
    #: The last one: whether it is part of a large change, for which there is room in every buffer.
    broadcast: Callable[[bytes, Member | None, bool], None]
    #: To everybody who understands our own messages.
    tell: Callable[[bytes], None]
    is_here: Callable[[Member], bool]
    number: Callable[[], int]
    #: The document changed.
    changed: Callable[[], None]
    #: Something must be flushed; it calls ``flush`` and gives the room up when that fails.
    flush: Callable[[], None]
    #: The content had to be typed anew.
    repaired: Callable[[], None]
    saved: Callable[[], SavedContent]
    #: Somebody who may not run code is about to change the document.
    guest_writes: Callable[[], None]
    #: Somebody who may run code changed in which files the notebook is kept: the metadata before and after that say so.
    host_paired: Callable[[dict[str, Any], dict[str, Any]], None]
    #: What somebody said could not be taken.
    failed: Callable[[Member, Exception], None]


class RoomEdits:
    """``history``: one update that holds everything so far. ``turn``: of large updates, on the whole server."""

    def __init__(
        self,
        record: DocumentRecord,
        history: bytes,
        journal: Journal,
        circle: Circle,
        limits: Limits,
        turn: asyncio.Lock,
    ) -> None:
        self._circle, self._limits, self._turn = circle, limits, turn
        self._queues = Queues(circle.failed, limits.message_bytes)
        self._author: Member | None = None
        #: ``document.steering()``, as long as only people change the document.
        self._steering: dict[str, Any] | None = None
        self._batch: list[bytes] = []
        self._authors: set[Member | None] = set()
        self._acks: dict[Member, int] = {}
        #: Whether a part of a large change is among what was not sent yet.
        self._large = False
        self._owners = Owners()
        self.document = YDocument(record.kind, self._changed, yields=True)
        self.ledger = Ledger(journal, record.id, self.document.diff, circle.saved)
        self._ticker = Ticker(circle.flush, limits.tick_max_ms / 1000)
        self.agreement = Agreement(self.document, circle.repaired, self._agreed)
        self._loading = True
        self.document.load(history)
        self._loading = False

    def receive(self, member: Member, message: messages.SyncUpdate) -> Awaitable[None] | None:
        """A step 2 or an update of somebody; returns what to wait for before more is read from them, if anything.

        Raises MalformedMessage, DocumentFull.
        """
        member.received += 1
        number, size = member.received, len(message.update)
        if size > AT_ONCE_BYTES:
            self._queues.add(member, size, partial(self._receive_large, member, message, number))
        elif self._queues.has(member):
            self._queues.add(member, size, partial(self._receive_in_turn, member, message, number))
        else:
            self._receive(member, message, number)
        return self._queues.room()

    def greeted(self, member: Member, state_vector: bytes) -> None:
        """Somebody comes with a copy. A reader's may hold what was lost in a crash, and they cannot bring it."""
        if not member.can(Capability.EDIT) and read_state_vector(state_vector):
            self.agreement.doubted()

    def in_turn(self, member: Member, work: Callable[[], None]) -> None:
        """Now, or behind what somebody said before."""
        if self._queues.has(member):
            self._queues.add(member, 0, work)
        else:
            work()

    @property
    def busy(self) -> bool:
        """Whether large updates are being integrated."""
        return self._queues.busy

    def _receive(self, member: Member, message: messages.SyncUpdate, number: int) -> None:
        if member.can(Capability.EDIT):
            self._apply(member, message)
        elif self.document.would_change(message.update):
            self._may_not(member)
        self._handled(member, number)

    def _receive_in_turn(self, member: Member, message: messages.SyncUpdate, number: int) -> None:
        with member.allowance.work:
            self._receive(member, message, number)

    async def _receive_large(self, member: Member, message: messages.SyncUpdate, number: int) -> None:
        async with self._turn:
            if not member.can(Capability.EDIT):
                await to_its_end(read_update, message.update)
                if self.document.would_change_sound(message.update):
                    self._may_not(member)
            elif not await self._apply_large(member, message):
                self._may_not(member)
        self._handled(member, number)

    def _may_not(self, member: Member) -> None:
        self.refuse(member, "You can read this document, not change it.")

    def _handled(self, member: Member, number: int) -> None:
        if not member.held:
            self._acks[member] = number
            self._ticker.wake()

    def announced(self, member: Member, ids: frozenset[int]) -> None:
        """Under which ids somebody speaks and will write."""
        if not ids <= member.announced:
            member.announced |= ids
            self._owners.announce(ids, member.owner)

    def _apply(self, member: Member, message: messages.SyncUpdate) -> None:
        with self._brought(member, message):
            self.document.check_size(message.update, self._limits.file_bytes)
            self._integrate(member, message, message.update)

    async def _apply_large(self, member: Member, message: messages.SyncUpdate) -> bool:
        """False when the right to edit went while it was integrated: the rest was not taken."""
        with self._brought(member, message):
            self.document.check_size(message.update, self._limits.file_bytes)
            made = await self.document.planned(message.update)
            self._may_bring(member, message, made.clients, made.weight)
            return await self._apply_pieces(member, message, made)
        return True

    async def _apply_pieces(self, member: Member, message: messages.SyncUpdate, made: Plan) -> bool:
        """A cell or an output may be cut in two, so what pages cannot show is looked for at the end."""
        parts, whole = self.document.follow(), False

        def take(piece: Piece) -> None:
            self._large = True
            self._integrate(member, message, piece.data, piece.read, parts)

        try:
            whole = await integrate(self.document, made, take, lambda: member.can(Capability.EDIT))
        finally:
            if parts is not None:
                self.document.mend_parts(parts, cut=not whole)
        return whole

    def _integrate(
        self,
        member: Member,
        message: messages.SyncUpdate,
        update: bytes,
        read: Update | None = None,
        parts: ChangedParts | None = None,
    ) -> None:
        """``parts``: when it is a piece of an update, which was weighed as a whole."""
        before = self.document.steering() if self._steering is None else self._steering
        self._author = member
        if update != EMPTY and not member.can(Capability.EXECUTE):
            self._circle.guest_writes()

        def may_bring(clients: set[int], weight: float) -> None:
            self._may_bring(member, message, clients, weight if read is None else 0.0)

        try:
            self.document.apply(update, may_bring, read=read, parts=parts)
        except (messages.MalformedMessage, PendingUpdate):
            # The document was made anew from its history, which a hostile one may read in another order.
            self.agreement.doubted()
            raise
        finally:
            self._author = None
            self._keep_steering(member, before)
        # In the same tick: nobody sees what their page cannot show, and the sender hears of it, too.
        self.document.mend()

    def _keep_steering(self, member: Member, before: dict[str, Any]) -> None:
        """In which files the notebook is kept is the word of those who may run code."""
        after = self._steering = self.document.steering()
        if after == before:
            return
        if member.can(Capability.EXECUTE):
            self._circle.host_paired(before, after)
        else:
            self.document.steer(before)

    def _may_bring(self, member: Member, message: messages.SyncUpdate, clients: set[int], weight: float) -> None:
        self._owners.check(clients, member.owner, whole=message.step2)
        if member.is_weighed:
            member.allowance.add_structs(weight)

    @contextmanager
    def _brought(self, member: Member, message: messages.SyncUpdate) -> Iterator[None]:
        try:
            yield
            if message.step2:
                member.held, member.asked = False, 0
        except BroughtByAnother:
            self._ask_later(member)
        except PendingUpdate:
            if message.step2:
                raise messages.MalformedMessage("an update builds on what nobody has") from None
            # More may be on the way that was typed before everything comes: it is in there, too.
            if not member.held:
                member.held = True
                self._ask(member)

    def _ask(self, member: Member) -> None:
        """For everything that it has and the document has not."""
        if self._circle.is_here(member):
            self._circle.send(member, messages.encode_step1(self.document.state_vector()))

    def _ask_later(self, member: Member) -> None:
        member.held = True
        member.asked += 1
        if member.asked > _MOST_ASKS:
            raise messages.MalformedMessage("structs under the id of somebody else")
        asyncio.get_running_loop().call_later(_ASK_AGAIN_S, self._ask, member)

    def _changed(self, update: bytes) -> None:
        """The document integrated something, whoever wrote it."""
        if self._author is None:
            self._steering = None
        if self._loading:
            return
        self._batch.append(update)
        self._authors.add(self._author)
        self._circle.changed()
        self._ticker.wake()
        self.agreement.changed(by_people=self._author is not None and self._circle.number() > 1)

    def _agreed(self, digest: str) -> None:
        """Behind everything that it is the digest of."""
        self._circle.flush()
        self._circle.tell(messages.encode_json("copy", {"kind": self.document.kind, "digest": digest}))

    def refuse(self, member: Member, message: str, code: str = "forbidden") -> None:
        """Tells somebody that their change was not taken."""
        if member.hello:
            self._circle.send(member, messages.encode_json("refused", {"code": code, **spoken(message)}))

    async def note(self, update: bytes, saved: PackedSave) -> bool:
        """Another program's change, to the journal before anybody sees it; returns as ``Ledger.note``.

        Were it seen first, a crash before the commit would have it merged once more, beside what pages bring back.
        """
        self._circle.flush()
        return await self.ledger.note(update, saved)

    def pass_on(self, update: bytes) -> None:
        """Integrates a change that is in the journal already."""
        self._circle.flush()
        self.document.load(update)
        batch, self._batch = self._batch, []
        self._authors = set()
        for one in batch:
            self._circle.broadcast(messages.encode_update(one), None, False)

    def flush(self, saved: PackedSave | None = None) -> None:
        """What arrived in this tick, to the journal and to the others. ``saved``: see ``Ledger.append``."""
        acks, self._acks = self._acks, {}
        batch, self._batch = self._batch, []
        authors, self._authors = self._authors, set()
        large, self._large = self._large, False
        update = None
        if batch:
            update = batch[0] if len(batch) == 1 else pycrdt.merge_updates(*batch)
        if saved is not None:
            self.ledger.append(update or EMPTY, partial(self._acknowledge, acks), saved)
        elif update is not None or acks:
            self.ledger.append(update, partial(self._acknowledge, acks))
        if update is not None:
            sole = next(iter(authors)) if len(authors) == 1 else None
            self._circle.broadcast(messages.encode_update(update), sole, large)

    def _acknowledge(self, acks: dict[Member, int]) -> None:
        for member, count in acks.items():
            if member.hello and count > member.acknowledged and self._circle.is_here(member):
                member.acknowledged = count
                self._circle.send(member, messages.encode_ack(count))

    def left(self, member: Member) -> None:
        """Somebody is gone: what waits of theirs was not acknowledged, and their page brings it if it comes back."""
        self._acks.pop(member, None)
        self._queues.drop(member)

    def stop(self) -> None:
        """What is not integrated yet of large updates is not, and not acknowledged."""
        self._queues.close()

    def close(self) -> None:
        """Lets go of everything."""
        self.stop()
        self._ticker.close()
        self.agreement.close()
        self.ledger.close()
        self.document.close()
