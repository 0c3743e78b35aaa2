"""SAVE-50, SAVE-51, SAVE-53: pairs with the real jupytext, which puts its own contents manager in place of ours."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Array, Map

from .support.neighbours import environment_of
from .support.room_client import NOTICE, TestClient
from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import Answer, guest, host, request

NUMBERS = iter(range(1000))
SCRIPT = "# %%\nx = 1\n\n# %%\ny = 2\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("jupytext"), environment=environment_of("jupytext"))
    yield process.start()
    process.stop()


def pair(server: JupyterProcess, formats: str = "ipynb,py:percent") -> Path:
    """A notebook of a folder of its own, whose script is not there yet."""
    folder = server.root / f"t{next(NUMBERS)}"
    folder.mkdir()
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for n, source in enumerate(("x = 1", "y = 2"))
    ]
    metadata = {
        "jupytext": {"formats": formats},
        "kernelspec": {"display_name": "P", "language": "python", "name": "p"},
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (folder / "n.ipynb").write_text(json.dumps(notebook))
    return folder


def opened(server: JupyterProcess, path: str, kind: str = "notebook") -> Answer:
    return request(f"{server.origin}/cohost/api/documents", "POST", {"path": path, "type": kind}, HEADERS)


@asynccontextmanager
async def in_room(server: JupyterProcess, file: Path) -> AsyncIterator[TestClient]:
    answer = opened(server, str(file.relative_to(server.root)))
    assert answer.status == 200, answer.body
    address = f"{server.ws_origin}/cohost/rooms/{answer.body['id']}"
    client = await TestClient(lambda: address, HEADERS).start()
    try:
        yield client
    finally:
        await client.stop()


def source(client: TestClient, cell: int) -> str:
    return str(client.cells[cell]["source"])


async def until(what: Any, *arguments: Any) -> None:
    deadline = time.monotonic() + 30
    while not await asyncio.to_thread(what, *arguments):
        assert time.monotonic() < deadline, [
            argument.read_text() for argument in arguments if hasattr(argument, "stat")
        ]
        await asyncio.sleep(0.05)


def have(text: str, *files: Path) -> bool:
    return all(file.is_file() and text in file.read_text() for file in files)


def failures(client: TestClient) -> list[Any]:
    """States of the save that people read as failed."""
    return [body for _, body in client.messages if isinstance(body, dict) and body.get("state") == "failed"]


async def test_save_50_an_edit_is_in_both_files_and_the_script_is_made(server: JupyterProcess) -> None:
    folder = pair(server)
    async with in_room(server, folder / "n.ipynb") as client:
        for number in range(3):
            client.cells[0]["source"].insert(0, f"a{number} = 0\n")
            await until(have, f"a{number} = 0", folder / "n.ipynb", folder / "n.py")
        assert failures(client) == []


async def test_save_50_a_script_opens_as_a_notebook_and_stays_a_script(server: JupyterProcess) -> None:
    folder = server.root / f"t{next(NUMBERS)}"
    folder.mkdir()
    (folder / "s.py").write_text(SCRIPT)
    async with in_room(server, folder / "s.py") as client:
        assert [source(client, n) for n in range(2)] == ["x = 1", "y = 2"]
        client.cells[1]["source"].insert(0, "z = 3\n")
        await until(have, "# %%\nz = 3\ny = 2\n", folder / "s.py")
        assert failures(client) == []
    assert "x = 1" in (folder / "s.py").read_text() and '"cells"' not in (folder / "s.py").read_text()


async def test_save_51_another_programs_edit_of_the_script_and_typing_are_both_kept(server: JupyterProcess) -> None:
    """Twenty pairs, edited at twenty different moments."""
    await asyncio.gather(*(both_kept(server, number) for number in range(20)))


async def both_kept(server: JupyterProcess, number: int) -> None:
    folder = pair(server)
    notebook, script = folder / "n.ipynb", folder / "n.py"
    async with in_room(server, notebook) as client:
        client.cells[0]["source"].insert(0, "first = 0\n")
        await until(have, "first = 0", notebook, script)
        typing = asyncio.ensure_future(type_on(client))
        await asyncio.sleep(number * 0.07)
        await asyncio.to_thread(edit, script)
        await typing
        await client.until(lambda: "outside = 1" in source(client, 1) and client.all_acknowledged)
        words = [f"w{n} = 0" for n in range(10)]
        for word in [*words, "outside = 1"]:
            await until(have, word, notebook, script)
        assert [source(client, 0).count(f"{word}\n") for word in words] == [1] * 10
        assert source(client, 1).count("outside = 1") == 1 == script.read_text().count("outside = 1")


async def type_on(client: TestClient) -> None:
    for number in range(10):
        client.cells[0]["source"].insert(0, f"w{number} = 0\n")
        await asyncio.sleep(0.15)


def edit(script: Path) -> None:
    """As an editor does that reads, changes and saves; ours may save in between."""
    script.write_text(script.read_text().replace("y = 2", "y = 2\noutside = 1"))


async def test_save_51_a_script_that_goes_away_does_not_stop_saving(server: JupyterProcess) -> None:
    folder = pair(server)
    async with in_room(server, folder / "n.ipynb") as client:
        client.cells[0]["source"].insert(0, "first = 0\n")
        await until(have, "first = 0", folder / "n.ipynb", folder / "n.py")
        (folder / "n.py").unlink()
        client.cells[0]["source"].insert(0, "second = 0\n")
        await until(have, "second = 0", folder / "n.ipynb", folder / "n.py")


def joined(server: JupyterProcess, *paths: str) -> tuple[dict[str, Any], str]:
    """A session in which somebody may edit these, and their cookie."""
    scope = [{"path": path} for path in paths]
    invite = {"role": "editor", "knock": False}
    answer = host(server, "POST", "sessions", {"scope": scope, "kind": "ad-hoc", "invite": invite})
    assert answer.status == 201, answer.body
    secret = answer.body["invites"][0]["link"].split("#")[1]
    entered = guest(server, answer.body["id"], "join", {"secret": secret, "name": "Eve"})
    assert entered.status == 200, entered.body
    return answer.body, entered.cookie


async def guest_in_room(server: JupyterProcess, session: dict[str, Any], cookie: str, path: str) -> TestClient:
    opened = guest(server, session["id"], "documents", {"path": path, "type": "notebook"}, cookie=cookie)
    assert opened.status == 200, opened.body
    address = f"{server.ws_origin}/cohost/g/{session['id']}/rooms/{opened.body['id']}"
    return await TestClient(lambda: address, {"Cookie": cookie, "Origin": server.origin}).start()


async def test_save_53_an_editor_names_no_file_of_the_host(server: JupyterProcess) -> None:
    """By the metadata in a room, an upload, a configuration file, and a rename, with the host at work beside them."""
    folder, private = server.root / f"t{next(NUMBERS)}", server.root / "private"
    folder.mkdir()
    private.mkdir()
    (private / "evil.py").write_text("# %%\nsecret = 1\n")
    (private / "n.py").write_text("# %%\nsecret = 1\n")
    paired = pair(server)
    (paired / "n.ipynb").rename(folder / "n.ipynb")
    session, cookie = await asyncio.to_thread(joined, server, folder.name)
    evil = json.loads((folder / "n.ipynb").read_text())
    evil["metadata"]["jupytext"]["formats"] = "ipynb,../private//py:percent"
    at = f"api/contents/{folder.name}"
    put = {"type": "notebook", "format": "json", "content": evil}
    assert guest(server, session["id"], f"{at}/evil.ipynb", put, cookie=cookie, method="PUT").status == 201
    toml = {"type": "file", "format": "text", "content": 'formats = "ipynb,../private//py:percent"\n'}
    assert guest(server, session["id"], f"{at}/jupytext.toml", toml, cookie=cookie, method="PUT").status == 201
    read = guest(server, session["id"], f"{at}/evil.ipynb", cookie=cookie, method="GET")
    assert read.status == 200 and "secret" not in str(read.body)
    async with in_room(server, folder / "n.ipynb") as ada:
        eve = await guest_in_room(server, session, cookie, f"{folder.name}/n.ipynb")
        eve.doc.get("meta", type=Map)["metadata"]["jupytext"] = evil["metadata"]["jupytext"]
        eve.cells[0]["source"].insert(0, "typed = 1\n")
        await until(have, "typed = 1", folder / "n.ipynb", folder / "n.py")
        assert ada.doc.get("meta", type=Map)["metadata"]["jupytext"]["formats"] == "ipynb,py:percent"
        await eve.stop()
    async with in_room(server, folder / "evil.ipynb") as ada:
        assert "secret" not in str(ada.doc.get("cells", type=Array).to_py())
        ada.cells[0]["source"].insert(0, "hosts = 1\n")
        await until(have, "hosts = 1", folder / "evil.ipynb")
        assert [body["code"] for kind, body in ada.messages if kind == NOTICE] == ["left_out"]
    api = f"{server.origin}/api/contents/{folder.name}/evil.ipynb"
    assert "secret" not in str(request(api, headers=HEADERS).body)
    moved = request(api, "PATCH", {"path": f"{folder.name}/o.ipynb"}, HEADERS)
    assert moved.status == 200, moved.body
    renamed = {"path": f"{folder.name}/m.ipynb"}
    answer = guest(server, session["id"], f"{at}/n.ipynb", renamed, cookie=cookie, method="PATCH")
    assert answer.status == 200, answer.body
    assert sorted(file.name for file in folder.glob("[!.]*")) == ["jupytext.toml", "m.ipynb", "n.py", "o.ipynb"]
    assert {file.name: file.read_text() for file in private.iterdir()} == {
        "evil.py": "# %%\nsecret = 1\n",
        "n.py": "# %%\nsecret = 1\n",
    }


async def test_save_53_guests_of_a_pair_edit_both_files_also_when_the_host_is_away(server: JupyterProcess) -> None:
    """The host opened it once; the server starts again, and only the guest is there."""
    folder = pair(server)
    async with in_room(server, folder / "n.ipynb") as ada:
        ada.cells[0]["source"].insert(0, "first = 0\n")
        await until(have, "first = 0", folder / "n.ipynb", folder / "n.py")
    session, cookie = await asyncio.to_thread(joined, server, f"{folder.name}/n.ipynb")
    for round_ in ("one", "two"):
        eve = await guest_in_room(server, session, cookie, f"{folder.name}/n.ipynb")
        eve.cells[0]["source"].insert(0, f"{round_} = 0\n")
        await until(have, f"{round_} = 0", folder / "n.ipynb", folder / "n.py")
        edit(folder / "n.py")
        await eve.until(lambda one=eve: "outside = 1" in source(one, 1))
        await eve.stop()
        (folder / "n.py").write_text((folder / "n.py").read_text().replace("outside = 1\n", ""))
        if round_ == "one":
            await asyncio.to_thread(server.kill9)
            await asyncio.to_thread(server.start)


#: Once, in the middle of a save: the notebook is written, the script is not.
CUT = """
import os, signal
def cut(model, os_path, contents_manager, **more):
    mark = os.path.join(os.path.dirname(os_path), "cut")
    if os_path.endswith(".ipynb") and os.path.exists(mark):
        os.unlink(mark)
        os.kill(os.getpid(), signal.SIGKILL)
c.FileContentsManager.post_save_hook = cut
"""


@pytest.mark.parametrize("meanwhile", ["script", "client"])
async def test_save_52_kill_9_between_the_two_files_loses_nothing(tmp_path: Path, meanwhile: str) -> None:
    """Nor what another program writes to the script, or somebody types, while the server is down."""
    server = JupyterProcess(tmp_path, config=CUT, environment=environment_of("jupytext")).start()
    try:
        folder = pair(server)
        async with in_room(server, folder / "n.ipynb") as client:
            client.cells[0]["source"].insert(0, "first = 0\n")
            await until(have, "first = 0", folder / "n.ipynb", folder / "n.py")
            await client.until(lambda: client.all_acknowledged)
            (folder / "cut").touch()
            client.cells[0]["source"].insert(0, "last = 0\n")
            await asyncio.to_thread(server.process.wait, 30)
            assert have("last = 0", folder / "n.ipynb") and not have("last = 0", folder / "n.py")
            # Longer than what jupytext takes for one moment.
            stat = (folder / "n.py").stat()
            os.utime(folder / "n.py", (stat.st_atime - 60, stat.st_mtime - 60))
            words = ["first = 0", "last = 0"]
            if meanwhile == "script":
                edit(folder / "n.py")
                words.append("outside = 1")
            if meanwhile == "client":
                client.cells[1]["source"].insert(0, "typed = 0\n")
                words.append("typed = 0")
            await asyncio.to_thread(server.start)
            await client.until(lambda: client.all_acknowledged)
            for word in words:
                await until(have, word, folder / "n.ipynb", folder / "n.py")
            # The client's copy of the notebook: each once.
            text = "\n".join(source(client, number) for number in range(len(client.cells)))
            assert [text.count(word) for word in words] == [1] * len(words), text
    finally:
        server.stop()
