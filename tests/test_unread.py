"""Guests by hand, who send half of a message, or do not read what they are sent."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Iterator

import pytest

from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS

from .support.gateway import HEADERS_OF_SOCKETS, Guest, World

FIRST, GOES_ON, LAST = 0x02, 0x00, 0x82
MOST = DEFAULT_LIMITS.guest_waiting_bytes
PIECE = bytes(2**20)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("half"))
    yield made
    made.stop()


class Raw:
    """A WebSocket by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def begin(self, size: int, opcode: int = FIRST) -> None:
        """A frame of so many bytes, of which the head alone is sent."""
        await self._send(struct.pack("!BBQ", opcode, 0x80 | 127, size) + b"\0\0\0\0")

    async def part(self, size: int, opcode: int) -> None:
        """A whole frame."""
        await self.begin(size, opcode)
        with contextlib.suppress(ConnectionError):
            for start in range(0, size, len(PIECE)):
                await self._send(PIECE[: size - start])

    async def close_code(self, stop: bytes = b"no such words") -> int:
        """What the server says at its end; pings are not answered. 0: it said ``stop`` before."""
        while True:
            opcode, length = await self._reader.readexactly(2)
            if length == 126:
                [length] = struct.unpack("!H", await self._reader.readexactly(2))
            elif length == 127:
                [length] = struct.unpack("!Q", await self._reader.readexactly(8))
            body = await self._reader.readexactly(length)
            if opcode & 0x0F == 8:
                return int.from_bytes(body[:2], "big")
            if stop in body:
                return 0

    async def _send(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)
            await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


@contextlib.asynccontextmanager
async def raw(guest: Guest, path: str) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", guest.port)
    headers = {**{name.replace("_", "-"): value for name, value in HEADERS_OF_SOCKETS.items()}, **guest.carrier(guest)}
    lines = [f"GET {guest.base}/{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    socket = Raw(reader, writer)
    yield socket
    socket.close()


def room(world: World, name: str) -> str:
    (world.server.root / "shared" / name).write_text("start\n")
    body = {"path": f"shared/{name}", "type": "file", "format": "text"}
    return f"rooms/{world.host('POST', 'cohost/api/documents', body).json()['id']}"


async def refused(guest: Guest, path: str, size: int) -> bool:
    """Whether a message of so many bytes is too much now; else it is taken, and means nothing."""
    async with raw(guest, path) as socket:
        await socket.part(size, LAST)
        try:
            code = await socket.close_code()
        except (ConnectionError, asyncio.IncompleteReadError):
            return True  # The connection was cut while we still sent.
        assert code in (4400, 4420)
        return code == 4420


async def until_refused(guest: Guest, path: str, size: int, wanted: bool) -> None:
    async with asyncio.timeout(60):
        while await refused(guest, path, size) is not wanted:
            pass


async def test_room_49_messages_begun_on_many_sockets_count_together(world: World) -> None:
    """And they count no more when a socket is closed; other guests are not touched."""
    guest, other, path = world.guest("viewer"), world.guest("viewer"), room(world, "half.txt")
    async with raw(guest, path) as first:
        await first.begin(MOST - 1000)
        await until_refused(guest, path, 2000, True)
        assert not await refused(other, path, 2000)
    await until_refused(guest, path, 2000, False)


async def test_room_49_parts_of_a_message_count(world: World) -> None:
    guest, path = world.guest("editor"), room(world, "parts.txt")
    async with raw(guest, path) as first, raw(guest, path) as second:
        for number, socket in enumerate((first, second, first)):
            await socket.part(MOST // 4, GOES_ON if number == 2 else FIRST)
        assert not await refused(guest, path, 2000)
        await until_refused(guest, path, MOST // 2, True)


@pytest.mark.parametrize("path", ["events", "api/events/subscribe"])
async def test_room_49_where_hardly_anything_is_heard_messages_are_small(world: World, path: str) -> None:
    async with raw(world.guest("viewer"), path) as socket:
        await socket.begin(100_000)
        assert await socket.close_code() == 4413


async def test_gate_63_a_page_that_does_not_read_events_is_closed(world: World) -> None:
    """Some 10 MB of them, more than the system keeps."""
    names = [f"{number:03}{'x' * 200}.txt" for number in range(200)]
    for name in names:
        (world.server.root / "shared" / name).write_text("")
    session = world.share([f"shared/{name}" for name in names])
    async with raw(world.guest("viewer", session), "events") as socket:
        for title in [*map(str, range(250)), "the last title"]:
            answer = await asyncio.to_thread(world.host, "PATCH", f"cohost/api/sessions/{session}", {"title": title})
            assert answer.status == 200
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            assert await socket.close_code(stop=b"the last title") == 4429
