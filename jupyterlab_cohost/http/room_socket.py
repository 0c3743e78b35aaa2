"""A room's WebSocket, for host and guests alike: bytes to the room and back, nothing decided here."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from jupyter_server.base.websocket import WebSocketMixin
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..core.ports import Identity
from ..core.room import Room
from ..core.rooms import HistoryReplaced, Rooms
from ..protocol.close_codes import (
    GOING_AWAY,
    HISTORY_REPLACED,
    INTERNAL,
    MALFORMED,
    NOT_FOUND,
    TOO_LARGE,
    UNSUPPORTED,
    CloseCode,
)
from ..protocol.errors import CohostError, GoingAway, NotFound, TooLarge, Unsupported
from ..protocol.ids import DocumentId, Epoch
from ..protocol.limits import Limits
from ..protocol.roles import Capabilities
from .services import SETTINGS_KEY, Services
from .shared_frame import FINAL_BINARY, SharedFrame
from .write_through import write_through

_REASON_BYTES = 123
#: Above the limit, so that the room can say in words that a message is too large; tornado only cuts the connection.
_SLACK_BYTES = 1024 * 1024


_shared = SharedFrame(FINAL_BINARY)


class SocketClient:
    """Implements ``core.ports.RoomClient`` over one handler."""

    def __init__(self, socket: RoomSocket, identity: Identity, limits: Limits) -> None:
        self.socket, self.identity = socket, identity
        self._limit = self._bound = limits.send_buffer_bytes

    def capabilities(self) -> Capabilities:
        """Asked of the handler every time."""
        return self.socket.room_capabilities()

    @property
    def waiting(self) -> int:
        """Asked of the stream every time."""
        buffer = getattr(getattr(self.socket.ws_connection, "stream", None), "_write_buffer", None)
        return len(buffer) if buffer is not None else 0

    def send(self, frame: bytes) -> bool:
        """One large frame may stand in the buffer besides the limit, else big documents could not be opened."""
        connection: Any = self.socket.ws_connection
        if connection is None or connection.is_closing():
            return True
        stream = connection.stream
        waiting = len(stream._write_buffer) if stream._write_buffer is not None else 0
        if waiting > self._bound:
            return False
        if waiting <= self._limit:
            self._bound = self._limit + (len(frame) if len(frame) > self._limit // 2 else 0)
        write_through(stream, _shared.of(frame))
        return True

    def close(self, code: CloseCode, message: str | None = None) -> None:
        """Closes with the code and a sentence."""
        self.socket.close_room(code, message)


class RoomSocket(WebSocketMixin, WebSocketHandler):
    """Base class: a subclass checks who it is in ``get`` and gives ``rooms``, ``room_limits`` and the two below."""

    room: Room | None = None
    client: SocketClient | None = None
    _waiting: list[bytes]
    _waiting_bytes = 0

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

    def get_compression_options(self) -> dict[str, Any] | None:
        return None

    def open(self, document_id: str) -> None:
        self.set_nodelay(True)
        self._waiting = []
        self.client = SocketClient(self, self.room_identity(), self.room_limits)
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
        self.room = room
        self._people_changed()
        waiting, self._waiting = self._waiting, []
        for frame in waiting:
            room.handle(self.client, frame)

    def on_message(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.close_room(MALFORMED)
        elif self.room is not None and self.client is not None:
            self.room.handle(self.client, message)
        else:
            self._waiting_bytes += len(message)
            if self._waiting_bytes > self.room_limits.message_bytes:
                self.close_room(TOO_LARGE)
            else:
                self._waiting.append(message)

    def on_close(self) -> None:
        if self.room is not None and self.client is not None:
            self.room.disconnect(self.client)
        self.room = None
        self._waiting = []
        self._people_changed()

    def _people_changed(self) -> None:
        if self.client is not None:
            services: Services = self.settings[SETTINGS_KEY]
            services.presence.changed(self.client.identity.participant_id)

    def close_room(self, code: CloseCode, message: str | None = None) -> None:
        """Closes with the code and its sentence, or another one."""
        reason = (message or code.message).encode("utf-8")[:_REASON_BYTES].decode("utf-8", "ignore")
        with contextlib.suppress(WebSocketClosedError, StreamClosedError):
            self.close(code.code, reason)


def _code_of(error: CohostError) -> CloseCode:
    if isinstance(error, HistoryReplaced):
        return HISTORY_REPLACED
    if isinstance(error, GoingAway):
        return GOING_AWAY
    if isinstance(error, NotFound):
        return NOT_FOUND
    if isinstance(error, TooLarge):
        return TOO_LARGE
    return UNSUPPORTED if isinstance(error, Unsupported) else INTERNAL
