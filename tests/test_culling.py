"""HUB-10: the Jupyter server's own culling of idle servers, with guests who work and guests who only look."""

from __future__ import annotations

import asyncio
import subprocess
import time
from pathlib import Path

import aiohttp

from .support.room_client import TestClient
from .support.server import JupyterProcess
from .support.sessions_kit import guest, shared

_IDLE_S = 4
#: The server looks once a minute whether it is idle; here twice a second. Nothing else is changed.
_LOOKS_OFTEN = """
import tornado.ioloop
_Periodic = tornado.ioloop.PeriodicCallback
tornado.ioloop.PeriodicCallback = lambda call, ms, *more: _Periodic(call, 500 if ms == 60_000 else ms, *more)
"""


def culled_server(work: Path, *arguments: str) -> JupyterProcess:
    idle = f"--ServerApp.shutdown_no_activity_timeout={_IDLE_S}"
    server = JupyterProcess(work, config=_LOOKS_OFTEN, arguments=[idle, *arguments])
    (server.root / "a.txt").write_text("hello\n")
    return server.start()


async def in_the_room(server: JupyterProcess) -> TestClient:
    """A guest's page, open on the file."""
    session = shared(server, kind="persistent")
    joined = guest(server, session["id"], "join", {"secret": session["secret"], "carrier": "bearer"}).body
    headers = {"Authorization": f"Bearer {joined['credential']}"}
    document = {"path": "a.txt", "type": "file", "format": "text"}
    base = f"{server.origin}/cohost/g/{session['id']}"
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{base}/documents", json=document, headers=headers) as answer,
    ):
        room = (await answer.json())["id"]
    return await TestClient(lambda: f"{base.replace('http', 'ws', 1)}/rooms/{room}", headers).start()


async def ended(server: JupyterProcess, within_s: float) -> bool:
    """Whether the process ends in this time."""
    assert server.process is not None
    try:
        await asyncio.to_thread(server.process.wait, within_s)
    except subprocess.TimeoutExpired:
        return False
    return True


async def test_hub_10_who_works_keeps_the_server_and_who_looks_does_not(tmp_path: Path) -> None:
    server = culled_server(tmp_path)
    try:
        client = await in_the_room(server)
        text, began, number = client.text, time.monotonic(), 0
        while time.monotonic() < began + 2.5 * _IDLE_S:
            number += 1
            text += f"line {number}\n"
            await client.until(lambda: client.all_acknowledged)
            assert not await ended(server, 0.5), "culled under people who work"
        assert await ended(server, 4 * _IDLE_S + 10), "kept alive by a page that does nothing"
        await client.until(lambda: bool(client.closes))
        code, reason = client.closes[0]
        assert code == 1001 and "stopping" in reason and "kept" in reason
        assert (server.root / "a.txt").read_text().endswith(f"line {number}\n")
        await client.stop()
    finally:
        server.stop()


async def test_hub_10_guests_work_counts_only_where_the_administrator_lets_it(tmp_path: Path) -> None:
    server = culled_server(tmp_path, "--Cohost.guest_activity=False")
    try:
        client = await in_the_room(server)
        text, deadline = client.text, time.monotonic() + 4 * _IDLE_S + 10
        while not await ended(server, 0.4):
            assert time.monotonic() < deadline
            text += "x"
        await client.until(lambda: bool(client.closes))
        assert client.closes[0][0] == 1001
        await client.stop()
    finally:
        server.stop()
