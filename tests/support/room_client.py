"""A room client for tests: pycrdt over aiohttp, with hello, acknowledgements and y-websocket's way to come back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import aiohttp
from pycrdt import (
    Array,
    Decoder,
    Doc,
    Encoder,
    Map,
    Text,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)

HELLO, WELCOME, ACK, SAVE_STATE, REFUSED, VOUCHED, VOUCH, SAVE, SAVE_RESULT, NOTICE = range(100, 110)


def json_message(kind: int, body: object) -> bytes:
    """One of our own messages: varuint type, varstring of JSON."""
    encoder = Encoder()
    encoder.write_var_uint(kind)
    encoder.write_var_string(json.dumps(body))
    return encoder.to_bytes()


class TestClient:
    """Keeps its document over disconnects; ``acked`` is how many of its sync messages are committed."""

    __test__ = False

    def __init__(
        self,
        url: Callable[[], str],
        headers: dict[str, str],
        *,
        hello: bool = True,
        client: Callable[[], aiohttp.ClientSession] = aiohttp.ClientSession,
    ) -> None:
        self.url, self.headers, self.hello, self._client = url, headers, hello, client
        self.doc: Doc[Any] = Doc()
        self.synced = asyncio.Event()
        self.changed = asyncio.Event()
        self.sent = self.acked = 0
        self.messages: list[tuple[int, Any]] = []
        self.closes: list[tuple[int | None, str]] = []
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self._remote = False
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._subscription = self.doc.observe(self._updated)

    @property
    def text(self) -> Text:
        return self.doc.get("source", type=Text)

    @property
    def cells(self) -> Array[Map]:
        return self.doc.get("cells", type=Array)

    @property
    def all_acknowledged(self) -> bool:
        return self.synced.is_set() and self.acked == self.sent

    def _updated(self, event: Any) -> None:
        if not self._remote and self.socket is not None:
            self._send_sync(create_update_message(event.update))

    def _send_sync(self, frame: bytes) -> None:
        self.sent += 1
        self._outbox.put_nowait(frame)

    def send(self, frame: bytes) -> None:
        """Puts any frame on the wire, in order."""
        self._outbox.put_nowait(frame)

    async def start(self, timeout: float = 60) -> TestClient:
        self._task = asyncio.create_task(self._run())
        await asyncio.wait_for(self.synced.wait(), timeout)
        return self

    async def _run(self) -> None:
        async with self._client() as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    await self._connect_once(http)
                self.socket = None
                self.synced.clear()
                await asyncio.sleep(0.1)

    async def _connect_once(self, http: aiohttp.ClientSession) -> None:
        async with http.ws_connect(self.url(), headers=self.headers, max_msg_size=0) as socket:
            self._outbox = asyncio.Queue()
            self.sent = self.acked = 0
            if self.hello:
                self.send(json_message(HELLO, {"version": 1}))
            self.send(create_sync_message(self.doc))
            self.socket = socket
            writer, reason = asyncio.create_task(self._write(socket)), ""
            try:
                while not socket.closed:
                    message = await socket.receive()
                    if message.type == aiohttp.WSMsgType.BINARY:
                        self._receive(message.data)
                    elif message.type == aiohttp.WSMsgType.CLOSE:
                        reason = str(message.extra or "")
            finally:
                writer.cancel()
                self.closes.append((socket.close_code, reason))

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            while True:
                await socket.send_bytes(await self._outbox.get())

    def _receive(self, frame: bytes) -> None:
        decoder = Decoder(frame)
        kind = decoder.read_var_uint()
        if kind == 0:
            self._remote = True
            try:
                reply = handle_sync_message(frame[1:], self.doc)
            finally:
                self._remote = False
            if reply is not None:
                self._send_sync(reply)
            if frame[1] == 1:
                self.synced.set()
        elif kind == ACK:
            self.acked = decoder.read_var_uint()
        elif kind >= HELLO:
            self.messages.append((kind, json.loads(decoder.read_var_string())))
        self.changed.set()

    async def until(self, condition: Callable[[], bool], timeout: float = 120) -> None:
        """Waits for a condition that messages from the server change."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError("the condition did not come true")
            self.changed.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.changed.wait(), 0.2)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
