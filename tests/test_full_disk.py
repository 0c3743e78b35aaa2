"""A disk that is really full (a small tmpfs): under the journal, and under journal and content together."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .support.outside_kit import join, told
from .support.room_client import SAVE_STATE, TestClient
from .support.server import JupyterProcess
from .support.typing import Typist, lost_and_doubled


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("this needs the right to mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as full:
        while True:
            full.write(b"0" * 65_536)
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as full:
        while True:
            full.write(b"0" * 512)
    return filler


def much(seed: int) -> str:
    """More than the journal's file has room for; does not compress."""
    return "".join(random.Random(seed).choices("abcdefghijklmnopqrstuvwxyz", k=2_000_000))


def is_safe(client: TestClient) -> bool:
    return bool(told(client, SAVE_STATE)[-1]["safe"])


async def seconds_until(client: TestClient, safe: bool, most: float) -> float:
    began = time.monotonic()
    await client.until(lambda: is_safe(client) is safe, most)
    return time.monotonic() - began


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[JupyterProcess]:
    """The journal on a small disk; ``together``: the content, too."""
    disk = tmp_path / "disk"
    with small_disk(disk, 32):
        process = JupyterProcess(tmp_path)
        process.data = disk / "data"
        process.data.mkdir()
        if request.param == "together":
            process.root = disk / "content"
            process.root.mkdir()
        (process.root / "a.txt").write_text("start\n")
        process.start()
        yield process
        process.stop()


@pytest.mark.parametrize("server", ["journal alone", "together"], indirect=True)
async def test_jrnl_18_a_full_disk_under_the_journal(server: JupyterProcess) -> None:
    """JRNL-18: told that edits are not safe, they are kept, and all is safe and saved when there is
    space again; then kill -9 takes nothing."""
    together = server.root.parent == server.data.parent
    clients = [await join(server, "a.txt") for _ in range(2)]
    filler = fill(server.data.parent)
    text: Any = clients[0].text
    text += much(1)
    took = await seconds_until(clients[1], False, 240)
    typists = [Typist(client, first) for client, first in zip(clients, (0x4E00, 0xAC00), strict=True)]
    tasks = [asyncio.create_task(typist.run()) for typist in typists]
    await clients[0].until(lambda: len(typists[1].typed_at) > 30)
    acknowledged = [client.acked for client in clients]
    await clients[0].until(lambda: len(typists[1].typed_at) > 60)
    assert [client.acked for client in clients] == acknowledged, "nothing is called safe that is not"
    assert lost_and_doubled(str(clients[0].text), typists[1].keys[:40]) == (0, 0), "typing goes on"
    if together:
        assert (server.root / "a.txt").read_text() == "start\n", "the good file stays"
    filler.unlink()
    recovered = await seconds_until(clients[1], True, 240)
    for typist in typists:
        typist.on = False
    await asyncio.gather(*tasks)
    began = time.monotonic()
    await clients[0].until(
        lambda: clients[0].all_acknowledged and clients[1].all_acknowledged and str(clients[0].text) == file(server)
    )
    saved = recovered + time.monotonic() - began
    print(f"told after {took:.2f} s; after there was space safe {recovered:.2f} s, saved at most {saved:.2f} s")
    server.kill9()
    for client in clients:
        await client.stop()
    await asyncio.to_thread(server.start)
    late = await join(server, "a.txt")
    for typist in typists:
        assert lost_and_doubled(str(late.text), typist.keys) == (0, 0)
    await late.stop()


def file(server: JupyterProcess) -> str:
    return (server.root / "a.txt").read_text()


@pytest.mark.parametrize("server", ["together"], indirect=True)
async def test_jrnl_18_killed_while_the_disk_is_full(server: JupyterProcess) -> None:
    """JRNL-18: what was not safe is in the pages; they bring it when the server is there again, once."""
    client = await join(server, "a.txt")
    filler = fill(server.data.parent)
    text: Any = client.text
    text += much(2)
    await seconds_until(client, False, 240)
    text += "the last words"
    server.kill9()
    filler.unlink()
    await asyncio.to_thread(server.start)
    await client.until(lambda: client.all_acknowledged and file(server) == str(client.text), 240)
    assert str(client.text) == "start\n" + much(2) + "the last words"
    await client.stop()


async def test_save_15_a_disk_that_became_read_only(tmp_path: Path) -> None:
    """SAVE-15: told with the reason; saved when it is writable again."""
    with small_disk(tmp_path / "content", 8):
        server = JupyterProcess(tmp_path)
        (server.root / "a.txt").write_text("start\n")
        server.start()
        try:
            client = await join(server, "a.txt")
            await asyncio.to_thread(remount, server.root, "ro")
            text: Any = client.text
            text += "more"
            await client.until(lambda: told(client, SAVE_STATE)[-1]["state"] == "failed")
            assert "read-only" in told(client, SAVE_STATE)[-1]["reason"] and is_safe(client)
            await asyncio.to_thread(remount, server.root, "rw")
            await client.until(lambda: file(server) == "start\nmore")
            await client.stop()
        finally:
            server.stop()


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)
