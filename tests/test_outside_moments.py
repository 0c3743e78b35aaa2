"""Another program writes, or the server dies, in the one moment that would lose its line or double it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Array, Map, Text

from jupyterlab_cohost.protocol.errors import Conflict
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.storage import atomic
from jupyterlab_cohost.storage.exchange import exchange
from jupyterlab_cohost.storage.files import ContentsStore

from .support.fakes import FakeClient
from .support.file_writer import MANAGERS
from .test_rooms import NOTICE, World, code_cell, notebook, until

linux = pytest.mark.skipif(sys.platform != "linux", reason="two files change places at once")
WAYS: dict[str, Callable[[Path], None]] = {}


def way(write: Callable[[Path], None]) -> Callable[[Path], None]:
    WAYS[write.__name__] = write
    return write


@way
def by_a_new_file(file: Path) -> None:
    new = file.with_name("new")
    new.write_text("outside")
    os.replace(new, file)


@way
def in_place(file: Path) -> None:
    file.write_text("outside")


@way
def with_an_old_time(file: Path) -> None:
    before = file.stat()
    by_a_new_file(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def after_the_last_look(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Once, between the check and the rename of a save."""
    check, acts = atomic._check, [act]

    def checked(*arguments: object) -> None:
        check(*arguments)  # type: ignore[arg-type]
        if acts:
            acts.pop()()

    monkeypatch.setattr(atomic, "_check", checked)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ContentsStore:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.txt").write_text("before ")
    return ContentsStore(MANAGERS["AsyncLargeFileManager"](root_dir=str(tmp_path / "root")))


@linux
@pytest.mark.parametrize("write", WAYS.values(), ids=WAYS)
async def test_save_7_a_write_between_the_last_look_and_the_rename(
    store: ContentsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], None]
) -> None:
    """SAVE-7: it is put back and told; nothing of ours stays beside it, and the next save goes through."""
    file = tmp_path / "root" / "a.txt"
    await store.load("a.txt", "file")
    after_the_last_look(monkeypatch, lambda: write(file))
    with pytest.raises(Conflict):
        await store.save("a.txt", "file", "room", sign=False)
    assert file.read_text() == "outside"
    assert [entry.name for entry in file.parent.iterdir()] == ["a.txt"]
    assert (await store.load("a.txt", "file")).content == "outside"
    await store.save("a.txt", "file", "both", sign=False)
    assert file.read_text() == "both"


@linux
async def test_save_7_a_program_that_is_still_writing_when_its_file_goes(
    store: ContentsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAVE-7: opened in that moment, written a little later: its words are in the file that it opened, which stays."""
    file = tmp_path / "root" / "a.txt"
    await store.load("a.txt", "file")
    opened = []
    after_the_last_look(monkeypatch, lambda: opened.append(file.open("a")))
    with pytest.raises(Conflict):
        await store.save("a.txt", "file", "room", sign=False)
    with opened[0] as program:
        program.write("and outside")
    assert file.read_text() == "before and outside"


@linux
async def test_save_7_two_writes_in_one_moment(
    store: ContentsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAVE-7: another write, on top of ours while the first is put back: the latest stays, and is told."""
    file = tmp_path / "root" / "a.txt"
    await store.load("a.txt", "file")
    after_the_last_look(monkeypatch, lambda: by_a_new_file(file))
    done: list[str] = []

    def exchanged(one: str, other: str) -> bool:
        if len(done) == 1:
            file.write_text("later still")
        done.append(other)
        return exchange(one, other)

    monkeypatch.setattr(atomic, "exchange", exchanged)
    with pytest.raises(Conflict):
        await store.save("a.txt", "file", "room", sign=False)
    assert file.read_text() == "later still"
    assert [entry.name for entry in file.parent.iterdir()] == ["a.txt"]


async def test_save_7_where_two_files_cannot_change_places(
    store: ContentsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAVE-2: there a save is a plain rename."""
    monkeypatch.setattr(atomic, "exchange", lambda _one, _other: False)
    await store.load("a.txt", "file")
    await store.save("a.txt", "file", "room", sign=False)
    assert (tmp_path / "root" / "a.txt").read_text() == "room"


async def test_jrnl_16_nobody_sees_an_outside_change_that_a_crash_would_lose() -> None:
    """JRNL-16: killed before it was committed, it is merged again; a page that had seen it would bring it, too."""
    world = World(a_txt="one\ntwo\n")
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    room.handle(ann, ann.insert("zero\n"))
    await room.save()
    world.journal.gate.clear()
    world.store.write("a.txt", "zero\none\ntwo\noutside\n")
    await until(lambda: world.journal.waiting > 0)
    room.handle(ann, ann.insert("and ", 0))
    # The server is killed here; another one begins with what its journal and the disk have.
    after = World(a_txt=world.store.files["a.txt"])
    after.journal.records, after.journal.stored = deepcopy((world.journal.records, world.journal.stored))
    again = await after.join("a.txt", ann)
    await again.save()
    assert after.store.files["a.txt"] == str(ann.text) == "and zero\none\ntwo\noutside\n"
    await after.rooms.shutdown()
    world.journal.gate.set()
    await world.rooms.shutdown()


async def test_jrnl_20_a_conflict_is_told_although_the_server_was_killed_at_that_moment() -> None:
    """JRNL-20: found by random plans (1444)."""
    world = World(a_txt="one\ntwo\n")
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    room.handle(ann, ann.insert("my ", 0))
    world.store.write("a.txt", "your one\ntwo\n")
    await until(lambda: "your one" in str(ann.text))
    assert str(ann.text) == "my one\nyour one\ntwo\n"
    # The server is killed here, and its last words reach nobody.
    after = World(a_txt=world.store.files["a.txt"])
    after.journal.records, after.journal.stored = deepcopy((world.journal.records, world.journal.stored))
    bob = FakeClient(name="Bob")
    await after.join("a.txt", bob)
    assert [notice["where"] for notice in bob.of_type(NOTICE) if notice["code"] == "merge_conflict"] == [["line 1"]]
    await after.rooms.shutdown()
    await world.rooms.shutdown()


async def test_room_21_what_people_type_while_an_outside_change_is_committed() -> None:
    """ROOM-21: nobody waits for it, and it comes to everybody when it is committed."""
    world = World(a_txt="one\ntwo\n")
    ann, bob = FakeClient(), FakeClient(name="Bob")
    room = await world.join("a.txt", ann, bob)
    world.journal.gate.clear()
    world.store.write("a.txt", "one\ntwo\noutside\n")
    await until(lambda: world.journal.waiting > 0)
    room.handle(ann, ann.insert("zero\n"))
    await until(lambda: str(bob.text) == "zero\none\ntwo\n")
    world.journal.gate.set()
    await until(lambda: str(ann.text) == str(bob.text) == "zero\none\ntwo\noutside\n")
    await until(lambda: world.store.files["a.txt"] == str(bob.text))
    await world.rooms.shutdown()


CELLS = [code_cell("c1", "x = 1"), code_cell("c2", "y = 2"), code_cell("c3", "z = 3")]
CHANGED = notebook(CELLS[0], code_cell("c2", "y = 2\n# outside"), CELLS[2])


def cells_in_the_file(world: World) -> list[dict[str, Any]]:
    written = world.store.files["n.ipynb"]
    assert isinstance(written, dict)
    return list(written["cells"])


def sources_in_the_file(world: World) -> list[str]:
    return [cell["source"] for cell in cells_in_the_file(world)]


def moved(cells: Any) -> None:
    """As JupyterLab does it: a copy."""
    cell = cells.pop(1)
    more: dict[str, Any] = {
        "source": Text(str(cell["source"])),
        "metadata": Map(),
        "outputs": Array(),
        "execution_count": None,
    }
    cells.insert(0, Map({"id": cell["id"], "cell_type": "code", **more}))


def merged_into_the_one_above(cells: Any) -> None:
    text = str(cells.pop(1)["source"])
    source = cells[0]["source"]
    source.insert(len(str(source)), f"\n{text}")


@pytest.mark.parametrize("act", [moved, merged_into_the_one_above])
async def test_save_12_a_cell_that_somebody_moves_while_an_outside_change_is_merged_into_it(
    act: Callable[[Any], None],
) -> None:
    """SAVE-12: the change is in the copy, or in the cell, which is there again; found by random plans (654, 81)."""
    world = World(n_ipynb=notebook(*CELLS))
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    world.journal.gate.clear()
    world.store.write("n.ipynb", CHANGED)
    await until(lambda: world.journal.waiting > 0)
    room.handle(ann, ann.edit(lambda: act(ann.cells)))
    world.journal.gate.set()
    await until(lambda: "# outside" in "".join(str(cell["source"]) for cell in ann.cells))
    assert ann.closed is None
    await room.save()
    sources = sources_in_the_file(world)
    assert "".join(sources).count("# outside") == 1
    if act is moved:
        assert sources == ["y = 2\n# outside", "x = 1", "z = 3"]
    await world.rooms.shutdown()


async def test_save_12_a_cell_that_somebody_moves_who_has_not_seen_what_a_program_did_to_it() -> None:
    """SAVE-12: they were offline, or their page is far away: the copy gets the source, outputs and metadata."""
    world = World(n_ipynb=notebook(*CELLS))
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    frame = ann.edit(lambda: moved(ann.cells))
    output = {"output_type": "stream", "name": "stdout", "text": "2"}
    ran = {**code_cell("c2", "y = 2\n# outside"), "outputs": [output], "metadata": {"tags": ["slow"]}}
    world.store.write("n.ipynb", notebook(CELLS[0], ran, CELLS[2]))
    await until(lambda: "# outside" in str(room.document.content_now()))
    room.handle(ann, frame)
    await until(lambda: "# outside" in "".join(str(cell["source"]) for cell in ann.cells))
    await room.save()
    assert sources_in_the_file(world) == ["y = 2\n# outside", "x = 1", "z = 3"]
    assert cells_in_the_file(world)[0]["outputs"] == [output]
    assert cells_in_the_file(world)[0]["metadata"] == {"tags": ["slow"]}
    await world.rooms.shutdown()


async def test_save_12_lines_that_the_mover_had_added_before_stand_once() -> None:
    """SAVE-12: they arrive before the move, in the cell that has the program's line; found by a random plan (775)."""
    world = World(n_ipynb=notebook(*CELLS))
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    source = ann.cells[1]["source"]
    adds = ann.edit(lambda: source.insert(len(str(source)), "\nb = 3\n# added"))

    def edit_and_move() -> None:
        source.insert(0, "!")
        del source[len(str(source)) - len(" added")]
        moved(ann.cells)

    moves = ann.edit(edit_and_move)
    world.store.write("n.ipynb", CHANGED)
    await until(lambda: "# outside" in str(room.document.content_now()))
    room.handle(ann, adds)
    await room.save()
    room.handle(ann, moves)
    await until(lambda: "# outside" in "".join(str(cell["source"]) for cell in ann.cells))
    await room.save()
    assert sorted(sources_in_the_file(world)[0].split("\n")) == ["!y = 2", "# outside", "#added", "b = 3"]
    await world.rooms.shutdown()


async def test_save_12_who_moves_a_cell_and_knows_the_change_needs_nothing_of_it_whatever_others_did() -> None:
    """SAVE-12: what somebody else takes out at that moment goes with the old cell; found by a random plan (1969)."""
    world = World(n_ipynb=notebook(*CELLS))
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("n.ipynb", ann, bob)
    world.store.write("n.ipynb", CHANGED)
    await until(lambda: all("# outside" in str(one.cells[1]["source"]) for one in (ann, bob)))
    source = bob.cells[1]["source"]
    takes_out = bob.edit(lambda: source.__delitem__(slice(2, str(source).index("outside"))))
    moves = ann.edit(lambda: moved(ann.cells))
    room.handle(bob, takes_out)
    await room.save()
    room.handle(ann, moves)
    await room.save()
    await room.save()
    assert sources_in_the_file(world) == ["y = 2\n# outside", "x = 1", "z = 3"]
    await world.rooms.shutdown()


async def test_save_12_what_is_taken_out_of_a_moved_cell_while_the_file_is_busy_stays_out() -> None:
    """SAVE-12: a copy that had the change when it was made needs nothing; found by a random plan (81)."""
    world = World(n_ipynb=notebook(*CELLS))
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    world.store.write("n.ipynb", CHANGED)
    await until(lambda: "# outside" in str(ann.cells[1]["source"]))
    async with room.file._lock:
        room.handle(ann, ann.edit(lambda: moved(ann.cells)))
        await asyncio.sleep(0.05)
        room.handle(ann, ann.edit(lambda: ann.cells[0]["source"].__delitem__(slice(5, 15))))
    await room.save()
    await room.save()
    assert sources_in_the_file(world) == ["y = 2", "x = 1", "z = 3"]
    await world.rooms.shutdown()


async def test_save_12_what_somebody_took_out_again_does_not_come_back_with_a_move() -> None:
    """SAVE-12: who has seen another program's line, deletes it and moves the cell, has the last word."""
    world = World(n_ipynb=notebook(*CELLS))
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    world.store.write("n.ipynb", CHANGED)
    await until(lambda: "# outside" in str(ann.cells[1]["source"]))

    def take_out() -> None:
        source = ann.cells[1]["source"]
        at = str(source).index("\n# outside")
        del source[at : at + len("\n# outside")]

    room.handle(ann, ann.edit(take_out))
    await room.save()
    room.handle(ann, ann.edit(lambda: moved(ann.cells)))
    await room.save()
    await room.save()
    assert sources_in_the_file(world) == ["y = 2", "x = 1", "z = 3"]
    await world.rooms.shutdown()
