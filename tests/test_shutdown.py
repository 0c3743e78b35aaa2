"""HUB-9: an interrupted server stops in order, as JupyterHub and Ctrl-C in a service ask it to."""

from __future__ import annotations

import signal
from pathlib import Path

from .support.gateway import World, bearer
from .support.room_client import TestClient


async def test_hub_9_an_interrupt_without_a_terminal_saves_and_says_goodbye(tmp_path: Path) -> None:
    world = World(tmp_path)
    guest = world.guest("editor")
    body = {"path": "shared/a.py", "type": "file", "format": "text"}
    document = guest.request("POST", "documents", body).json()
    address = f"ws://127.0.0.1:{guest.port}{guest.base}/rooms/{document['id']}"
    room = await TestClient(lambda: address, bearer(guest)).start()
    try:
        text = room.text
        text += "the last words\n"
        await room.until(lambda: room.all_acknowledged)
        process = world.server.process
        assert process is not None
        process.send_signal(signal.SIGINT)
        await room.until(lambda: bool(room.closes) and process.poll() is not None)
        assert room.closes[0][0] == 1001
        assert "the last words" in (world.server.root / "shared" / "a.py").read_text()
    finally:
        await room.stop()
        world.stop()
