"""HUB-10 and GATE-60: what guests do keeps the server awake, and nobody sends without bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.core.guest_rates import GuestRates
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS

from .support.gateway import Guest, World, bearer
from .support.room_client import SAVE_STATE, TestClient, json_message

QUERY_AWARENESS = b"\x03"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.stop()


async def enter(guest: Guest) -> TestClient:
    body = {"path": "shared/a.py", "type": "file", "format": "text"}
    document = guest.request("POST", "documents", body).json()["id"]
    return await TestClient(lambda: f"ws://127.0.0.1:{guest.port}{guest.base}/rooms/{document}", bearer(guest)).start()


async def test_hub_10_a_guests_edit_is_activity_and_an_open_page_is_not(world: World) -> None:
    def last_activity() -> Any:
        return world.host("GET", "api/status").json()["last_activity"]

    guest = world.guest("editor")
    room = await enter(guest)
    try:
        before = last_activity()
        guest.get("api/contents?content=1")
        guest.get("api/sessions")
        room.send(QUERY_AWARENESS)
        room.send(json_message(107, {"id": "1"}))
        await room.until(lambda: any(kind != SAVE_STATE for kind, _ in room.messages))
        assert last_activity() == before
        text = room.text
        text += "work"
        await room.until(lambda: room.all_acknowledged)
        edited = last_activity()
        assert edited > before
        new_file = {"type": "file", "format": "text", "content": ""}
        assert guest.request("PUT", "api/contents/shared/new.txt", new_file).status == 201
        assert last_activity() > edited
    finally:
        await room.stop()


async def test_gate_60_a_guest_who_sends_too_much_is_put_out_and_gains_nothing_by_coming_again(tmp_path: Path) -> None:
    work = tmp_path / "limited"
    config = work / "jupyter" / "config"
    config.mkdir(parents=True)
    (config / "jupyter_server_config.py").write_text("c.Cohost.guest_messages_per_s = 2\n")
    world = World(work)
    room, other = await enter(world.guest("editor")), await enter(world.guest("editor"))
    try:
        for _ in range(40):
            room.send(QUERY_AWARENESS)
        await room.until(lambda: len(room.closes) >= 2)
        assert {code for code, _ in room.closes} == {4420}
        text = other.text
        text += "the others go on"
        await other.until(lambda: other.all_acknowledged)
        assert other.closes == []
    finally:
        await room.stop()
        await other.stop()
        world.stop()


def test_gate_60_messages_and_bytes_by_guest() -> None:
    now = 0.0
    limits = replace(DEFAULT_LIMITS, guest_messages_per_s=1, guest_bytes_per_s=10, message_bytes=50)
    rates = GuestRates(limits, lambda: now)
    assert [rates.allows("bo", 1) for _ in range(11)] == [True] * 10 + [False]
    assert rates.allows("cy", 100) and not rates.allows("cy", 1)
    now = 2.0
    assert [rates.allows("bo", 1) for _ in range(3)] == [True, True, False]
    assert rates.allows("cy", 20) and not rates.allows("cy", 1)
