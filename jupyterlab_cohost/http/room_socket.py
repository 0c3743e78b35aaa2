"""A room's WebSocket, for host and guests alike: bytes to the room and back, nothing decided here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from ..core.allowances import TooMuchWaits
from ..core.ports import Identity
from ..core.room import Room
from ..core.rooms import HistoryReplaced, Rooms
from ..protocol.close_codes import (
    GOING_AWAY,
    HISTORY_REPLACED,
    INTERNAL,
    MALFORMED,
    NOT_FOUND,
    TOO_FAST,
    TOO_LARGE,
    UNSUPPORTED,
    CloseCode,
)
from ..protocol.errors import CohostError, Conflict, GoingAway, NotFound, TooLarge, Unsupported
from ..protocol.ids import DocumentId, Epoch
from ..protocol.limits import Limits
from ..protocol.roles import Capabilities, Role
from .frame_socket import FrameSocket
from .half_sent import HalfSent
from .services import SETTINGS_KEY, Services
from .shared_frame import FINAL_BINARY, SharedFrame

#: Above the limit, so that the room can say in words that a message is too large; tornado only cuts the connection.
_SLACK_BYTES = 1024 * 1024


class SocketClient:
    """Implements ``core.ports.RoomClient`` over one handler."""

    def __init__(self, socket: RoomSocket, identity: Identity) -> None:
        self.socket, self.identity = socket, identity

    def capabilities(self) -> Capabilities:
        """Asked of the handler every time."""
        return self.socket.room_capabilities()

    @property
    def waiting(self) -> int:
        """Asked of the stream every time."""
        return self.socket.waiting_bytes

    def send(self, frame: bytes) -> bool:
        return self.socket.send_frame(frame)

    def send_large(self, frame: bytes) -> bool:
        return self.socket.send_frame(frame, besides=self.socket.room_limits.message_bytes)

    def close(self, code: CloseCode, message: str | None = None) -> None:
        """Closes with the code and a sentence."""
        self.socket.close_room(code, message)


class RoomSocket(FrameSocket):
    """Base class: a subclass checks who it is in ``get`` and gives ``rooms``, ``room_limits`` and the two below."""

    shared = SharedFrame(FINAL_BINARY)
    room: Room | None = None
    client: SocketClient | None = None
    _waiting: list[bytes]
    _waiting_bytes = 0
    _half_sent: HalfSent | None = None

    # What a subclass says

    @property
    def rooms(self) -> Rooms:
        """All rooms."""
        raise NotImplementedError

    @property
    def room_limits(self) -> Limits:
        """The limits in force."""
        raise NotImplementedError

    def room_identity(self) -> Identity:
        """Who this is."""
        raise NotImplementedError

    def room_capabilities(self) -> Capabilities:
        """What it may do now."""
        raise NotImplementedError

    def may_be_in(self, room: Room) -> bool:
        """Whether the room, now that it is loaded, is one for them."""
        return True

    # tornado's side

    @property
    def max_message_size(self) -> int:
        return self.room_limits.message_bytes + _SLACK_BYTES

    @property
    def ping_interval(self) -> int:
        """In seconds: tornado's own pings, not those of WebSocketMixin. Asking and waiting make one heartbeat."""
        return max(1, self.room_limits.heartbeat_s // 2)

    @property
    def ping_timeout(self) -> int:
        return self.ping_interval

    def open(self, document_id: str) -> None:
        self.start_frames(self.room_limits.send_buffer_bytes)
        self._waiting = []
        self.client = SocketClient(self, self.room_identity())
        if self.client.identity.role is not Role.HOST:
            allowance = self.rooms.allowance(self.client)
            self._half_sent = HalfSent(self.ws_connection, allowance, lambda: self.close_room(TOO_FAST))
        epoch = self.get_query_argument("epoch", None)
        self._entering = asyncio.ensure_future(self._enter(DocumentId(document_id), Epoch(epoch) if epoch else None))

    async def _enter(self, document_id: DocumentId, epoch: Epoch | None) -> None:
        assert self.client is not None
        try:
            room = await self.rooms.connect(document_id, self.client, epoch)
        except CohostError as error:
            self.close_room(_code_of(error), error.message)
            return
        if self.ws_connection is None:
            room.disconnect(self.client)
            return
        if not self.may_be_in(room):
            room.disconnect(self.client)
            self.close_room(NOT_FOUND)
            return
        self.room = room
        self._people_changed()
        for frame in self._waited():
            room.handle(self.client, frame)

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """Returns what tornado waits for before it reads the next frame, if anything."""
        self._is_taken()
        if isinstance(message, str):
            self.close_room(MALFORMED)
        elif self.room is not None and self.client is not None:
            return self.room.handle(self.client, message)
        else:
            self._wait(message)
        return None

    def _wait(self, message: bytes) -> None:
        """Until the room is loaded."""
        if self._waiting_bytes + len(message) > self.room_limits.message_bytes:
            self.close_room(TOO_LARGE)
        elif self.client is not None:
            try:
                self.rooms.allowance(self.client).wait(len(message))
            except TooMuchWaits:
                self.close_room(TOO_FAST)
                return
            self._waiting_bytes += len(message)
            self._waiting.append(message)

    def _waited(self) -> list[bytes]:
        if self.client is None:
            return []
        self.rooms.allowance(self.client).took(self._waiting_bytes)
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        return waiting

    def _is_taken(self) -> None:
        if self._half_sent is not None:
            self._half_sent.taken()

    def on_close(self) -> None:
        self._is_taken()
        if self.room is not None and self.client is not None:
            self.room.disconnect(self.client)
        self.room = None
        self._waited()
        self._people_changed()

    def _people_changed(self) -> None:
        if self.client is not None:
            services: Services = self.settings[SETTINGS_KEY]
            services.presence.changed(self.client.identity.participant_id)

    def close_room(self, code: CloseCode, message: str | None = None) -> None:
        """Closes with the code and its sentence, or another one."""
        self.close_with(code, message)


def _code_of(error: CohostError) -> CloseCode:
    if isinstance(error, HistoryReplaced):
        return HISTORY_REPLACED
    if isinstance(error, GoingAway):
        return GOING_AWAY
    if isinstance(error, NotFound):
        return NOT_FOUND
    if isinstance(error, TooLarge):
        return TOO_LARGE
    return UNSUPPORTED if isinstance(error, (Unsupported, Conflict)) else INTERNAL
