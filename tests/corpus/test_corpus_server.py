"""The same on a real server, by its REST API and a socket: a sample of the corpus."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from ..support.room_client import SAVE, SAVE_RESULT, TestClient, json_message
from ..support.server import HEADERS, JupyterProcess
from .jupyterlab_save import LETTER, Reference, typed, without_new_ids
from .packages import SMALL, installed, notebooks, sources, texts

#: Each is a format, a cell type or an odd end of its own; all others are opened without a server.
NOTEBOOKS = ("test2.ipynb", "test3.ipynb", "test4.ipynb", "test4.5.ipynb", "test4custom.ipynb", "no_min_version.ipynb")


def opened(server: JupyterProcess, name: str) -> str:
    """The document's id."""
    kind = "notebook" if name.endswith(".ipynb") else "file"
    body = json.dumps({"path": name, "type": kind, "format": "json" if kind == "notebook" else "text"})
    headers = {**HEADERS, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.origin}/cohost/api/documents", body.encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["id"])


async def save(client: TestClient, name: str) -> None:
    client.send(json_message(SAVE, {"id": name}))
    await client.until(lambda: (SAVE_RESULT, {"id": name, "ok": True}) in client.messages)


def source(client: TestClient, name: str) -> Any:
    return client.cells[0]["source"] if name.endswith(".ipynb") else client.text


async def test_save_43_on_a_real_server_files_change_as_jupyterlab_changes_them(tmp_path: Path) -> None:
    """SAVE-43: opened, over a kill -9, typed in and saved."""
    server = JupyterProcess(tmp_path)
    found = {path.name: path for path in notebooks(sources(SMALL[0]))}
    files = {name: found[name].read_bytes() for name in NOTEBOOKS}
    files |= {f"{number}.txt": path.read_bytes() for number, path in enumerate(readable(texts(list(installed()), 16)))}
    for name, data in files.items():
        (server.root / name).write_bytes(data)
    reference = Reference(tmp_path / "reference")
    server.start()
    try:
        for name in files:
            await (await connected(server, name)).stop()
        server.kill9()
        server.start()
        for name, data in files.items():
            client = await connected(server, name)
            assert (server.root / name).read_bytes() == data, name
            source(client, name).insert(0, LETTER)
            await save(client, "typed")
            assert same(server, name, data, await expected(reference, name, data, 0)), name
            del source(client, name)[0 : len(LETTER.encode())]
            await save(client, "removed")
            assert same(server, name, data, await expected(reference, name, data, None)), name
            await client.stop()
    finally:
        server.stop()


async def connected(server: JupyterProcess, name: str) -> TestClient:
    document = opened(server, name)
    return await TestClient(lambda: f"{server.ws_origin}/cohost/rooms/{document}", HEADERS).start()


def same(server: JupyterProcess, name: str, original: bytes, wanted: bytes) -> bool:
    now = (server.root / name).read_bytes()
    if now == wanted or not name.endswith(".ipynb"):
        return now == wanted
    return bool(without_new_ids(now, original) == without_new_ids(wanted, original))


async def expected(reference: Reference, name: str, data: bytes, place: int | None) -> bytes:
    model = await reference.read(name, data)
    assert model is not None
    model["content"] = typed(model["content"], place)
    return await reference.save(name, model)


def readable(paths: list[Path]) -> list[Path]:
    """Those in UTF-8."""
    return [path for path in paths if b"\0" not in path.read_bytes() and is_utf8(path.read_bytes())]


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
