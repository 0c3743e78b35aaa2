"""CONT-24, SAVE-55: an editor puts a folder with a link that leads outside where something harmless stood."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jupyterlab_cohost.protocol.close_codes import NOT_FOUND

from ..support.gateway import SECRET, Guest, World, bearer
from ..support.room_client import NOTICE, SAVE, SAVE_RESULT, TestClient, json_message


def swappable(world: World, name: str) -> Path:
    """A shared folder: ``name/real/out/note.txt`` of anybody, and ``name/vendor/out``, a link to what is not shared."""
    root = world.server.root
    (root / name / "real/out").mkdir(parents=True)
    (root / name / "vendor").mkdir()
    (root / name / "real/out/note.txt").write_text("harmless\n")
    private = root / f"private-{name}"
    private.mkdir()
    (private / "note.txt").write_text(SECRET)
    (root / name / "vendor/out").symlink_to(private, target_is_directory=True)
    return private / "note.txt"


def move(guest: Guest, old: str, new: str) -> None:
    assert guest.request("PATCH", f"api/contents/{old}", {"path": new}).status == 200


def locate(guest: Guest, path: str) -> str:
    answer = guest.request("POST", "documents", {"path": path, "type": "file", "format": "text"})
    assert answer.status == 200, answer.body
    return str(answer.json()["id"])


def room_client(guest: Guest, document: str) -> TestClient:
    address = f"http://127.0.0.1:{guest.port}{guest.base}/rooms/{document}"
    return TestClient(lambda: address, guest.carrier(guest))


@pytest.mark.parametrize("restore", [False, True])
async def test_save_55_no_document_goes_on_with_a_file_that_is_not_shared(world: World, restore: bool) -> None:
    """The document's folder is deleted, and one with a link in it takes its name."""
    name = f"swap-room-{restore}"
    secret = swappable(world, name)
    editor = world.guest("editor", world.share([name]), bearer)
    client = await room_client(editor, locate(editor, f"{name}/real/out/note.txt")).start()
    try:
        assert editor.request("DELETE", f"api/contents/{name}/real").status == 204
        await client.until(lambda: any(kind == NOTICE and m["code"] == "file_gone" for kind, m in client.messages))
        move(editor, f"{name}/vendor", f"{name}/real")
        text = client.text
        text += "of the editor"
        client.send(json_message(SAVE, {"id": "one", "restore": restore}))
        await client.until(lambda: any(kind == SAVE_RESULT for kind, _ in client.messages))
        assert not next(m for kind, m in client.messages if kind == SAVE_RESULT)["ok"]
        assert str(client.text) == "harmless\nof the editor"
        assert secret.read_text() == SECRET
    finally:
        await client.stop()


async def test_cont_24_nothing_is_moved_to_where_another_sessions_item_is_below(world: World) -> None:
    """The folder above a shared item is deleted by an editor of a wider session; a link has the item's name."""
    name = "swap-other"
    secret = swappable(world, name)
    editor = world.guest("editor", world.share([name]), bearer)
    other = world.guest("editor", world.share([f"{name}/real/out"]), bearer)
    assert other.get(f"api/contents/{name}/real/out/note.txt").json()["content"] == "harmless\n"
    assert editor.request("DELETE", f"api/contents/{name}/real").status == 204
    answer = editor.request("PATCH", f"api/contents/{name}/vendor", {"path": f"{name}/real"})
    assert (answer.status, answer.json()["code"]) == (403, "forbidden")
    assert other.get(f"api/contents/{name}/real/out/note.txt").status == 404
    move(editor, f"{name}/vendor", f"{name}/elsewhere")
    assert secret.read_text() == SECRET


async def test_gate_64_a_room_of_what_is_not_shared_opens_for_no_guest(world: World) -> None:
    """The host has a file open that a link leads to; an editor puts a harmless one at its path."""
    secret = swappable(world, "swap-host")
    path = "swap-host/vendor/out/note.txt"
    opened = world.host("POST", "cohost/api/documents", {"path": path, "type": "file", "format": "text"})
    assert opened.status == 200
    editor = world.guest("editor", world.share(["swap-host"]), bearer)
    assert editor.request("DELETE", "api/contents/swap-host/vendor").status == 204
    move(editor, "swap-host/real", "swap-host/vendor")
    assert editor.get(f"api/contents/{path}").json()["content"] == "harmless\n"
    client = room_client(editor, locate(editor, path))
    running = asyncio.ensure_future(client.start())
    try:
        await client.until(lambda: bool(client.closes) or client.synced.is_set())
        assert [code for code, _ in client.closes][:1] == [NOT_FOUND.code]
        assert SECRET not in str(client.text)
    finally:
        running.cancel()
        await client.stop()
    assert secret.read_text() == SECRET
