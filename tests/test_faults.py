"""The outside world against a real server: other programs, the shell, half-open connections, storms, a full disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from .support.outside_kit import CHANGE, CHANGE_RESULT, RENAMED, git, join, notices, open_document, told
from .support.room_client import SAVE_STATE, TestClient, json_message
from .support.server import HEADERS, JupyterProcess
from .support.typing import Typist, lost_and_doubled


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path)
    process.start()
    yield process
    process.stop()


async def test_room_25_words_typed_while_a_tool_rewrites_other_lines(server: JupyterProcess) -> None:
    """ROOM-25, SAVE-10: 20 rewrites of other lines under two who type: nothing lost, nothing doubled, all told."""
    file = server.root / "a.txt"
    file.write_text("".join(f"line {i}\n" for i in range(30)) + "end\n")
    clients = [await join(server, "a.txt") for _ in range(2)]
    typists = [Typist(client, first, rate=15) for client, first in zip(clients, (0x4E00, 0xAC00), strict=True)]
    tasks = [asyncio.create_task(typist.run()) for typist in typists]
    for number in range(20):
        await asyncio.sleep(0.25)
        new = file.with_name("new")
        new.write_text(file.read_text().replace(f"line {number}\n", f"line {number} by a tool\n"))
        os.replace(new, file)
        await clients[0].until(lambda number=number: f"line {number} by a tool" in str(clients[0].text))
    for typist in typists:
        typist.on = False
    await asyncio.gather(*tasks)
    await clients[0].until(lambda: clients[0].all_acknowledged and str(clients[0].text) == str(clients[1].text))
    text = str(clients[0].text)
    await clients[0].until(lambda: file.read_text() == text)
    for typist in typists:
        assert lost_and_doubled(text, typist.keys) == (0, 0)
    assert [text.count(f"line {i} by a tool\n") for i in range(20)] == [1] * 20
    assert len(notices(clients[1], "file_changed")) >= 10
    for client in clients:
        await client.stop()


async def test_room_25_a_checkout_under_twenty_open_documents(server: JupyterProcess) -> None:
    """ROOM-25: every document is what the other branch has, everybody is told, and one can be taken back."""
    names = [f"f{i}.txt" for i in range(20)]
    git(server.root, "init", "-q", "-b", "one")
    for name in names:
        (server.root / name).write_text(f"{name} first\nsecond\n")
    git(server.root, "add", ".")
    git(server.root, "commit", "-qm", "one")
    git(server.root, "checkout", "-qb", "two")
    for name in names:
        (server.root / name).write_text(f"{name} first\nSECOND\n")
    git(server.root, "commit", "-qam", "two")
    git(server.root, "checkout", "-q", "one")
    clients = [await join(server, name) for name in names]
    git(server.root, "checkout", "-q", "two")
    for client, name in zip(clients, names, strict=True):
        await client.until(lambda client=client, name=name: str(client.text) == f"{name} first\nSECOND\n")
        await client.until(lambda client=client: bool(notices(client, "file_changed")))
    assert all((server.root / name).read_text() == f"{name} first\nSECOND\n" for name in names)
    change = notices(clients[0], "file_changed")[0]["change"]
    clients[0].send(json_message(CHANGE, {"id": "u", "change": change, "action": "undo"}))
    await clients[0].until(lambda: told(clients[0], CHANGE_RESULT) == [{"id": "u", "ok": True}])
    await clients[0].until(lambda: (server.root / names[0]).read_text() == f"{names[0]} first\nsecond\n")
    for client in clients:
        await client.stop()


async def test_room_26_and_27_moves_and_deletions_by_the_shell(server: JupyterProcess) -> None:
    """ROOM-26, ROOM-27: `mv` of a folder is followed; `rm` is told; other rooms do not notice."""
    (server.root / "old").mkdir()
    (server.root / "old" / "a.txt").write_text("a\n")
    (server.root / "b.txt").write_text("b\n")
    (server.root / "c.txt").write_text("c\n")
    moved, deleted, other = [await join(server, path) for path in ("old/a.txt", "b.txt", "c.txt")]
    os.rename(server.root / "old", server.root / "new")
    (server.root / "b.txt").unlink()
    await moved.until(lambda: told(moved, RENAMED) == [{"path": "new/a.txt"}])
    moved.text.insert(0, "more ")
    await moved.until(lambda: (server.root / "new" / "a.txt").read_text() == "more a\n")
    assert not (server.root / "old").exists()
    await deleted.until(
        lambda: bool(notices(deleted, "file_gone")) and told(deleted, SAVE_STATE)[-1]["state"] == "failed"
    )
    deleted.text.insert(0, "kept ")
    other.text.insert(0, "fine ")
    await other.until(lambda: (server.root / "c.txt").read_text() == "fine c\n")
    assert not (server.root / "b.txt").exists()
    deleted.send(json_message(107, {"id": "r", "restore": True}))
    await deleted.until(lambda: (server.root / "b.txt").exists() and (server.root / "b.txt").read_text() == "kept b\n")
    for client in (moved, deleted, other):
        await client.stop()


async def test_room_28_a_half_open_connection_is_found(server: JupyterProcess) -> None:
    """ROOM-28: a client that reads and answers nothing is out after at most 10 s, and a look."""
    (server.root / "a.txt").write_text("a\n")
    document = open_document(server, "a.txt")
    async with aiohttp.ClientSession() as http:
        url = f"{server.ws_origin}/cohost/rooms/{document}"
        socket = await http.ws_connect(url, headers=HEADERS, autoping=False, autoclose=False)
        began = time.monotonic()
        with contextlib.suppress(asyncio.TimeoutError):
            while (await socket.receive(20)).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                pass
        assert time.monotonic() - began < 15
        assert socket.closed or socket.close_code is not None or socket._response.connection is None


async def test_room_38_a_hundred_come_back_after_a_restart(server: JupyterProcess) -> None:
    """ROOM-38: a storm of a hundred after kill -9 is served; everybody's offline edit is there once."""
    (server.root / "a.txt").write_text("")
    document = open_document(server, "a.txt")
    clients = [TestClient(lambda: f"{server.ws_origin}/cohost/rooms/{document}", HEADERS) for _ in range(100)]
    await asyncio.gather(*(client.start(60) for client in clients))
    server.kill9()
    for number, client in enumerate(clients):
        client.text.insert(0, chr(0x4E00 + number))
    await asyncio.to_thread(server.start)
    for client in clients:
        await client.until(lambda client=client: client.all_acknowledged and len(str(client.text)) == 100, 240)
    assert sorted(str(clients[0].text)) == [chr(0x4E00 + number) for number in range(100)]
    assert len({str(client.text) for client in clients}) == 1
    await asyncio.gather(*(client.stop() for client in clients))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "content"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("this needs the right to mount")
    yield tmp_path
    subprocess.run(["umount", "-l", str(folder)], check=False)


async def test_save_15_a_full_disk_is_told_and_recovers_by_itself(small_disk: Path) -> None:
    """SAVE-15: two type while the disk is full: told, the good file stays, and all is saved when there is space."""
    server = JupyterProcess(small_disk)
    file = server.root / "a.txt"
    file.write_text("start\n")
    server.start()
    try:
        clients = [await join(server, "a.txt") for _ in range(2)]
        filler = server.root / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as full:
            while True:
                full.write(b"0" * 4096)
        typists = [Typist(client, first) for client, first in zip(clients, (0x4E00, 0xAC00), strict=True)]
        clients[0].text.insert(0, "x" * 20_000)
        began = time.monotonic()
        tasks = [asyncio.create_task(typist.run()) for typist in typists]
        for client in clients:
            await client.until(lambda client=client: told(client, SAVE_STATE)[-1]["state"] == "failed")
        assert time.monotonic() - began < 5
        state = told(clients[1], SAVE_STATE)[-1]
        assert "disk is full" in state["reason"] and state["safe"] is True
        assert file.read_text() == "start\n"
        filler.unlink()
        for client in clients:
            await client.until(lambda client=client: told(client, SAVE_STATE)[-1]["state"] != "failed", 240)
        for typist in typists:
            typist.on = False
        await asyncio.gather(*tasks)
        await clients[0].until(lambda: str(clients[0].text) == str(clients[1].text) == file.read_text())
        for typist in typists:
            assert lost_and_doubled(file.read_text(), typist.keys) == (0, 0)
        for client in clients:
            await client.stop()
    finally:
        server.stop()
