"""A message above the limit closes the socket with our code and sentence; tornado alone would cut the connection.

A connection that is closed while the other side still sends is reset, and what was said last is lost with it: so the
rest is read and thrown away for a moment.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketProtocol13

from ..protocol.close_codes import TOO_LARGE

_TOO_BIG = 1009
_DRAIN_S = 2.0
_PIECE = 64 * 1024


class PoliteProtocol(WebSocketProtocol13):
    """What comes after a message that is too large is not read as messages any more.

    A connection on which a large frame makes its way, in or out, is alive: its pong waits behind the frame.
    """

    _draining: asyncio.Future[None] | None = None
    _handling: asyncio.Future[None] | None = None
    _is_too_large = False

    async def periodic_ping(self) -> None:
        """As tornado's, which takes silence behind a large frame for the end."""
        interval, timeout = self.ping_interval, self.ping_timeout
        loop = asyncio.get_running_loop()
        await asyncio.sleep(interval)
        while True:
            self._received_pong = False
            asked, arrived, left = loop.time(), self._arrived(), self._left()
            self.write_ping(b"")
            await asyncio.sleep(timeout)
            busy = self._handling is not None and not self._handling.done()
            moves = self._arrived() != arrived or (left is not None and self._left() != left)
            if timeout > 0 and not (self._received_pong or busy or moves):
                self.close(reason="ping timed out")
                return
            await asyncio.sleep(max(0.0, asked + interval - loop.time()))

    def _arrived(self) -> tuple[int, int]:
        return self._wire_bytes_in, self.stream._read_buffer_size if self.stream.reading() else 0

    def _left(self) -> int | None:
        """Bytes that the system took; None when it takes all at once, which says nothing about the other side."""
        return self.stream._total_write_done_index if self.stream.writing() else None

    def _handle_message(self, opcode: int, data: bytes) -> asyncio.Future[None] | None:
        self._handling = super()._handle_message(opcode, data)
        return self._handling

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """1009 is tornado's own word for a message above the limit."""
        if code == _TOO_BIG:
            self._is_too_large, code, reason = True, TOO_LARGE.code, TOO_LARGE.message
        super().close(code, reason)

    def _abort(self) -> None:
        if not self._is_too_large:
            super()._abort()
        elif self._draining is None:
            self.client_terminated = True  # ends tornado's loop over frames
            self._draining = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        with contextlib.suppress(StreamClosedError, asyncio.TimeoutError):
            await asyncio.wait_for(self._read_all(), _DRAIN_S)
        self._is_too_large = False
        self._abort()

    async def _read_all(self) -> None:
        while True:
            await self.stream.read_bytes(_PIECE, partial=True)


class PoliteSocketMixin:
    """Put it before ``WebSocketHandler`` in the bases."""

    def get_websocket_protocol(self: Any) -> Any:
        """tornado asks for it at the upgrade."""
        protocol = super().get_websocket_protocol()  # type: ignore[misc]
        if isinstance(protocol, WebSocketProtocol13):
            return PoliteProtocol(self, False, protocol.params)
        return protocol
