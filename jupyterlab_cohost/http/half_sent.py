"""What a guest has begun to send and not ended waits in tornado's buffers; it counts as what waits of them.

tornado keeps the parts of a message until it is whole, 65 MiB for each socket, and tells nobody. Its own reading of a
connection is wrapped for that: ``tests/test_unread.py`` fails when tornado reads in another way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tornado.iostream import StreamClosedError

from ..core.allowances import Allowance, TooMuchWaits

#: Lengths and masks of frames: every open socket waits for one.
_HEADER_BYTES = 14


class HalfSent:
    """``connection``: tornado's ``WebSocketProtocol13``. ``too_much`` closes the socket with a code."""

    def __init__(self, connection: Any, allowance: Allowance, too_much: Callable[[], None]) -> None:
        self._connection, self._allowance, self._too_much = connection, allowance, too_much
        self._held = 0
        self._read, self._receive = connection._read_bytes, connection._receive_frame
        connection._read_bytes, connection._receive_frame = self._read_bytes, self._receive_frame

    def taken(self) -> None:
        """The message is whole and somebody else's to count, or the socket is closed."""
        self._hold(0)

    async def _read_bytes(self, size: int) -> Any:
        if size > _HEADER_BYTES:
            self._hold(self._parts + size)
        return await self._read(size)

    async def _receive_frame(self) -> None:
        await self._receive()
        self._hold(self._parts)

    @property
    def _parts(self) -> int:
        """The size of a message of which parts are here."""
        return len(self._connection._fragmented_message_buffer or b"")

    def _hold(self, size: int) -> None:
        if size == self._held:
            return
        self._allowance.took(self._held)
        self._held = 0
        try:
            if size:
                self._allowance.wait(size)
        except TooMuchWaits:
            self._too_much()
            raise StreamClosedError from None
        self._held = size
