"""A proxy that ends TLS before an http server, as nginx does it on many hubs: a real one, with little to it.

One request per connection, so that the headers it adds stand on every request; WebSockets go on as bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading

from .certificate import Certificate
from .server import free_port


class TlsFront:
    """https on ``port`` of loopback, passed to another port from ``start`` to ``stop``."""

    def __init__(self, certificate: Certificate, headers: str = "X-Forwarded-Proto: https\r\n") -> None:
        self.port, self._certificate, self._headers = free_port(), certificate, headers.encode()
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._to = 0

    def start(self, to: int) -> None:
        self._to = to
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    async def _listen(self) -> None:
        await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._certificate.server())

    async def _serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await client.readuntil(b"\r\n\r\n")
            if not re.search(rb"^upgrade:", head, re.I | re.M):
                head = re.sub(rb"^connection:.*\r\n", b"", head, flags=re.I | re.M)
                head = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            server, to = await asyncio.open_connection("127.0.0.1", self._to)
            to.write(head.replace(b"\r\n", b"\r\n" + self._headers, 1))
            await asyncio.gather(_pass(client, to), _pass(server, back))
        back.close()


async def _pass(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            to.write(data)
            await to.drain()
    to.close()
