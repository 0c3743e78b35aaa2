"""One room's trouble stays its own: two others in another room read each other within a second meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

from .support.outside_kit import join, told
from .support.relay import Relay
from .support.room_client import NOTICE, SAVE_STATE, TestClient
from .support.server import HEADERS, JupyterProcess
from .support.trouble_config import trouble_config
from .test_hostile_server import ATTACKS, put_out, room_url

Trouble = Callable[[JupyterProcess, TestClient, str], Awaitable[None]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    folder = tmp_path_factory.mktemp("trouble")
    (folder / "switches").mkdir()
    process = JupyterProcess(folder, config=trouble_config(str(folder / "switches")))
    (process.root / "calm.txt").write_text("start\n")
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def relay(server: JupyterProcess) -> AsyncIterator[Relay]:
    ann, bob = await join(server, "calm.txt"), await join(server, "calm.txt")
    yield Relay(ann, bob)
    await ann.stop()
    await bob.stop()


@contextlib.contextmanager
def switched_on(server: JupyterProcess, name: str) -> Iterator[None]:
    switch = server.work / "switches" / name
    switch.touch()
    try:
        yield
    finally:
        switch.unlink()


async def failed(client: TestClient) -> None:
    """Waits until the client was told that saving fails."""
    await client.until(lambda: told(client, SAVE_STATE)[-1]["state"] == "failed", 240)


def in_file(server: JupyterProcess, client: TestClient, name: str) -> bool:
    return (server.root / name).read_text() == str(client.text)


async def deleted(server: JupyterProcess, client: TestClient, name: str) -> None:
    (server.root / name).unlink()
    await client.until(lambda: any(body["code"] == "file_gone" for body in told(client, NOTICE)))


async def moved(server: JupyterProcess, client: TestClient, name: str) -> None:
    os.rename(server.root / name, server.root / "elsewhere.txt")
    await client.until(lambda: any(body["path"] == "elsewhere.txt" for body in told(client, 110)))
    (server.root / "elsewhere.txt").unlink()


async def a_folder_as_text(server: JupyterProcess, client: TestClient, name: str) -> None:
    (server.root / "folder.txt").mkdir(exist_ok=True)
    assert await opening(server, "folder.txt", "file") == 415


async def a_broken_notebook(server: JupyterProcess, client: TestClient, name: str) -> None:
    (server.root / "broken.ipynb").write_text('{"cells": [')
    assert await opening(server, "broken.ipynb", "notebook") == 415


async def opening(server: JupyterProcess, path: str, kind: str) -> int:
    body = {"path": path, "type": kind, "format": "json" if kind == "notebook" else "text"}
    async with aiohttp.ClientSession(headers=HEADERS) as http:
        for _ in range(5):
            async with http.post(f"{server.origin}/cohost/api/documents", json=body) as answer:
                status = answer.status
        return status


async def a_merge_that_raises(server: JupyterProcess, client: TestClient, name: str) -> None:
    with switched_on(server, "merge"):
        (server.root / name).write_text("by a tool\n")
        edit(client)
        await failed(client)
    await client.until(lambda: has_both(str(client.text)) and in_file(server, client, name))


async def a_manager_that_raises(server: JupyterProcess, client: TestClient, name: str) -> None:
    with switched_on(server, "raise"):
        edit(client)
        await failed(client)
        assert told(client, SAVE_STATE)[-1]["safe"] is True
    await client.until(lambda: in_file(server, client, name), 240)


async def a_manager_that_hangs(server: JupyterProcess, client: TestClient, name: str) -> None:
    """SAVE-9: told long before the save is given up, and what is typed meanwhile is safe in the journal."""
    with switched_on(server, "hang"):
        edit(client)
        await failed(client)
        assert "does not answer" in told(client, SAVE_STATE)[-1]["reason"]
        edit(client)
        await client.until(lambda: client.all_acknowledged)
    await client.until(lambda: in_file(server, client, name) and told(client, SAVE_STATE)[-1]["state"] == "saved", 240)


async def a_hostile_client(server: JupyterProcess, client: TestClient, name: str) -> None:
    for kind, attack in ATTACKS.items():
        if "lists" not in kind:
            assert await asyncio.wait_for(put_out(room_url(server, name), attack), 30) == 4400


def has_both(text: str) -> bool:
    return "by a tool" in text and "edit" in text


def edit(client: TestClient) -> None:
    text: Any = client.text
    text += f"edit {time.monotonic()}\n"


TROUBLES = [
    *(deleted, moved, a_folder_as_text, a_broken_notebook, a_merge_that_raises),
    *(a_manager_that_raises, a_manager_that_hangs, a_hostile_client),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
async def test_room_35_trouble_in_one_room_is_not_felt_in_another(
    server: JupyterProcess, relay: Relay, trouble: Trouble, record_property: Callable[[str, object], None]
) -> None:
    """ROOM-35, ROOM-36: the relay goes on at every moment; who is in the troubled room stays connected."""
    name = f"attacked-{trouble.__name__}.txt"
    (server.root / name).write_text("start\n")
    client = await join(server, name)
    try:
        async with relay:
            await trouble(server, client, name)
        record_property("slowest_ms", round(relay.slowest * 1000))
        print(f"{trouble.__name__}: {relay}")
        assert not relay.is_felt, relay
        assert client.closes == []
    finally:
        await client.stop()
