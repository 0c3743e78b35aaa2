"""What the sockets of rooms and of the chat share: whole frames out through a bounded buffer, and one way to close."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar

from jupyter_server.base.websocket import WebSocketMixin
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..protocol.close_codes import CloseCode
from .polite_close import PoliteSocketMixin
from .shared_frame import SharedFrame
from .write_through import waiting_bytes, write_through

_REASON_BYTES = 123


class FrameSocket(PoliteSocketMixin, WebSocketMixin, WebSocketHandler):
    """Base class: a subclass says how frames are encoded (``shared``) and calls ``start_frames`` in ``open``."""

    shared: ClassVar[SharedFrame]
    _limit = _bound = 0

    def start_frames(self, buffer_bytes: int) -> None:
        """``buffer_bytes``: what may wait for a page that does not read."""
        self._limit = self._bound = buffer_bytes
        self.set_nodelay(True)

    @property
    def waiting_bytes(self) -> int:
        """Asked of the stream every time."""
        return waiting_bytes(self.ws_connection)

    def send_frame(self, frame: bytes, *, besides: int = 0) -> bool:
        """False when the page does not read. One large frame may stand in the buffer besides the limit, else big
        documents could not be opened. ``besides``: as many bytes may, for this frame."""
        connection: Any = self.ws_connection
        if connection is None or connection.is_closing():
            return True
        stream = connection.stream
        waiting = waiting_bytes(connection)
        if besides:
            self._bound = max(self._bound, min(waiting + len(frame), self._limit + besides))
        if waiting > self._bound:
            return False
        if waiting <= self._limit:
            self._bound = self._limit + (len(frame) if len(frame) > self._limit // 2 else 0)
        write_through(stream, self.shared.of(frame))
        return True

    def close_with(self, code: CloseCode, message: str | None = None) -> None:
        """Closes with the code and its sentence, or another one."""
        reason = (message or code.message).encode("utf-8")[:_REASON_BYTES].decode("utf-8", "ignore")
        with contextlib.suppress(WebSocketClosedError, StreamClosedError):
            self.close(code.code, reason)

    def ping_page(self) -> None:
        """A browser answers by itself, even in a tab that sleeps."""
        with contextlib.suppress(WebSocketClosedError, StreamClosedError):
            self.ping(b"")

    def get_compression_options(self) -> dict[str, Any] | None:
        return None
