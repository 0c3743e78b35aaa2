"""A hostile editor on a real server: they are put out, and the relay in another room goes on meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import aiohttp
import nbformat
import pytest
from pycrdt import Map, create_update_message

from .support.hostile import STRING, TYPE, struct, text, update
from .support.relay import Relay
from .support.room_client import SAVE, SAVE_RESULT, TestClient, json_message
from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import host
from .test_hostile_updates import far_apart, nested_types
from .test_mends import CELLS, OUTPUTS, assert_showable
from .test_rooms import code_cell, notebook

_MAP = b"\x01"
ATTACKS = {
    "strings in lists": [
        update(9, 0, [struct(TYPE, _MAP, parent="cells"), struct(STRING, text("x"), origin=(9, 0))]),
    ],
    "deep types, then deleted": [nested_types(90_000), update(8, 0, [], [(9, 0, 1)])],
    "neighbours far apart": far_apart(10_000),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("hostile"))
    (process.root / "a.txt").write_text("start\n")
    (process.root / "calm.txt").write_text("start\n")
    (process.root / "n.ipynb").write_text(json.dumps(notebook(code_cell("c1", "x"))))
    process.start()
    yield process
    process.stop()


def room_url(server: JupyterProcess, path: str) -> str:
    kind = "notebook" if path.endswith("ipynb") else "file"
    body = {"path": path, "type": kind, "format": "json" if kind == "notebook" else "text"}
    answer = host(server, "POST", "documents", body)
    assert answer.status in (200, 201), answer.body
    return f"{server.ws_origin}/cohost/rooms/{answer.body['id']}"


async def put_out(url: str, frames: list[bytes]) -> int | None:
    """Sends until the socket is closed; its close code."""
    async with aiohttp.ClientSession() as http, http.ws_connect(url, headers=HEADERS, max_msg_size=0) as socket:
        for frame in [*frames, *frames[-1:] * 2]:
            await socket.send_bytes(create_update_message(frame))
        async for _ in socket:
            pass
        return socket.close_code


@pytest.mark.parametrize("name", ATTACKS)
async def test_room_37_the_other_room_goes_on(server: JupyterProcess, name: str) -> None:
    calm, attacked = room_url(server, "calm.txt"), room_url(server, "n.ipynb" if "lists" in name else "a.txt")
    ann, bob, carol = [await TestClient(partial(str, url), HEADERS).start() for url in (calm, calm, attacked)]
    async with Relay(ann, bob) as relay:
        for _ in range(3):
            assert await asyncio.wait_for(put_out(attacked, ATTACKS[name]), 30) == 4400
    print(f"{name}: {relay}")
    assert not relay.is_felt, f"{relay}, where it had stopped for good"
    assert carol.closes == [], "who does nothing wrong stays"
    with carol.doc.transaction():
        carol.doc.get("state", type=Map)["after"] = name
    await carol.until(lambda: carol.all_acknowledged)
    for client in (ann, bob, carol):
        await client.stop()


async def test_room_39_over_a_socket_the_others_see_a_notebook_that_is_valid(server: JupyterProcess) -> None:
    path = "shown.ipynb"
    (server.root / path).write_text(json.dumps(notebook(code_cell("c1", "x"), code_cell("c2", "y"))))
    url = room_url(server, path)
    ann, mallory = [await TestClient(partial(str, url), HEADERS).start() for _ in range(2)]
    for make in CELLS.values():
        with mallory.doc.transaction():
            mallory.cells.insert(1, make())
        await mallory.until(lambda: mallory.all_acknowledged)
        await ann.until(lambda: ann.doc.get_state() == mallory.doc.get_state())
        assert_showable(ann.doc)
        with ann.doc.transaction():
            ann.cells[0]["source"].insert(0, "a")
    with mallory.doc.transaction():
        for output in OUTPUTS.values():
            mallory.cells[0]["outputs"].append(output)
    wanted = "a" * len(CELLS) + "x"
    await mallory.until(lambda: mallory.all_acknowledged and str(mallory.cells[0]["source"]) == wanted)
    await ann.until(lambda: ann.all_acknowledged and ann.doc.get_state() == mallory.doc.get_state())
    assert_showable(ann.doc)
    assert [one.to_py() for one in ann.cells] == [one.to_py() for one in mallory.cells]
    answer = await save(ann)
    assert answer["ok"], answer
    nbformat.validate(nbformat.read(server.root / path, as_version=4))
    assert ann.closes == mallory.closes == []
    for client in (ann, mallory):
        await client.stop()


async def save(client: TestClient) -> dict[str, Any]:
    """What the server answers."""
    seen = len(client.messages)
    client.send(json_message(SAVE, {"id": "s"}))
    await client.until(lambda: any(kind == SAVE_RESULT for kind, _ in client.messages[seen:]))
    return next(body for kind, body in client.messages[seen:] if kind == SAVE_RESULT)
