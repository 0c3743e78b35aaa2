"""SESS-15, SESS-37: what is shared is renamed or moved while guests are in it: they stay, their edits arrive."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from .support.room_client import TestClient
from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import guest, host, request, shared


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("follows"), arguments=["--Cohost.file_look_s=0.3"])
    yield process.start()
    process.stop()


NUMBERS = iter(range(1000))


def fresh(server: JupyterProcess) -> Path:
    """A folder of the test's own, so that tests share a server."""
    folder = server.root / f"t{next(NUMBERS)}"
    folder.mkdir()
    return folder


def entered(server: JupyterProcess, scope: str) -> tuple[str, str]:
    """Id of a session, and the cookie of an editor who is in."""
    session = shared(server, scope)
    joined = guest(server, session["id"], "join", {"secret": session["secret"], "name": "Bo"})
    assert joined.status == 200, joined.body
    return session["id"], joined.cookie


@asynccontextmanager
async def in_room(server: JupyterProcess, sid: str, cookie: str, path: str) -> AsyncIterator[TestClient]:
    opened = guest(server, sid, "documents", {"path": path}, cookie=cookie)
    assert opened.status == 200, opened.body
    address = f"{server.ws_origin}/cohost/g/{sid}/rooms/{opened.body['id']}"
    client = await TestClient(lambda: address, {"Cookie": cookie, "Origin": server.origin}).start()
    try:
        yield client
    finally:
        await client.stop()


def holds(file: Path, text: str) -> bool:
    return file.is_file() and text in file.read_text()


async def has(file: Path, text: str) -> None:
    until = time.monotonic() + 30
    while not await asyncio.to_thread(holds, file, text):
        assert time.monotonic() < until, f"{text!r} is not in {file.name}"
        await asyncio.sleep(0.05)


def rename(server: JupyterProcess, old: str, new: str) -> None:
    answer = request(f"{server.origin}/api/contents/{old}", "PATCH", {"path": new}, HEADERS)
    assert answer.status == 200, answer.body


#: What is renamed, to what, what is shared, the file before and after; all below the test's folder.
CASES = {
    "a file": ("a.txt", "b.txt", "a.txt", "a.txt", "b.txt"),
    "a file into a folder": ("a.txt", "into/a.txt", "a.txt", "a.txt", "into/a.txt"),
    "a folder": ("some", "other", "some", "some/a.txt", "other/a.txt"),
    "the folder above": ("top", "best", "top/in", "top/in/a.txt", "best/in/a.txt"),
}


def case(server: JupyterProcess, name: str) -> tuple[Path, list[str]]:
    folder = fresh(server)
    old, new, scope, before, after = CASES[name]
    (folder / "into").mkdir()
    (folder / before).parent.mkdir(parents=True, exist_ok=True)
    (folder / before).write_text("first\n")
    return folder, [f"{folder.name}/{part}" for part in (old, new, scope, before, after)]


async def stays(server: JupyterProcess, client: TestClient, sid: str, cookie: str, after: str) -> None:
    """The guest is still in the room, and what they type is in the file at its new place; a new request opens it."""
    client.text.insert(0, "then ")
    await has(server.root / after, "then first\n")
    await client.until(lambda: client.all_acknowledged)
    assert client.closes == []
    assert client.text.to_py() == "then first\n"
    assert guest(server, sid, f"api/contents/{after}", cookie=cookie, method="GET").status == 200
    model = host(server, "GET", f"sessions/{sid}").body
    assert model["missing"] == [] and after.startswith(model["scope"][0]["path"])


@pytest.mark.parametrize("what", CASES)
async def test_sess_15_who_is_in_what_is_renamed_stays_in(server: JupyterProcess, what: str) -> None:
    _, (old, new, scope, before, after) = case(server, what)
    sid, cookie = entered(server, scope)
    async with in_room(server, sid, cookie, before) as client:
        await asyncio.to_thread(rename, server, old, new)
        await stays(server, client, sid, cookie, after)
    assert not (server.root / before).exists()


async def test_sess_15_a_guest_is_told_of_the_rename_when_the_new_path_opens(server: JupyterProcess) -> None:
    _, (old, new, scope, _, after) = case(server, "a folder")
    sid, cookie = entered(server, scope)
    async with aiohttp.ClientSession() as http:
        address = f"{server.ws_origin}/cohost/g/{sid}/events"
        async with http.ws_connect(address, headers={"Cookie": cookie, "Origin": server.origin}) as events:
            await asyncio.to_thread(rename, server, old, new)
            told: dict[str, Any] = {}
            while told.get("type") != "contents":
                told = await events.receive_json(timeout=30)
    assert told == {"type": "contents", "action": "rename", "path": new, "old_path": old}
    answer = guest(server, sid, "documents", {"path": after}, cookie=cookie)
    assert answer.status == 200


async def test_sess_15_what_leaves_a_shared_folder_is_out_of_sight_all_the_same(server: JupyterProcess) -> None:
    folder, (_, _, scope, before, _) = case(server, "a folder")
    sid, cookie = entered(server, scope)
    async with in_room(server, sid, cookie, before) as client:
        await asyncio.to_thread(rename, server, before, f"{folder.name}/out.txt")
        await client.until(lambda: bool(client.closes))
        assert client.closes[0][0] == 4403
    assert guest(server, sid, "documents", {"path": f"{folder.name}/out.txt"}, cookie=cookie).status == 404


@pytest.mark.parametrize("what", CASES)
async def test_sess_37_who_is_in_what_the_shell_renames_stays_in(server: JupyterProcess, what: str) -> None:
    _, (old, new, scope, before, after) = case(server, what)
    sid, cookie = entered(server, scope)
    async with in_room(server, sid, cookie, before) as client:
        (server.root / old).rename(server.root / new)
        await client.until(lambda: any(body == {"path": after} for _, body in client.messages))
        await stays(server, client, sid, cookie, after)


async def test_sess_37_a_folder_that_takes_the_old_name_is_not_shared(server: JupyterProcess) -> None:
    folder, (old, new, scope, before, after) = case(server, "a folder")
    (folder / "private").mkdir()
    (folder / "private" / "secret.txt").write_text("not for guests")
    sid, cookie = entered(server, scope)
    async with in_room(server, sid, cookie, before) as client:
        (server.root / old).rename(server.root / new)
        await client.until(lambda: any(body == {"path": after} for _, body in client.messages))
        (folder / "private").rename(server.root / old)
        answer = guest(server, sid, f"api/contents/{old}/secret.txt", cookie=cookie, method="GET")
        assert answer.status == 404
        await stays(server, client, sid, cookie, after)


async def test_sess_37_a_file_that_leaves_the_shared_folder_takes_nothing_along(server: JupyterProcess) -> None:
    """Also when it goes to a folder of another kind with the same name inside: the scope stays as it is."""
    folder, (_, _, scope, before, _) = case(server, "a folder")
    (folder / "other").mkdir()
    (folder / "other" / "secret.txt").write_text("not for guests")
    sid, cookie = entered(server, scope)
    async with in_room(server, sid, cookie, before) as client:
        (server.root / before).rename(folder / "other" / "a.txt")
        await client.until(lambda: bool(client.closes))
        assert client.closes[0][0] == 4403
    model = host(server, "GET", f"sessions/{sid}").body
    assert [item["path"] for item in model["scope"]] == [scope]
    assert guest(server, sid, f"api/contents/{folder.name}/other", cookie=cookie, method="GET").status == 404
