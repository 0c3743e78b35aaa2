"""Nobody waits for the file, and no end of the server loses or doubles an edit. Real server, real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .support.room_client import TestClient
from .support.server import HEADERS, JupyterProcess
from .support.typing import FileWatch, Typist, lost_and_doubled

#: No second try for what must never happen.
pytestmark = pytest.mark.flaky(reruns=0)

REPETITIONS = int(os.environ.get("COHOST_REPETITIONS", "10"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path)
    (process.root / "a.txt").write_text("start\n")
    process.start()
    yield process
    process.stop()


def open_document(server: JupyterProcess, path: str) -> str:
    body = json.dumps({"path": path, "type": "file", "format": "text"}).encode()
    request = urllib.request.Request(
        f"{server.origin}/cohost/api/documents", body, {**HEADERS, "Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.load(answer)["id"])


async def two_clients(server: JupyterProcess) -> list[TestClient]:
    document = open_document(server, "a.txt")
    return [await TestClient(lambda: f"{server.ws_origin}/cohost/rooms/{document}", HEADERS).start() for _ in range(2)]


async def test_save_1_file_is_never_more_than_one_and_a_half_seconds_behind(server: JupyterProcess) -> None:
    """SAVE-1, SAVE-2: 20 s of typing without a pause; the file is read all the time and is never empty or partial."""
    clients = await two_clients(server)
    typists = [Typist(client, first) for client, first in zip(clients, (0x4E00, 0xAC00), strict=True)]
    watch = FileWatch((server.root / "a.txt").read_text, typists, must_contain="start")
    tasks = [asyncio.create_task(one.run()) for one in (*typists, watch)]
    await asyncio.sleep(20)
    for one in (*typists, watch):
        one.on = False
    await asyncio.gather(*tasks)
    for client in clients:
        await client.stop()
    assert all(len(typist.typed_at) > 200 for typist in typists)
    assert watch.broken_reads == 0
    assert watch.worst_lag <= 1.5


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill9", "sigterm"])
async def test_jrnl_1_every_edit_is_there_once_after_the_server_ends(server: JupyterProcess, number: int) -> None:
    """JRNL-1: ends at random moments while two type; then everything is in both documents and the file, once."""
    clients = await two_clients(server)
    moment = random.Random(number)
    typists = [Typist(client, first) for client, first in zip(clients, (0x4E00, 0xAC00), strict=True)]
    tasks = [asyncio.create_task(typist.run()) for typist in typists]
    for _ in range(REPETITIONS):
        await asyncio.sleep(0.5 + moment.random() * 2)
        await asyncio.to_thread(server.signal, signal.Signals(number))
        await asyncio.to_thread(server.start)
        for client in clients:
            await client.until(lambda client=client: client.synced.is_set())
    for typist in typists:
        typist.on = False
    await asyncio.gather(*tasks)
    for client in clients:
        await client.until(lambda client=client: client.all_acknowledged)
    await clients[0].until(lambda: str(clients[0].text) == str(clients[1].text))
    text = str(clients[0].text)
    await clients[0].until(lambda: (server.root / "a.txt").read_text() == text)
    for client in clients:
        await client.stop()
    assert text.count("start") == 1
    for typist in typists:
        assert lost_and_doubled(text, typist.keys) == (0, 0)


async def test_jrnl_2_what_was_acknowledged_survives_the_end_of_everybody(server: JupyterProcess) -> None:
    """JRNL-2: server and clients die together; every acknowledged edit is in the document that a newcomer gets."""
    clients = await two_clients(server)
    typists = [Typist(client, first) for client, first in zip(clients, (0x4E00, 0xAC00), strict=True)]
    tasks = [asyncio.create_task(typist.run()) for typist in typists]
    await asyncio.sleep(1 + random.random() * 2)
    server.kill9()
    for typist, task in zip(typists, tasks, strict=True):
        typist.on = False
        await task
    for client in clients:
        await client.stop()
    server.start()
    newcomer = (await two_clients(server))[0]
    for typist in typists:
        acknowledged = typist.keys[: typist.acknowledged]
        assert typist.acknowledged > 5
        assert lost_and_doubled(str(newcomer.text), acknowledged) == (0, 0)
    await newcomer.stop()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill9", "sigterm"])
async def test_save_26_a_program_that_had_read_the_file_before_and_wrote_when_the_server_had_ended(
    server: JupyterProcess, number: int
) -> None:
    """SAVE-26, JRNL-21: what was typed and saved in between stays. Found by a random plan (seed 148)."""
    file, clients = server.root / "a.txt", await two_clients(server)
    read = file.read_text()
    for words in ("one two ", "three "):
        clients[0].text.insert(0, words)
        await clients[0].until(lambda words=words: words in file.read_text())
    await asyncio.to_thread(server.signal, signal.Signals(number))
    file.write_text(read + "what a program added\n")
    await asyncio.to_thread(server.start)
    wanted = "three one two start\nwhat a program added\n"
    for client in clients:
        await client.until(lambda client=client: str(client.text) == wanted)
        await client.stop()
    await clients[0].until(lambda: file.read_text() == wanted)
