"""GATE-42: hypothesis over every WebSocket, as everybody: nobody else is let in, and no message is a fault."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..gateway_contract.test_kernels import NB, V1, attach
from ..support.gateway import HEADERS_OF_SOCKETS, SECRET, Guest, World, bearer, cookie, nobody, send
from ..support.room_client import TestClient
from ..support.server import HEADERS
from . import bounded
from .frames import CHAT_HELLO, NONSENSE, Frame, chat, kernel, room

PONG = aiohttp.WSMsgType.PONG
DATA = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.PING)
ROLES = ("viewer", "editor", "runner")
#: Below the gateway; what is sent there; who may connect.
SOCKETS: dict[str, tuple[st.SearchStrategy[Frame], tuple[str, ...]]] = {
    "rooms/{room}": (room(), ROLES),
    "chat": (chat(), ROLES),
    "events": (chat(), ROLES),
    "api/events/subscribe": (NONSENSE, ROLES),
    "api/kernels/{kernel}/channels": (kernel(), ("runner",)),
}
HOST_SOCKETS: dict[str, st.SearchStrategy[Frame]] = {
    "cohost/rooms/{room}": room(),
    "cohost/api/sessions/{session}/chat": chat(),
    "cohost/api/events": chat(),
}


@dataclass
class Place:
    world: World
    names: dict[str, str]

    def url(self, path: str) -> str:
        return f"{self.world.server.ws_origin}/{path.format(**self.names)}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    world = World(tmp_path_factory.mktemp("sockets"))
    document = {"path": "shared/a.py", "type": "file", "format": "text"}
    room_id = world.host("POST", "cohost/api/documents", document).json()["id"]
    kernel_id = attach(world.guest("runner"), NB)["kernel"]["id"]
    yield Place(world, {"room": room_id, "kernel": kernel_id, "session": world.session})
    log = world.server.log()
    world.stop()
    for word in ("Traceback", "Uncaught exception"):
        assert word not in log, log[max(0, log.index(word) - 500) :][:4000]


async def talk(url: str, headers: dict[str, str], frames: list[Frame]) -> None:
    """Says all of it; hears what comes until the server has read it or closes, and not for a fault of its own."""
    protocols = (V1,) if url.endswith("channels") else ()
    options: Any = {"headers": headers, "protocols": protocols, "max_msg_size": 0, "autoping": False}
    async with aiohttp.ClientSession() as http, http.ws_connect(url, **options) as socket:
        with contextlib.suppress(ConnectionError):
            for frame in frames:
                await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
            await socket.ping(b"heard")
        heard = await socket.receive(20)
        while heard.type in DATA or (heard.type is PONG and heard.data != b"heard"):
            data = heard.data if isinstance(heard.data, (bytes, bytearray)) else heard.data.encode()
            assert SECRET.encode() not in data
            heard = await socket.receive(20)
        assert socket.close_code not in (1006, 1011), (socket.close_code, frames)


def lists(path: str, special: st.SearchStrategy[Frame]) -> st.SearchStrategy[list[Frame]]:
    frames = st.lists(special | special | NONSENSE, min_size=1, max_size=6)
    # Else next to nobody would get beyond the door.
    return frames | frames.map(lambda sent: [CHAT_HELLO, *sent]) if path.endswith("chat") else frames


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", SOCKETS)
async def test_gate_42_what_guests_send_is_no_fault(place: Place, path: str, role: str) -> None:
    frames, allowed = SOCKETS[path]
    if role not in allowed:
        pytest.skip("not let in: test_gate_42_nobody_else_is_let_in")
    guest = place.world.guest(role)
    url = place.url(f"cohost/g/{guest.session}/{path}")

    @bounded()
    @given(sent=lists(path, frames))
    def examples(sent: list[Frame]) -> None:
        asyncio.run(talk(url, bearer(guest), sent))

    await asyncio.to_thread(examples)
    await honest_people_go_on(place)


@pytest.mark.parametrize("path", HOST_SOCKETS)
async def test_gate_42_what_the_hosts_page_sends_is_no_fault(place: Place, path: str) -> None:
    @bounded()
    @given(sent=lists(path, HOST_SOCKETS[path]))
    def examples(sent: list[Frame]) -> None:
        asyncio.run(talk(place.url(path), HEADERS, sent))

    await asyncio.to_thread(examples)
    await honest_people_go_on(place)


async def honest_people_go_on(place: Place) -> None:
    """In the very room; and a viewer reads what they type."""
    editor, viewer = place.world.guest("editor"), place.world.guest("viewer")
    address = place.url(f"cohost/g/{editor.session}/rooms/{{room}}")
    one = await TestClient(lambda: address, bearer(editor)).start()
    two = await TestClient(lambda: address, bearer(viewer)).start()
    try:
        text = one.text
        text += "honest\n"
        await two.until(lambda: str(two.text) == str(one.text))
        await one.until(lambda: one.all_acknowledged)
    finally:
        await one.stop()
        await two.stop()


def outsiders(world: World) -> list[dict[str, str]]:
    removed = world.guest("runner")
    world.remove(removed)
    ended = world.guest("runner", world.share(["shared"]))
    world.end(ended.session)
    other = world.guest("runner", world.share(["private"]))
    there = [Guest(p.port, world.session, p.participant, p.credential, p.carrier) for p in (removed, ended, other)]
    stranger = Guest(removed.port, world.session, "", "", nobody)
    found = [nobody(stranger), *(carrier(guest) for guest in there for carrier in (bearer, cookie))]
    evil = {**cookie(world.guest("runner")), "Origin": "https://evil.example"}
    return [*found, evil, {**nobody(stranger), **HEADERS}]


@pytest.mark.parametrize("path", [*SOCKETS, *HOST_SOCKETS])
def test_gate_42_nobody_else_is_let_in(place: Place, path: str) -> None:
    """[GATE-42] Whatever stands in the query; a guest of a lower role, a removed one, another session's, a stranger."""
    world, is_host = place.world, path in HOST_SOCKETS
    tried = outsiders(world)
    if is_host:
        tried = [*tried[:-1], bearer(world.guest("runner")), cookie(world.guest("runner"))]
    elif "runner" in SOCKETS[path][1] and len(SOCKETS[path][1]) == 1:
        tried += [carrier(world.guest(role)) for role in ("viewer", "editor") for carrier in (bearer, cookie)]
    address = "/" + (path if is_host else f"cohost/g/{world.session}/{path}").format(**place.names)

    queries = st.dictionaries(st.sampled_from(["ticket", "token", "epoch", "session_id"]), st.text(max_size=20))

    @bounded()
    @given(query=queries)
    def examples(query: dict[str, str]) -> None:
        more = "&".join(f"{name}={value.encode().hex()}" for name, value in query.items())
        for headers in tried:
            sockets = {name.replace("_", "-"): value for name, value in HEADERS_OF_SOCKETS.items()}
            answer = send(world.server.port, "GET", f"{address}?{more}", {**sockets, **headers})
            assert answer.status in (401, 403, 404, 410) or "/login" in answer.headers.get("location", ""), answer
            assert SECRET.encode() not in answer.body

    examples()


async def test_gate_42_nothing_that_was_sent_ran_or_was_written_by_a_viewer(place: Place) -> None:
    """A viewer's well-formed update, after all of that."""
    viewer = place.world.guest("viewer")
    address = place.url(f"cohost/g/{viewer.session}/rooms/{{room}}")
    client = await TestClient(lambda: address, bearer(viewer)).start()
    text = client.text
    text += "by the viewer"
    await client.until(lambda: client.all_acknowledged)
    await client.stop()
    await honest_people_go_on(place)
    assert "by the viewer" not in (place.world.server.root / "shared/a.py").read_text()
