"""SAVE-43, SAVE-44: jupytext's pairs, with the real jupytext: it puts its own contents manager in place of ours."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from .support.neighbours import environment_of
from .support.room_client import TestClient
from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import Answer, request

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


async def test_save_43_an_edit_is_in_both_files_and_the_script_is_made(server: JupyterProcess) -> None:
    folder = pair(server)
    async with in_room(server, folder / "n.ipynb") as client:
        for number in range(3):
            client.cells[0]["source"].insert(0, f"a{number} = 0\n")
            await until(have, f"a{number} = 0", folder / "n.ipynb", folder / "n.py")
        assert failures(client) == []


async def test_save_43_a_script_opens_as_a_notebook_and_stays_a_script(server: JupyterProcess) -> None:
    folder = server.root / f"t{next(NUMBERS)}"
    folder.mkdir()
    (folder / "s.py").write_text(SCRIPT)
    async with in_room(server, folder / "s.py") as client:
        assert [source(client, n) for n in range(2)] == ["x = 1", "y = 2"]
        client.cells[1]["source"].insert(0, "z = 3\n")
        await until(have, "# %%\nz = 3\ny = 2\n", folder / "s.py")
        assert failures(client) == []
    assert "x = 1" in (folder / "s.py").read_text() and '"cells"' not in (folder / "s.py").read_text()


async def test_save_44_another_programs_edit_of_the_script_and_typing_are_both_kept(server: JupyterProcess) -> None:
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


async def test_save_44_a_script_that_goes_away_does_not_stop_saving(server: JupyterProcess) -> None:
    folder = pair(server)
    async with in_room(server, folder / "n.ipynb") as client:
        client.cells[0]["source"].insert(0, "first = 0\n")
        await until(have, "first = 0", folder / "n.ipynb", folder / "n.py")
        (folder / "n.py").unlink()
        client.cells[0]["source"].insert(0, "second = 0\n")
        await until(have, "second = 0", folder / "n.ipynb", folder / "n.py")
