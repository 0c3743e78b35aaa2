"""A room and what other programs do to its file: told to the people present, looked at, taken back, followed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from ..protocol.errors import CohostError, Forbidden
from ..protocol.messages import ChangeAction, encode_json
from ..protocol.roles import Capability
from ..protocol.sentences import sentence, spoken
from .announcer import Announcer
from .forks import MergedUpdate
from .member import Member
from .outside import OutsideChanges, difference
from .outside_cells import OutsideCells
from .ports import Conflict
from .room_file import GONE, RoomFile

#: ``moved(old, new)``: the room's file was moved by another program; False when the room cannot go there.
Moved = Callable[[str, str], Awaitable[bool]]


class RoomOutside:
    """``file`` is set by the room as soon as there is one."""

    file: RoomFile

    def __init__(self, announcer: Announcer, spawn: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._announcer, self._spawn = announcer, spawn
        self._changes, self._cells = OutsideChanges(), OutsideCells()
        self._looking: asyncio.Handle | None = None
        self.moved: Moved = _stay

    def merged(self, merged: MergedUpdate) -> None:
        """Another program's change is in the document."""
        self._cells.add(self.file.document, merged.cells)
        if merged.changed or merged.conflicts:
            name = self._changes.add(merged.change) if merged.change is not None else None
            self._announcer.merged(merged.conflicts, name)

    def tell_again(self, places: Iterable[str]) -> None:
        """The server ended a moment after another program had changed the same as people."""
        self._announcer.merged([Conflict(place) for place in places], None)

    def document_changed(self) -> None:
        """Somebody may have moved a cell without having seen what another program did to it."""
        if self._cells and self._looking is None:
            # Not inside of the transaction.
            self._looking = asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looking = None
        changes = self._cells.gone()
        if changes:
            self._spawn(self.file.bring_to_copies(changes, self.file.document.diff()))

    async def gone(self) -> bool:
        """The file is not at its path: whether it was found elsewhere, or came back."""
        try:
            new_path = await self.file.moved_to()
            if new_path is None:
                there = await self.file.is_there()
            else:
                there = await self.moved(self.file.path, new_path)
        except CohostError:
            there = False
        if not there:
            self._announcer.notice("file_gone", GONE)
        elif new_path is not None:
            self._announcer.notice("file_moved", "The file was moved by another program; this document goes with it.")
        return there

    async def act(self, member: Member, message: ChangeAction) -> bytes:
        """Does what someone asks for; returns the answer."""
        try:
            more = await self._act(member, message)
        except CohostError as error:
            return encode_json("change_result", {"id": message.id, "ok": False, **spoken(error.message)})
        return encode_json("change_result", {"id": message.id, "ok": True, **more})

    async def _act(self, member: Member, message: ChangeAction) -> dict[str, Any]:
        needed = Capability.EDIT if message.action == "undo" else Capability.READ
        if not member.can(needed):
            raise Forbidden("You can read this document, not change it.")
        change = self._changes.get(message.change)
        if message.action == "difference":
            return {"difference": await asyncio.to_thread(difference, change)}
        self._changes.forget(message.change)
        conflicts = await self.file.undo(change)
        who = member.client.identity.name
        self._announcer.notice("change_undone", sentence("%1 took back a change that another program had made.", who))
        if conflicts:
            self._announcer.merged(conflicts, None)
        return {}


async def _stay(_old: str, _new: str) -> bool:
    return False
