"""AUD: what an administrator can know afterwards, and the numbers for monitoring."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.http.metrics import Metrics

from .support.room_client import SAVE_STATE, TestClient
from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import guest, host, request

_CONFIG = """
import logging
c.EventLogger.handlers = [logging.FileHandler("{file}")]
c.CohostPolicy.highest_role = "edit"
"""


@pytest.fixture
def server(tmp_path: Path) -> Any:
    server = JupyterProcess(tmp_path, config=_CONFIG.format(file=tmp_path / "audit.jsonl"))
    (server.root / "a.txt").write_text("the content of the file\n")
    server.start()
    yield server
    server.stop()


def told(server: JupyterProcess) -> list[dict[str, Any]]:
    lines = (server.work / "audit.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    return [event for event in events if "cohost" in event["__schema__"]]


def test_aud_1_everything_is_told_and_nothing_secret(server: JupyterProcess) -> None:
    body = {"scope": [{"path": "a.txt"}], "invite": {"role": "editor", "knock": False}, "title": "Secret plans"}
    session = host(server, "POST", "sessions", body).body
    path, invite = f"sessions/{session['id']}", session["invites"][0]
    secret = invite["link"].partition("#")[2]
    joined = guest(server, session["id"], "join", {"secret": secret, "name": "Bo", "carrier": "bearer"}).body
    bo = joined["participant"]["id"]
    guest(server, session["id"], "join", {"secret": "wrong-secret-of-somebody", "carrier": "bearer"})
    host(server, "PATCH", f"{path}/participants/{bo}", {"role": "viewer"})
    assert host(server, "POST", f"{path}/invites", {"role": "runner"}).status == 403
    host(server, "DELETE", f"{path}/participants/{bo}")
    host(server, "DELETE", f"{path}/invites/{invite['id']}")
    guest(server, session["id"], "invite", {"secret": secret})
    host(server, "PATCH", path, {"title": "Other"})
    host(server, "DELETE", path)
    events = told(server)
    said = [(event["__schema__"].split("/")[-2], event.get("action") or event["rule"]) for event in events]
    assert said == [
        *[("session", "started"), ("invite", "made"), ("participant", "joined"), ("invite", "used")],
        *[("invite", "refused"), ("participant", "role-changed"), ("policy-refusal", "highest_role")],
        *[("participant", "removed"), ("invite", "ended"), ("invite", "refused")],
        *[("session", "changed"), ("session", "ended")],
    ]
    assert {event.get("session") for event in events} == {session["id"]}
    assert events[2]["name"] == "Bo" and events[5]["role"] == "viewer" and events[-1]["reason"] == "ended_by_host"
    assert [event["reason"] for event in events if event.get("action") == "refused"] == ["invite_wrong", "invite_ended"]
    text = (server.work / "audit.jsonl").read_text()
    for never in (secret, joined["credential"], "wrong-secret", "the content", "Secret plans", str(server.root)):
        assert never not in text


def test_aud_2_metrics_stand_at_the_servers_endpoint(server: JupyterProcess) -> None:
    body = {"scope": [{"path": "a.txt"}], "kind": "persistent", "invite": {"role": "editor", "knock": False}}
    session = host(server, "POST", "sessions", body).body
    guest(server, session["id"], "join", {"secret": "wrong", "carrier": "bearer"})
    host(server, "POST", "documents", {"path": "a.txt", "type": "file", "format": "text"})
    text = request(f"{server.origin}/metrics", headers=HEADERS).body
    for line in (
        'jupyter_cohost_sessions{kind="persistent"} 1.0',
        'jupyter_cohost_sessions{kind="ad-hoc"} 0.0',
        "jupyter_cohost_participants 0.0",
        'jupyter_cohost_refused_total{reason="invite_wrong"} 1.0',
        "jupyter_cohost_saves_failed_total 0.0",
        "jupyter_cohost_tick_seconds_count",
        "jupyter_cohost_rooms",
    ):
        assert line in text, line
    size = next(line for line in text.splitlines() if line.startswith("jupyter_cohost_journal_bytes "))
    assert float(size.split()[1]) > 0


def test_aud_2_another_server_in_the_process_finds_the_place_free(tmp_path: Path) -> None:
    from .support.sessions_kit import Kit

    registry, kit = CollectorRegistry(), Kit()
    rooms: Any = type("NoRooms", (Rooms,), {"__init__": lambda self: None, "number": 3})()
    for _ in range(2):
        metrics = Metrics(kit.sessions, rooms, tmp_path / "none", registry)
        assert "jupyter_cohost_rooms 3.0" in generate_latest(registry).decode()
        metrics.close()
    assert generate_latest(registry).decode() == ""


def test_aud_3_a_flood_of_wrong_secrets_is_told_once_and_not_logged_line_by_line(server: JupyterProcess) -> None:
    session = host(server, "POST", "sessions", {"scope": [{"path": "a.txt"}]}).body
    body = {"secret": "wrong", "carrier": "bearer"}
    answers = [guest(server, session["id"], "join", body) for _ in range(30)]
    with ThreadPoolExecutor() as pool:
        answers += pool.map(lambda _: guest(server, session["id"], "join", body), range(15))
    assert [answer.status for answer in answers] == [404] * 30 + [429] * 15
    reasons = [event["reason"] for event in told(server) if event.get("action") == "refused"]
    assert reasons == ["invite_wrong"] * 30 + ["too_many_tries"]
    assert " 404 POST" in server.log() and " 429 POST" not in server.log()


_FULL = """
import os
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
class Full(AsyncLargeFileManager):
    async def save(self, model, path=""):
        if os.path.exists({flag!r}):
            raise OSError(28, "No space left on device")
        return await super().save(model, path)
c.ServerApp.contents_manager_class = Full
"""


async def test_aud_4_a_save_that_fails_is_counted(tmp_path: Path) -> None:
    """[AUD-4] The disk is full; the counter grows, the page is told, and all is written when there is room again."""
    flag = tmp_path / "full"
    server = JupyterProcess(tmp_path, config=_FULL.format(flag=str(flag)))
    (server.root / "a.txt").write_text("hello\n")
    server.start()
    try:
        document = {"path": "a.txt", "type": "file", "format": "text"}
        url = f"{server.ws_origin}/cohost/rooms/{host(server, 'POST', 'documents', document).body['id']}"
        client = await TestClient(lambda: url, HEADERS).start()
        assert saves_failed(server) == 0
        flag.touch()
        text = client.text
        text += "more\n"
        await client.until(lambda: "failed" in save_states(client), timeout=15)
        assert saves_failed(server) >= 1
        flag.unlink()
        await client.until(lambda: save_states(client)[-1] == "saved", timeout=30)
        assert (server.root / "a.txt").read_text() == "hello\nmore\n"
        await client.stop()
    finally:
        server.stop()


def saves_failed(server: JupyterProcess) -> float:
    text = request(f"{server.origin}/metrics", headers=HEADERS).body
    return float(text.partition("\njupyter_cohost_saves_failed_total ")[2].split()[0])


def save_states(client: TestClient) -> list[str]:
    return [body["state"] for kind, body in client.messages if kind == SAVE_STATE]
