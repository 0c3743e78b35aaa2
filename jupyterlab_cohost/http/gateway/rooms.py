"""``rooms/<document>``: a guest in a room. The document's place is looked up at every message, for it may be moved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from jupyter_server.base.handlers import JupyterHandler

from ...core.ports import Identity
from ...core.room import Room
from ...core.rooms import Rooms
from ...core.scope import is_below
from ...protocol.close_codes import FORBIDDEN, CloseCode
from ...protocol.errors import NotFound
from ...protocol.ids import DocumentId, SessionId
from ...protocol.limits import Limits
from ...protocol.roles import Capabilities, Capability
from ..room_socket import RoomSocket
from .auth import GatewaySocketMixin
from .base import GuestMixin
from .sockets import close_for_good


class GuestRoomSocket(GuestMixin, GatewaySocketMixin, RoomSocket, JupyterHandler):  # type: ignore[misc]
    """One guest's connection to one room."""

    _path = ""
    _stop_feed: Callable[[], None] = staticmethod(lambda: None)

    async def get(self, document_id: str) -> None:
        """A made-up id, and a document outside the scope, answer alike."""
        record = await self.rooms.record(DocumentId(document_id))
        if record is None:
            raise NotFound("This document is not part of this session.")
        self._path = await self.guard.locate(record.path)
        await super().get(document_id=document_id)

    def open(self, document_id: str, *args: str, **kwargs: str) -> None:
        self.register_socket(self._thrown_out, self._may_read)
        self._stop_feed = self.services.renames.subscribe(self._moved)
        super().open(document_id)

    @property
    def rooms(self) -> Rooms:
        return self.services.rooms

    @property
    def room_limits(self) -> Limits:
        return self.services.limits

    def room_identity(self) -> Identity:
        return self.participant.identity

    def room_capabilities(self) -> Capabilities:
        return self.capabilities(self._place())

    def _place(self) -> str:
        return self.room.path if self.room is not None else self._path

    def _may_read(self) -> bool:
        return self.can(Capability.READ, self._place()) and (self.room is None or self.may_be_in(self.room))

    def may_be_in(self, room: Room) -> bool:
        """What the path leads to now need not be what the room was opened from: that counts."""
        return room.place is None or self.guard.holds(room.path, room.place)

    def _moved(self, old: str, new: str, _followed: frozenset[SessionId]) -> None:
        """The host moved the document, or a folder above it: where the scope did not follow, it is out of sight."""
        if self._path == old or is_below(self._path, old):
            self._path = new + self._path[len(old) :]
            if not self._may_read():
                self._thrown_out(FORBIDDEN)

    def _thrown_out(self, code: CloseCode) -> None:
        """Out of the room at once: what others type is not sent any more while the socket closes."""
        if self.room is not None and self.client is not None:
            self.room.disconnect(self.client)
            self.room = None
        close_for_good(self, code)

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        if not self.takes(message):
            return None
        if self.can(Capability.EDIT, self._place()):
            self.services.activity.room_message(message)
        return super().on_message(message)

    def on_close(self) -> None:
        self.unregister_socket()
        self._stop_feed()
        super().on_close()
