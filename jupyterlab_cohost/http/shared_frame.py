"""One encoded WebSocket frame for all receivers of a broadcast."""

from __future__ import annotations

import asyncio
import struct

FINAL_TEXT = 0x81
FINAL_BINARY = 0x82
#: A frame that is larger is kept no longer than the broadcast takes.
_BIG = 64 * 1024


class SharedFrame:
    """The bytes on the wire of the last frame: a broadcast gives the same frame to every socket in a row.

    ``head``: the first byte, FINAL_TEXT or FINAL_BINARY.
    """

    frame = b""
    wire = b""

    def __init__(self, head: int) -> None:
        self._head = head

    def of(self, frame: bytes) -> bytes:
        """A whole unmasked, uncompressed frame (RFC 6455, 5.2)."""
        if frame is not self.frame:
            size = len(frame)
            if size < 126:
                head = struct.pack("!BB", self._head, size)
            elif size < 1 << 16:
                head = struct.pack("!BBH", self._head, 126, size)
            else:
                head = struct.pack("!BBQ", self._head, 127, size)
            self.frame, self.wire = frame, head + frame
            if size > _BIG:
                asyncio.get_running_loop().call_soon(self.forget)
        return self.wire

    def forget(self) -> None:
        """Keeps nothing of what was sent."""
        self.frame = self.wire = b""
