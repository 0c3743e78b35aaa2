"""``files/<path>``: the bytes of a shared file, as a download that can do nothing."""

from __future__ import annotations

import asyncio
import mimetypes
import os
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from ...protocol.errors import Forbidden
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
        path = await self.guard.locate(path)
        place = self.guard.os_path(path)
        content = None if place is not None else await self._content(path)
        size = len(content) if content is not None else _size(path, place or "")
        span = self._span(size)
        self._head(path, size, span)
        if span is None or self.request.method == "HEAD":
            await self.finish()
            return
        async for piece in _pieces(place or "", content, *span):
            self.write(piece)
            await self.flush()
        await self.finish()

    head = get

    async def _content(self, path: str) -> bytes:
        model: Any = await self.files.get(path, content=True, type="file", format="base64", hash=False)
        return b64decode(model["content"])

    def _span(self, size: int) -> tuple[int, int] | None:
        """First and last byte + 1; None when the range cannot be satisfied (status 416)."""
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.request.headers.get("Range", ""))
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


def _size(path: str, place: str) -> int:
    if not os.path.isfile(place):
        raise not_shared(path)
    return os.path.getsize(place)


async def _pieces(place: str, content: bytes | None, start: int, end: int) -> AsyncIterator[bytes]:
    if content is not None:
        yield content[start:end]
        return
    run = asyncio.get_running_loop().run_in_executor
    with open(place, "rb") as file:  # noqa: ASYNC230 - opening is quick, reading goes to a thread
        file.seek(start)
        while start < end:
            piece = await run(None, file.read, min(_CHUNK, end - start))
            if not piece:
                return
            start += len(piece)
            yield piece
