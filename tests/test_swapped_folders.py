"""CONT-24, SAVE-55: between the look at a path and its use, a folder with a link in it is put there."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.core.room_file import Storage
from jupyterlab_cohost.core.room_loading import load_room
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.core.scope import Scope, ScopeItem
from jupyterlab_cohost.http.gateway.files_of_session import SessionFiles
from jupyterlab_cohost.http.gateway.paths import Guard, leads_out
from jupyterlab_cohost.http.gateway.steady import Steady
from jupyterlab_cohost.protocol.errors import CohostError, Conflict, NotFound
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role, capabilities_of
from jupyterlab_cohost.storage import atomic, regular
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.merge import merge

from .support.file_writer import MANAGERS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links to folders need a privilege there")
SCOPE = Scope([ScopeItem("proj", "directory")])
PATH, SECRET = "proj/out/note.txt", "what is not shared\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``proj/out/note.txt`` is harmless, ``private/note.txt`` is not shared."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    root = tmp_path / "root"
    (root / "proj/out").mkdir(parents=True)
    (root / PATH).write_text("harmless\n")
    (root / "private").mkdir()
    (root / "private/note.txt").write_text(SECRET)
    return root


@pytest.fixture
def manager(root: Path) -> Any:
    return MANAGERS["AsyncLargeFileManager"](root_dir=str(root))


def swap(root: Path) -> None:
    (root / "proj/out").rename(root / "proj/before")
    (root / "proj/out").symlink_to(root / "private", target_is_directory=True)


def swap_back(root: Path) -> None:
    (root / "proj/out").unlink()
    (root / "proj/before").rename(root / "proj/out")


def session_files(manager: Any, steady: Steady) -> SessionFiles:
    guard = Guard(manager, lambda: SCOPE, lambda _path: capabilities_of(Role.EDITOR))
    return SessionFiles(manager, guard, 2**30, 100, lambda _path: False, steady)


def store_of(manager: Any) -> ContentsStore:
    store = ContentsStore(manager, str(manager.root_dir))
    store.places.leads_out = leads_out(lambda: manager, lambda: [SCOPE])
    return store


async def test_cont_24_who_waited_for_a_turn_reads_what_is_shared_then(root: Path, manager: Any) -> None:
    (root / PATH).write_text("h" * 2**20)
    (root / "private/note.txt").write_text(SECRET * 2**16)

    async def large(_size: int) -> None:
        swap(root)

    with pytest.raises(NotFound):
        await session_files(manager, Steady()).get(PATH, content=True, large=large)


Use = Callable[[SessionFiles], Awaitable[Any]]
USES: dict[str, Use] = {
    "get": lambda files: files.get(PATH, content=True),
    "list": lambda files: files.get("proj/out", content=True),
    "new": lambda files: files.new_untitled("proj/out", "file", ".txt"),
    "copy": lambda files: files.copy(PATH, "proj"),
    "save": lambda files: files.save("proj/out/new.txt", {"type": "file", "format": "text", "content": "x"}),
    "delete": lambda files: files.delete(PATH),
}


@pytest.mark.parametrize("use", sorted(USES))
async def test_cont_24_nobody_uses_a_path_while_something_is_moved(root: Path, manager: Any, use: str) -> None:
    steady = Steady()
    files = session_files(manager, steady)
    async with steady.moving():
        task = asyncio.ensure_future(USES[use](files))
        done, _ = await asyncio.wait({task}, timeout=0.2)
        assert not done
        swap(root)
    with pytest.raises(CohostError):
        await task
    assert [path.name for path in (root / "private").iterdir()] == ["note.txt"]
    assert (root / "private/note.txt").read_text() == SECRET


async def test_cont_24_a_move_waits_for_who_uses_a_path_and_takes_all_along(root: Path, manager: Any) -> None:
    steady = Steady(patience_s=0.2)
    files = session_files(manager, steady)
    followed: list[tuple[str, str, bool]] = []

    async def follow(old: str, new: str) -> None:
        used = asyncio.ensure_future(files.get("proj", content=True))
        done, _ = await asyncio.wait({used}, timeout=0.1)
        followed.append((old, new, bool(done)))

    async with steady.using():
        with pytest.raises(Conflict):
            await files.rename("proj/out", "proj/else", follow)
        assert (root / PATH).exists()
    await files.rename("proj/out", "proj/else", follow)
    assert followed == [("proj/out", "proj/else", False)]
    assert (await files.get("proj/else/note.txt", content=True))["content"] == "harmless\n"


@pytest.mark.parametrize("how", ["before", "between"])
async def test_save_55_a_document_is_not_read_from_behind_a_link_that_leads_out(
    root: Path, manager: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Also when it is there only between our look and the opening of the file, and gone behind it."""
    store = store_of(manager)
    await store.load(PATH, "file")
    if how == "before":
        swap(root)
    else:
        _swapped_while_opening(root, monkeypatch)
    with pytest.raises(CohostError):
        await store.load(PATH, "file")
    if how == "before":
        assert await store.hash(PATH, "file") is None


def _swapped_while_opening(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_as_ever, place = regular.os.open, str(root / PATH)

    def opening(path: Any, *args: Any, **more: Any) -> int:
        if path != place:
            return open_as_ever(path, *args, **more)
        swap(root)
        try:
            return open_as_ever(path, *args, **more)
        finally:
            swap_back(root)

    monkeypatch.setattr(regular.os, "open", opening)


@pytest.mark.parametrize("restore", [False, True])
async def test_save_55_a_document_is_not_written_behind_a_link_that_leads_out(
    root: Path, manager: Any, restore: bool
) -> None:
    store = store_of(manager)
    await store.load(PATH, "file")
    swap(root)
    (root / "private/note.txt").unlink()
    with pytest.raises(NotFound):
        await store.save(PATH, "file", "of an editor\n", sign=False, restore=restore)
    assert not list((root / "private").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="a folder can be held by a path on Linux only")
def test_save_55_a_save_stays_in_the_folder_where_it_began(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is swapped between the last look at it and the writing."""
    own, write = str(root / PATH), atomic._write

    def swapped(*arguments: Any) -> None:
        swap(root)
        write(*arguments)

    monkeypatch.setattr(atomic, "_write", swapped)
    token = atomic.current.set(atomic.Writing(own=own, place=own))
    try:
        with atomic.atomic_writing(own) as file:
            file.write("of an editor\n")
    finally:
        atomic.current.reset(token)
    assert (root / "private/note.txt").read_text() == SECRET
    assert (root / "proj/before/note.txt").read_text() == "of an editor\n"


async def test_save_55_a_link_inside_what_is_shared_may_lead_to_another_version(root: Path, manager: Any) -> None:
    """As deployments do: ``current`` is a link to the newest."""
    for version in ("one", "two"):
        (root / "proj" / version).mkdir()
        (root / "proj" / version / "note.txt").write_text(version)
    link = root / "proj/current"
    link.symlink_to("one", target_is_directory=True)
    store = store_of(manager)
    assert (await store.load("proj/current/note.txt", "file")).content == "one"
    link.unlink()
    link.symlink_to("two", target_is_directory=True)
    assert (await store.load("proj/current/note.txt", "file")).content == "two"


@pytest.mark.parametrize("is_shared", [True, False])
async def test_save_55_the_journal_of_one_file_does_not_come_into_another(
    root: Path, manager: Any, is_shared: bool
) -> None:
    """What an editor typed while the file was gone; later the host opens it, in the session or behind its end."""
    store = store_of(manager)
    journal = SqliteJournal(root.parent / "journal.sqlite", DEFAULT_LIMITS)
    rooms = Rooms(journal, store, merge, DEFAULT_LIMITS)
    opened = await rooms.open(PATH, "file")
    room = rooms.room_of(opened.record.id)
    assert room is not None
    store.guest_wrote(PATH)
    swap(root)
    shutil.rmtree(root / "proj/before")
    room.document.load(_typed(room.document.diff()))
    await rooms.shutdown()
    assert (root / "private/note.txt").read_text() == SECRET
    later = store_of(manager) if is_shared else ContentsStore(manager, str(root))
    again = await load_room(opened.record, Storage(journal, later, merge), DEFAULT_LIMITS)
    assert again.document.content_now() == SECRET
    assert "of an editor" not in repr(again.document.diff())
    await again.close()
    assert (root / "private/note.txt").read_text() == SECRET
    await journal.close()


def _typed(history: bytes) -> bytes:
    from pycrdt import Doc, Text

    document: Doc[Any] = Doc()
    document.apply_update(history)
    before = document.get_state()
    text = document.get("source", type=Text)
    text.insert(0, "of an editor\n")
    return document.get_update(before)
