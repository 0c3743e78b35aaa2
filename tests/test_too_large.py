"""ROOM-45: a message above the limit closes the socket with our code and sentence, by whomever and however large."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from jupyterlab_cohost.core.chat_limits import CHAT_LIMITS
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS

from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import guest, host, shared

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("large"))
    (process.root / "a.txt").write_text("hello\n")
    yield process.start()
    process.stop()


async def said_at_the_end(url: str, headers: dict[str, str], frame: bytes | str) -> tuple[int | None, str]:
    async with aiohttp.ClientSession() as http, http.ws_connect(url, headers=headers, max_msg_size=0) as socket:
        sending = asyncio.ensure_future(
            socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame, compress=None)
        )
        while True:
            message = await asyncio.wait_for(socket.receive(), 30)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                sending.cancel()
                return socket.close_code, str(message.extra or "")


@pytest.mark.parametrize("over", [1, 2 * MEBIBYTE, 8 * MEBIBYTE])
async def test_room_45_in_a_room(server: JupyterProcess, over: int) -> None:
    """[ROOM-45] Just above the limit, and far above it, where tornado would cut the connection."""
    document = {"path": "a.txt", "type": "file", "format": "text"}
    url = f"{server.ws_origin}/cohost/rooms/{host(server, 'POST', 'documents', document).body['id']}"
    code, reason = await said_at_the_end(url, HEADERS, bytes(DEFAULT_LIMITS.message_bytes + over))
    assert code == 4413 and "larger than" in reason


@pytest.mark.parametrize("over", [1, MEBIBYTE])
async def test_room_45_in_the_chat(server: JupyterProcess, over: int) -> None:
    session = shared(server)
    joined = guest(server, session["id"], "join", {"secret": session["secret"], "carrier": "bearer"}).body
    url = f"{server.ws_origin}/cohost/g/{session['id']}/chat"
    headers = {"Authorization": f"Bearer {joined['credential']}"}
    code, reason = await said_at_the_end(url, headers, "x" * (CHAT_LIMITS.frame_bytes + over))
    assert code == 4413 and "larger than" in reason
