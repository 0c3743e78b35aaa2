"""GATE: a guest in the rooms of the session's documents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from jupyterlab_cohost.protocol.close_codes import REMOVED
from jupyterlab_cohost.protocol.varint import write_bytes, write_varuint

from ..support.gateway import Guest, World
from ..support.room_client import REFUSED, TestClient

Guests = Callable[[str], Guest]


def locate(guest: Guest, path: str, kind: str = "file") -> Any:
    return guest.request("POST", "documents", {"path": path, "type": kind, "format": "text"})


def room_client(guest: Guest, document: str) -> TestClient:
    address = f"http://127.0.0.1:{guest.port}{guest.base}/rooms/{document}"
    return TestClient(lambda: address, guest.carrier(guest))


async def close_code(socket: Any, seconds: float) -> int | None:
    async def look() -> None:
        async for _ in socket:
            pass

    await asyncio.wait_for(look(), seconds)
    code: int | None = socket.close_code
    return code


def fresh(world: World, name: str) -> str:
    (world.server.root / "shared" / name).write_text("old\n")
    return f"shared/{name}"


async def test_gate_20_guests_edit_together_as_far_as_their_role_allows(guest: Guests, world: World) -> None:
    path = fresh(world, "together.py")
    editor, viewer = guest("editor"), guest("viewer")
    document = locate(editor, path).json()
    assert document["model"]["path"] == path and document["model"]["content"] is None
    writer = await room_client(editor, document["id"]).start()
    reader = await room_client(viewer, locate(viewer, path).json()["id"]).start()
    try:
        text = writer.text
        text += "by the editor"
        await reader.until(lambda: "by the editor" in str(reader.text))
        forbidden = reader.text
        forbidden += "by the viewer"
        await reader.until(lambda: any(kind == REFUSED for kind, _ in reader.messages))
        await writer.until(lambda: writer.all_acknowledged)
        assert "by the viewer" not in str(writer.text)
    finally:
        await writer.stop()
        await reader.stop()


@pytest.mark.parametrize(
    "path", ["private/secret.txt", "deep/er/two.ipynb", "shared/.hidden/x.txt", "shared/secret-link.txt", "", "../x"]
)
def test_gate_21_no_room_for_what_is_not_shared(guest: Guests, path: str) -> None:
    assert locate(guest("runner"), path).status in (404, 415)


async def test_gate_22_a_room_of_another_document_and_a_made_up_one_are_not_there(guest: Guests, world: World) -> None:
    hosts = world.host("POST", "cohost/api/documents", {"path": "private/secret.txt", "type": "file"}).json()["id"]
    runner = guest("runner")
    async with aiohttp.ClientSession() as http:
        for document in (hosts, "made-up-by-a-guest", "A" * 64):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with runner.connect(http, f"rooms/{document}"):
                    pass
            assert refused.value.status == 404


@pytest.mark.parametrize("what", ["removed", "role", "ended", "moved", "unshared"])
async def test_gate_23_what_the_host_decides_closes_the_room_within_a_second(
    guest: Guests, world: World, what: str
) -> None:
    path = fresh(world, f"closing-{what}.py")
    own = {"ended": ["shared"], "unshared": [path, "deep"]}
    session = await asyncio.to_thread(world.share, own[what]) if what in own else world.session
    made = guest("editor")
    editor = made if session == world.session else await asyncio.to_thread(world.guest, "editor", session, made.carrier)
    document, elsewhere = locate(editor, path).json()["id"], f"private/moved-{editor.participant}.py"
    async with aiohttp.ClientSession() as http, editor.connect(http, f"rooms/{document}") as socket:
        await socket.receive()
        decide: dict[str, Callable[[], Any]] = {
            "removed": lambda: world.remove(editor),
            "role": lambda: world.change_role(editor, "viewer"),
            "ended": lambda: world.end(session),
            "moved": lambda: world.host("PATCH", f"api/contents/{path}", {"path": elsewhere}),
            "unshared": lambda: world.host("PATCH", f"cohost/api/sessions/{session}", {"remove": [path]}),
        }
        await asyncio.to_thread(decide[what])
        codes = {"removed": 4411, "role": 4428, "ended": 4410, "moved": 4403, "unshared": 4403}
        assert await close_code(socket, 1) == codes[what]
    if what == "moved":
        (world.server.root / elsewhere).unlink()


async def test_gate_24_a_file_that_is_open_together_is_not_overwritten_by_an_upload(
    guest: Guests, world: World
) -> None:
    path = fresh(world, "open.py")
    editor = guest("editor")
    client = await room_client(editor, locate(editor, path).json()["id"]).start()
    try:
        body = {"type": "file", "format": "text", "content": "overwritten"}
        assert editor.request("PUT", f"api/contents/{path}", body).status == 409
    finally:
        await client.stop()


async def test_gate_25_a_guests_rename_keeps_the_room(guest: Guests, world: World) -> None:
    path = fresh(world, "before.py")
    editor = guest("editor")
    document = locate(editor, path).json()["id"]
    client = await room_client(editor, document).start()
    try:
        assert editor.request("PATCH", f"api/contents/{path}", {"path": "shared/after.py"}).status == 200
        assert locate(editor, "shared/after.py").json()["id"] == document
        text = client.text
        text += "after"
        await client.until(lambda: client.all_acknowledged)
        assert client.closes == []
    finally:
        await client.stop()
    assert editor.request("DELETE", "api/contents/shared/after.py").status == 204


async def test_gate_23_no_state_that_a_page_told_keeps_a_removed_guest_in(world: World) -> None:
    """One page of a viewer ends the state of the other: leaving must go on as ever, in all their rooms."""
    viewer = await asyncio.to_thread(world.guest, "viewer")
    first, second = (locate(viewer, fresh(world, f"told-{number}.py")).json()["id"] for number in (1, 2))
    async with aiohttp.ClientSession() as http, AsyncExitStack() as all_sockets:

        async def connect(document: str) -> Any:
            socket = await all_sockets.enter_async_context(viewer.connect(http, f"rooms/{document}"))
            # Nobody is told who is here before they have said something.
            await socket.send_bytes(b"\x00\x00\x01\x00")
            return socket

        async def tell(socket: Any, clock: int, state: str) -> None:
            update = write_varuint(1) + write_varuint(5) + write_varuint(clock) + write_bytes(state.encode())
            await socket.send_bytes(b"\x01" + write_bytes(update))

        one, other, elsewhere = await connect(first), await connect(first), await connect(second)
        await tell(one, 1, "{}")
        await _awareness(other, b"{")
        await tell(other, 2, "null")
        await _awareness(one, b"null")
        await asyncio.to_thread(world.remove, viewer)
        codes = [await close_code(socket, 10) for socket in (one, other, elsewhere)]
    assert codes == [REMOVED.code] * 3


async def _awareness(socket: Any, state: bytes) -> None:
    """Until a state that begins so comes."""

    async def look() -> None:
        async for message in socket:
            if message.data[:1] == b"\x01" and state in message.data:
                return

    await asyncio.wait_for(look(), 60)
