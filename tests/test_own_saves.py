"""A crash between writing the file and saying so in the journal: our own save is not taken for somebody else's."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyterlab_cohost.core.content import fingerprint
from jupyterlab_cohost.core.ports import SavedContent
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.merge import merge
from jupyterlab_cohost.storage.merge_text import merge_text

from .support.fakes import FakeClient
from .support.outside_crash import HEAD, TAIL

SAMPLE = Path(__file__).parent.parent / "examples" / "sample" / "analysis.ipynb"


class DiesAfterWriting(SqliteJournal):
    """The real journal of a server that is killed before it can say that the file was written."""

    dead = False

    async def record_save(self, document_id, saved: SavedContent, *, final: bool = False) -> None:  # type: ignore[no-untyped-def]
        if not self.dead:
            await super().record_save(document_id, saved, final=final)


async def test_jrnl_15_an_own_save_is_known_after_a_crash(tmp_path: Path) -> None:
    """JRNL-15: the file has what the journal did not yet call saved; nothing is merged, so nothing is doubled."""
    (tmp_path / "a.txt").write_text("start\n")
    store = ContentsStore(AsyncLargeFileManager(root_dir=str(tmp_path)))
    journal = DiesAfterWriting(tmp_path / "journal")
    rooms = Rooms(journal, store, merge, DEFAULT_LIMITS)
    document = (await rooms.open("a.txt", "file")).record.id
    room = await rooms.connect(document, FakeClient(), None)
    journal.dead = True
    # Words that a merge by lines would put there twice.
    room.file.document.set_content("start\n" + "one" * 20)
    await room.save()
    room.file.document.set_content("changed start\n" + "two" * 20)
    await asyncio.wait_for(journal.append(document, room.file.document.diff()), 5)
    await journal.close()

    again = SqliteJournal(tmp_path / "journal")
    late = Rooms(again, ContentsStore(AsyncLargeFileManager(root_dir=str(tmp_path))), merge, DEFAULT_LIMITS)
    newcomer = await late.connect(document, FakeClient(), None)
    await newcomer.save()
    assert (tmp_path / "a.txt").read_text() == "changed start\n" + "two" * 20
    await late.shutdown()
    await again.close()


async def test_jrnl_15_a_notebook_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """JRNL-15: the fingerprint is the same after the contents manager wrote and read the notebook."""
    store = ContentsStore(AsyncLargeFileManager(root_dir=str(tmp_path)))
    (tmp_path / "a.ipynb").write_text(SAMPLE.read_text())
    first = await store.load("a.ipynb", "notebook")
    assert isinstance(first.content, dict)
    changed = json.loads(json.dumps(first.content))
    changed["cells"][1]["source"] += "\nmore = 1"
    await store.save("a.ipynb", "notebook", changed, sign=True)
    assert fingerprint((await store.load("a.ipynb", "notebook")).content) == fingerprint(changed)
    assert fingerprint(changed) != fingerprint(first.content)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_jrnl_16_a_crash_around_the_commit_of_an_outside_change(tmp_path: Path, moment: str) -> None:
    """JRNL-16: kill -9 just before or after the change of another program is committed: it is there once, as
    people left it, and the file holds what the room holds."""
    (tmp_path / "a.txt").write_text(HEAD + TAIL)
    command = [sys.executable, "-m", "tests.support.outside_crash", str(tmp_path), moment]
    killed = await asyncio.to_thread(
        subprocess.run, command, cwd=Path(__file__).parent.parent, capture_output=True, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    journal = SqliteJournal(tmp_path / "journal")
    store = ContentsStore(AsyncLargeFileManager(root_dir=str(tmp_path)))
    rooms = Rooms(journal, store, merge, DEFAULT_LIMITS)
    document = (await rooms.open("a.txt", "file")).record.id
    room = await rooms.connect(document, FakeClient(), None)
    await room.save()
    text = (tmp_path / "a.txt").read_text()
    assert text == str(room.file.document.content_now())
    assert text == f"startroom\na {'tool' if moment == 'before' else ''} wrote this\n{TAIL}"
    await rooms.shutdown()
    await journal.close()


@pytest.mark.parametrize(
    ("base", "room", "file", "merged"),
    [
        ("start\n", "start\nabcdef", "start\nabc", "start\nabcdef"),
        ("ab", "axxbyyy", "axb", "axxbyyy"),
        ("one two", "one two three", "one 2", None),
    ],
)
def test_save_21_an_earlier_state_of_the_room_adds_nothing(base: str, room: str, file: str, merged: str | None) -> None:
    """SAVE-21: where one side has all that the other added, it is taken once; what was replaced is not lost."""
    text, conflicts = merge_text(base, room, file)
    if merged is None:
        assert "three" in text and "2" in text
    else:
        assert (text, conflicts) == (merged, [])
