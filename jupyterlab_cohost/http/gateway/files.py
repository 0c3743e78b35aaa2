"""``files/<path>``: the bytes of a shared file, as a download that can do nothing."""

from __future__ import annotations

import asyncio
import mimetypes
import os
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from typing import IO, Any
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from ...protocol.errors import Forbidden
from ...protocol.roles import Capability
from ...storage.regular import open_regular
from .base import Handler
from .csp import FILE_POLICY
from .paths import not_shared

_CHUNK = 256 * 1024
#: Types that a page may show or play; everything else is bytes, so that no file can act as script or style.
_SHOWN = ("image/", "audio/", "video/", "font/")


class FilesHandler(Handler):
    """Takes one byte range (RFC 9110); other forms of Range are ignored."""

    async def get(self, path: str) -> None:
        if self.request.headers.get("Service-Worker") is not None:
            raise Forbidden("A shared file cannot be a service worker.")
        async with self.parts.steady.using():
            path = await self.guard.locate(path)
            place = self.guard.os_path(path)
            opened = None if place is None else self._opened(path, place)
        if opened is not None:
            with opened as file:
                size = os.fstat(file.fileno()).st_size
                await self._answer(path, size, lambda span: _read(file, *span))
        else:
            content = await self._content(path)
            await self._answer(path, len(content), lambda span: _cut(content, *span))

    def _opened(self, path: str, place: str) -> IO[bytes]:
        try:
            return open_regular(place)
        except OSError:
            raise not_shared(path) from None

    async def _answer(self, path: str, size: int, pieces: Callable[[tuple[int, int]], AsyncIterator[bytes]]) -> None:
        """Ends at once when the guest is out, or the file is not shared any more."""
        span = self._span(size)
        self._head(path, size, span)
        if span is None or self.request.method == "HEAD":
            await self.finish()
            return
        self.check_still_in()
        stream: Any = self.request.connection.stream  # type: ignore[union-attr]
        stop = self.services.sockets.watch(
            self.session.id, self.participant.id, lambda _code: stream.close(), lambda: self.can(Capability.READ, path)
        )
        try:
            async for piece in pieces(span):
                self.write(piece)
                await self.flush()
            await self.finish()
        except StreamClosedError:
            self._finished = True
        finally:
            stop()

    head = get

    async def _content(self, path: str) -> bytes:
        model: Any = await self.files.get(path, content=True, type="file", format="base64", hash=False)
        return b64decode(model["content"])

    def _span(self, size: int) -> tuple[int, int] | None:
        """First and last byte + 1; None when the range cannot be satisfied (status 416)."""
        match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", self.request.headers.get("Range", ""))
        if match is None or match.groups() == ("", ""):
            return 0, size
        first, last = match.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last) + 1, size) if first and last else size
        if start >= end:
            self.set_status(416)
            return None
        self.set_status(206)
        return start, end

    def _head(self, path: str, size: int, span: tuple[int, int] | None) -> None:
        name = path.rsplit("/", 1)[-1]
        guessed = mimetypes.guess_type(name)[0] or ""
        self.set_header("Content-Type", guessed if guessed.startswith(_SHOWN) else "application/octet-stream")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name, safe='')}")
        self.set_header("Content-Security-Policy", FILE_POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("Accept-Ranges", "bytes")
        if self.get_status() != 200:
            place = "*" if span is None else f"{span[0]}-{span[1] - 1}"
            self.set_header("Content-Range", f"bytes {place}/{size}")
        if span is not None:
            self.set_header("Content-Length", str(span[1] - span[0]))


async def _cut(content: bytes, start: int, end: int) -> AsyncIterator[bytes]:
    yield content[start:end]


async def _read(file: IO[bytes], start: int, end: int) -> AsyncIterator[bytes]:
    run = asyncio.get_running_loop().run_in_executor
    file.seek(start)
    while start < end:
        piece = await run(None, file.read, min(_CHUNK, end - start))
        if not piece:
            return
        start += len(piece)
        yield piece
