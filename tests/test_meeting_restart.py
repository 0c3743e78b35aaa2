"""SESS-32: a session for a meeting and its guests outlive the host's server, as long as the grace period lasts."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from .support.room_client import TestClient
from .support.server import JupyterProcess
from .support.sessions_kit import guest, host, shared


def entered(server: JupyterProcess) -> tuple[dict[str, Any], str]:
    """A session, and the cookie of a guest who is in."""
    session = shared(server)
    joined = guest(server, session["id"], "join", {"secret": session["secret"], "name": "Bo"})
    assert joined.status == 200, joined.body
    return session, joined.cookie


def room_of(server: JupyterProcess, session: dict[str, Any], cookie: str) -> TestClient:
    opened = guest(server, session["id"], "documents", {"path": "a.txt"}, cookie=cookie)
    assert opened.status == 200, opened.body
    address = f"{server.ws_origin}/cohost/g/{session['id']}/rooms/{opened.body['id']}"
    return TestClient(lambda: address, {"Cookie": cookie, "Origin": server.origin})


def kept(server: JupyterProcess) -> Path:
    (file,) = server.data.glob("cohost/sessions-*.json")
    return file


async def test_sess_32_a_guest_goes_on_after_kill_9_and_brings_what_was_typed_meanwhile(tmp_path: Path) -> None:
    server = JupyterProcess(tmp_path)
    (server.root / "a.txt").write_text("first\n")
    server.start()
    session, cookie = entered(server)
    client = await room_of(server, session, cookie).start()
    client.text.insert(0, "before ")
    await client.until(lambda: client.all_acknowledged)
    await asyncio.to_thread(server.kill9)
    client.text.insert(0, "meanwhile ")
    assert session["secret"] not in kept(server).read_text()
    assert cookie.partition("=")[2] not in kept(server).read_text()
    await asyncio.to_thread(server.start)
    await client.until(lambda: client.all_acknowledged)
    deadline = time.monotonic() + 30
    while (server.root / "a.txt").read_text() != "meanwhile before first\n":
        assert time.monotonic() < deadline, (server.root / "a.txt").read_text()
        await asyncio.sleep(0.1)
    again = guest(server, session["id"], "join", {"secret": session["secret"], "name": "Cy"})
    assert again.status == 200, "the same link"
    host(server, "DELETE", f"sessions/{session['id']}")
    await client.until(lambda: bool(client.closes) and client.closes[-1][0] == 4410)
    await client.stop()
    await asyncio.to_thread(server.kill9)
    await asyncio.to_thread(server.start)
    answer = guest(server, session["id"], "me", cookie=cookie, method="GET")
    assert (answer.status, answer.body["code"]) == (410, "session_ended"), "what was ended stays so"
    server.stop()


def test_sess_32_time_that_passes_while_the_server_is_down_counts(tmp_path: Path) -> None:
    server = JupyterProcess(tmp_path)
    (server.root / "a.txt").write_text("first\n")
    server.start()
    session, cookie = entered(server)
    server.kill9()
    file = json.loads(kept(server).read_text())
    file["sessions"][0]["seen_at"] -= 601
    kept(server).write_text(json.dumps(file))
    server.start()
    answer = guest(server, session["id"], "me", cookie=cookie, method="GET")
    assert (answer.status, answer.body["message"]) == (410, "The session ended because the host was away.")
    assert host(server, "GET", "sessions").body["sessions"] == []
    server.stop()


def test_sess_32_what_is_left_of_the_time_runs_after_a_restart(tmp_path: Path) -> None:
    server = JupyterProcess(tmp_path, arguments=["--Cohost.meeting_grace_s=8"])
    (server.root / "a.txt").write_text("first\n")
    server.start()
    session, cookie = entered(server)
    server.stop()
    server.start()
    until = time.monotonic() + 60
    while guest(server, session["id"], "me", cookie=cookie, method="GET").status != 410:
        assert time.monotonic() < until
        time.sleep(0.2)
    server.stop()
