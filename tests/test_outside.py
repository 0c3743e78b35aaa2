"""What other programs do to the file of a room: told, looked at, taken back, followed. Rooms by themselves."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Array, Map, Text

from jupyterlab_cohost.core.ports import Merged
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.storage.atomic import version_of
from jupyterlab_cohost.storage.merge import merge
from jupyterlab_cohost.storage.moves import moved_to

from .support.fakes import FakeClient
from .test_rooms import NOTICE, RENAMED, SAVE_RESULT, SAVE_STATE, World, code_cell, notebook, until

CHANGE_RESULT, PONG = 112, 114


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(a_txt="one\ntwo\nthree\n", n_ipynb=notebook(code_cell("c1", "x = 1"), code_cell("c2", "y = 2")))
    yield made
    await made.rooms.shutdown()


def notices(client: FakeClient, code: str) -> list[dict[str, Any]]:
    return [notice for notice in client.of_type(NOTICE) if notice["code"] == code]


def action(what: str, change: str) -> bytes:
    return messages.encode_json("change", {"id": "q", "change": change, "action": what})


async def test_room_25_a_change_from_outside_is_told_shown_and_taken_back(world: World) -> None:
    ann, eve = FakeClient(), FakeClient(Role.VIEWER, "Eve")
    room = await world.join("a.txt", ann, eve)
    world.store.write("a.txt", "one\nTWO\nthree\n")
    await until(lambda: notices(eve, "file_changed"))
    change = notices(eve, "file_changed")[0]["change"]
    room.handle(eve, action("difference", change))
    await until(lambda: eve.of_type(CHANGE_RESULT))
    assert {"-two", "+TWO"} <= set(eve.of_type(CHANGE_RESULT)[0]["difference"].splitlines())
    room.handle(eve, action("undo", change))
    await until(lambda: len(eve.of_type(CHANGE_RESULT)) == 2)
    assert eve.of_type(CHANGE_RESULT)[1]["ok"] is False
    room.handle(ann, ann.insert("zero\n"))
    room.handle(ann, action("undo", change))
    await until(lambda: world.store.files["a.txt"] == "zero\none\ntwo\nthree\n")
    assert str(ann.text) == str(eve.text) == "zero\none\ntwo\nthree\n"
    assert "Ann" in notices(eve, "change_undone")[0]["message"]
    room.handle(ann, action("undo", change))
    await until(lambda: len(ann.of_type(CHANGE_RESULT)) == 2)
    assert [answer["ok"] for answer in ann.of_type(CHANGE_RESULT)] == [True, False]


async def test_room_25_a_notebook_change_is_taken_back_by_cells(world: World) -> None:
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    world.store.write("n.ipynb", notebook(code_cell("c1", "x = 1000"), code_cell("c2", "y = 2"), code_cell("c3", "z")))
    await until(lambda: len(ann.cells) == 3)
    room.handle(ann, ann.edit(lambda: ann.cells[1]["source"].insert(0, "# mine\n")))
    room.handle(ann, action("undo", notices(ann, "file_changed")[0]["change"]))
    await until(lambda: len(ann.cells) == 2)
    assert [str(cell["source"]) for cell in ann.cells] == ["x = 1", "# mine\ny = 2"]


async def test_room_25_what_somebody_types_in_a_cell_while_it_is_taken_back_keeps_the_cell(world: World) -> None:
    """Found by a random plan (seed 970)."""
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("n.ipynb", ann, bob)
    world.store.write("n.ipynb", notebook(code_cell("c1", "x = 1"), code_cell("c2", "y = 2"), code_cell("c3", "z")))
    await until(lambda: len(bob.cells) == 3)
    loop, typed = asyncio.get_running_loop(), threading.Event()

    def types() -> None:
        if not typed.is_set():
            room.handle(bob, bob.edit(lambda: bob.cells[2]["source"].insert(1, " = 3")))
            typed.set()

    def merging(*contents: Any) -> Merged:
        loop.call_soon_threadsafe(types)
        typed.wait(10)
        return merge(*contents)

    room.file.storage = replace(room.file.storage, merge=merging)
    room.handle(ann, action("undo", notices(ann, "file_changed")[0]["change"]))
    await until(lambda: ann.of_type(CHANGE_RESULT))
    assert [str(cell["source"]) for cell in ann.cells] == ["x = 1", "y = 2", "z = 3"]
    assert notices(bob, "merge_conflict")[0]["where"] == ["c3"]


async def test_room_25_to_take_back_a_change_does_not_bring_back_a_cell_that_somebody_deleted(world: World) -> None:
    """Found by a random plan (seed 392)."""
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    world.store.write("n.ipynb", notebook(code_cell("c1", "x = 1000"), code_cell("c2", "y = 2000")))
    await until(lambda: str(ann.cells[1]["source"]) == "y = 2000")
    room.handle(ann, ann.edit(lambda: ann.cells.pop(0)))
    room.handle(ann, action("undo", notices(ann, "file_changed")[0]["change"]))
    await until(lambda: [str(cell["source"]) for cell in ann.cells] == ["y = 2"])
    await room.save()
    assert [cell["source"] for cell in world.store.files["n.ipynb"]["cells"]] == ["y = 2"]


async def test_room_25_the_same_content_is_no_news(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    room.handle(ann, ann.insert("X"))
    world.store.write("a.txt", "Xone\ntwo\nthree\n")
    await room.save()
    await until(lambda: room.file.saved.content == "Xone\ntwo\nthree\n")
    assert ann.of_type(NOTICE) == []


async def test_room_26_a_file_that_was_moved_is_followed(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    told: list[tuple[str, str]] = []

    async def follow(old: str, new: str) -> None:
        told.append((old, new))
        await world.rooms.rename(old, new)

    world.rooms.follow_move = follow
    world.store.files["b/new.txt"] = world.store.files["a.txt"]
    world.store.moved["a.txt"] = "b/new.txt"
    world.store.remove("a.txt")
    await until(lambda: ann.of_type(RENAMED) == [{"path": "b/new.txt"}])
    room.handle(ann, ann.insert("zero\n"))
    await until(lambda: world.store.files["b/new.txt"].startswith("zero"))
    assert told == [("a.txt", "b/new.txt")]
    assert notices(ann, "file_moved") and not notices(ann, "file_gone")
    assert "a.txt" not in world.store.files


async def test_room_26_two_rooms_never_write_one_file(world: World) -> None:
    world.store.files["b.txt"] = "other"
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    await world.join("a.txt", ann)
    await world.join("b.txt", bob)
    world.store.moved["a.txt"] = "b.txt"
    world.store.remove("a.txt")
    await until(lambda: notices(ann, "file_gone"))
    assert ann.of_type(RENAMED) == []


async def test_room_27_a_file_that_is_gone_is_told_once_and_made_again_when_someone_asks(world: World) -> None:
    ann, eve = FakeClient(), FakeClient(Role.VIEWER, "Eve")
    room = await world.join("a.txt", ann, eve)
    world.store.remove("a.txt")
    await until(lambda: notices(ann, "file_gone") and ann.of_type(SAVE_STATE)[-1]["state"] == "failed")
    room.handle(ann, ann.insert("more "))
    room.handle(ann, messages.encode_json("save", {"id": "plain"}))
    await until(lambda: ann.of_type(SAVE_RESULT))
    assert ann.of_type(SAVE_RESULT)[0]["ok"] is False and "a.txt" not in world.store.files
    room.handle(eve, messages.encode_json("save", {"id": "eve", "restore": True}))
    assert eve.of_type(SAVE_RESULT)[0]["ok"] is False
    room.handle(ann, messages.encode_json("save", {"id": "again", "restore": True}))
    await until(lambda: world.store.files.get("a.txt") == "more one\ntwo\nthree\n")
    await until(lambda: ann.of_type(SAVE_STATE)[-1]["state"] == "saved")
    assert len(notices(ann, "file_gone")) == 1


async def test_room_27_programs_that_save_by_renaming_take_nothing_away(world: World) -> None:
    ann = FakeClient()
    await world.join("a.txt", ann)
    world.store.moved["a.txt"] = "a.txt~"
    world.store.remove("a.txt")
    world.store.write("a.txt", "one\ntwo\nthree\nfour\n")
    await until(lambda: str(ann.text).endswith("four\n"))
    assert ann.of_type(RENAMED) == [] and not notices(ann, "file_gone")


async def test_room_28_a_ping_is_answered(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    room.handle(ann, messages.encode_json("ping", {}))
    assert ann.of_type(PONG) == [{}]


def test_save_20_a_moved_file_is_known_by_inode_and_bytes(tmp_path: Path) -> None:
    old = tmp_path / "a.txt"
    old.write_text("content")
    version = version_of(str(old))
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    shutil.copy2(old, tmp_path / "copy.txt")
    new = tmp_path / "deep" / "er" / "b.txt"
    os.rename(old, new)
    assert moved_to(str(tmp_path), str(old), version) == str(new)
    os.rename(new, tmp_path / ".hidden" / "b.txt")
    assert moved_to(str(tmp_path), str(old), version) is None
    os.rename(tmp_path / ".hidden" / "b.txt", new)
    new.write_text("moved and changed before anybody looked")
    assert moved_to(str(tmp_path), str(old), version) == (str(new) if version.birth else None)
    new.unlink()
    for number in range(20):
        (tmp_path / f"{number}.txt").write_text("content")
    assert moved_to(str(tmp_path), str(old), version) is None, "an inode is used again"


def test_save_20_without_times_of_birth_only_an_unchanged_file_is_known(tmp_path: Path) -> None:
    old, new = tmp_path / "a.txt", tmp_path / "b.txt"
    old.write_text("content")
    version = replace(version_of(str(old)), birth=None)
    old.rename(new)
    assert moved_to(str(tmp_path), str(old), version) == str(new)
    new.write_text("another")
    assert moved_to(str(tmp_path), str(old), version) is None


async def test_room_29_a_cell_that_two_move_at_the_same_time_stands_there_once(world: World) -> None:
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("n.ipynb", ann, bob)

    def move(client: FakeClient) -> bytes:
        def moved() -> None:
            source = str(client.cells[0]["source"])
            del client.cells[0]
            client.cells.append(
                Map({**code_cell("c1", source), "source": Text(source), "metadata": Map(), "outputs": Array()})
            )

        return client.edit(moved)

    both = move(ann), move(bob)
    room.handle(ann, both[0])
    room.handle(bob, both[1])
    await until(lambda: [cell["id"] for cell in room.document.content_now()["cells"]] == ["c2", "c1"])
    await until(
        lambda: [str(cell["id"]) for cell in ann.cells] == [str(cell["id"]) for cell in bob.cells] == ["c2", "c1"]
    )
    await until(lambda: [cell["id"] for cell in world.store.files["n.ipynb"]["cells"]] == ["c2", "c1"])
