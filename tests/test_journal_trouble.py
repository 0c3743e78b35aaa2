"""The journal when processes die, disks fill up and files break."""

from __future__ import annotations

import asyncio
import glob
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jupyterlab_cohost.core.ledger import Ledger
from jupyterlab_cohost.core.ports import SavedContent
from jupyterlab_cohost.protocol.errors import StorageFailed
from jupyterlab_cohost.storage.journal import SqliteJournal

REPOSITORY = Path(__file__).parent.parent


def killed_writer(path: Path, after_s: float) -> list[int]:
    """Runs a writer, kills it; returns the updates that it had been told are safe."""
    command = [sys.executable, "-m", "tests.support.journal_writer", str(path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        printed = process.stdout.read()
    return [int(line) for line in printed.split("\n")[:-1]]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_jrnl_1_acknowledged_updates_survive_kill_9(tmp_path: Path) -> None:
    """JRNL-1: killed at random moments, again and again: every acknowledged update is there, once, in order."""
    path = tmp_path / "cohost" / "journal.sqlite3"
    moments = random.Random(1)
    for _ in range(5):
        acknowledged = killed_writer(path, 0.05 + moments.random() / 3)
        journal = SqliteJournal(path)
        assert journal.path == path and journal.notices == []
        record = await journal.document("a.txt", "file")
        stored = await journal.load(record.id)
        assert stored is not None
        await journal.close()
        numbers = [int(update) for update in stored.updates[1:]]
        assert numbers == list(range(len(numbers)))
        assert acknowledged and max(acknowledged) < len(numbers)


async def test_jrnl_12_a_file_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    """JRNL-12: renamed with everything in it, said in a notice; the journal works, with nothing in it."""
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"this is no database " * 1000)
    journal = SqliteJournal(path)
    assert len(journal.notices) == 1 and "set aside" in journal.notices[0] and str(tmp_path) not in journal.notices[0]
    assert len(glob.glob(f"{path}.unreadable-*")) == 1
    record = await journal.document("a.txt", "file")
    assert await journal.load(record.id) is None
    await journal.start(record.id, b"snapshot", SavedContent("", "h"))
    await journal.close()


async def filled(path: Path) -> str:
    """A journal with two documents; returns the id of the first."""
    journal = SqliteJournal(path)
    ids = []
    for name in ("a.txt", "b.txt"):
        record = await journal.document(name, "file")
        await journal.start(record.id, os.urandom(20_000), SavedContent(name, "h"))
        await journal.append(record.id, b"update")
        ids.append(record.id)
    await journal.close()
    return ids[0]


async def test_jrnl_12_a_damaged_page_is_found_at_the_start(tmp_path: Path) -> None:
    """JRNL-12: garbage in the middle of the database."""
    path = tmp_path / "journal.sqlite3"
    await filled(path)
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(16_384))
    journal = SqliteJournal(path)
    assert len(journal.notices) == 1
    assert (await journal.size())["documents"] == 0
    await journal.close()


@pytest.mark.parametrize("column", ["updates SET data = x'00'", "updates SET crc = 1", "updates SET snapshot = 0"])
async def test_jrnl_13_a_row_that_cannot_be_decoded_is_set_aside_alone(tmp_path: Path, column: str) -> None:
    """JRNL-13: this document starts from its file and keeps its id; the other one is not touched."""
    path = tmp_path / "journal.sqlite3"
    broken = await filled(path)
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE {column} WHERE document = (SELECT number FROM documents WHERE id = ?)", (broken,))
    database.close()
    journal = SqliteJournal(path)
    record = await journal.document("a.txt", "file")
    assert record.id == broken
    assert await journal.load(record.id) is None
    assert len(journal.notices) == 1 and "a.txt" in journal.notices[0]
    other = await journal.load((await journal.document("b.txt", "file")).id)
    assert other is not None and other.updates[1:] == [b"update"]
    await journal.start(record.id, b"again", SavedContent("a", "h"))
    await journal.close()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT path, count(*) FROM set_aside GROUP BY path").fetchall() == [("a.txt", 2)]
    database.close()


async def test_jrnl_13_saved_content_that_cannot_be_decoded_costs_only_itself(tmp_path: Path) -> None:
    """JRNL-13: the history is there; what the file held is unknown, and that is said."""
    path = tmp_path / "journal.sqlite3"
    broken = await filled(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE documents SET saved_content = x'00' WHERE id = ?", (broken,))
    database.close()
    journal = SqliteJournal(path)
    stored = await journal.load((await journal.document("a.txt", "file")).id)
    assert stored is not None and stored.saved is None and len(stored.updates) == 2
    assert len(journal.notices) == 1
    await journal.close()


async def test_jrnl_12_a_newer_versions_journal_is_set_aside(tmp_path: Path) -> None:
    """JRNL-12: after going back to an older version of this software."""
    path = tmp_path / "journal.sqlite3"
    await filled(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE schema SET version = 999")
    database.close()
    journal = SqliteJournal(path)
    assert "newer version" in journal.notices[0]
    await journal.close()


async def test_jrnl_14_a_full_disk_fails_the_append_and_a_snapshot_mends_it(tmp_path: Path) -> None:
    """JRNL-14, JRNL-17: StorageFailed with the reason; nothing is taken after the hole until ``compact`` has all."""
    path = tmp_path / "journal.sqlite3"
    journal = SqliteJournal(path)
    record = await journal.document("a.txt", "file")
    await journal.start(record.id, b"snapshot", SavedContent("", "h"))
    await journal._writer.submit(lambda db: db.execute("PRAGMA max_page_count = 30").fetchall())
    with pytest.raises(StorageFailed, match="the disk is full"):
        await journal.append(record.id, os.urandom(1_000_000))
    for late in (
        journal.append(record.id, b"behind a hole"),
        journal.record_save(record.id, SavedContent("", "h2")),
        journal.intend_save(record.id, "f"),
    ):
        with pytest.raises(StorageFailed, match="missed a change"):
            await late
    await journal._writer.submit(lambda db: db.execute("PRAGMA max_page_count = 100000").fetchall())
    await journal.compact(record.id, b"everything", SavedContent("now", "h3", "f3"))
    await journal.append(record.id, b"next")
    stored = await journal.load(record.id)
    assert stored is not None and stored.updates == [b"everything", b"next"]
    assert stored.saved == SavedContent("now", "h3", "f3")
    await journal.close()


async def test_jrnl_14_a_database_that_breaks_while_open_is_begun_anew(tmp_path: Path) -> None:
    """JRNL-14: set aside with a notice; the open room writes itself again under the same id and epoch."""
    path = tmp_path / "journal.sqlite3"
    journal = SqliteJournal(path)
    record = await journal.document("a.txt", "file")
    epoch = await journal.start(record.id, b"snapshot", SavedContent("", "h"))

    def broken(database: sqlite3.Connection) -> None:
        path.write_bytes(b"garbage " * 4096)
        os.truncate(f"{path}-wal", 0)
        raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(StorageFailed, match="damaged"):
        await journal._writer.submit(broken)
    assert len(journal.notices) == 1
    with pytest.raises(StorageFailed):
        await journal.append(record.id, b"not on top of nothing")
    await journal.compact(record.id, b"everything")
    await journal.append(record.id, b"next")
    stored = await journal.load(record.id)
    assert stored is not None and (stored.epoch, stored.updates) == (epoch, [b"everything", b"next"])
    await journal.close()


async def test_jrnl_14_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    """JRNL-14: a file stands where the folder should be; the sentence has no path in it."""
    (tmp_path / "cohost").write_text("")
    with pytest.raises(StorageFailed) as raised:
        SqliteJournal(tmp_path / "cohost" / "journal.sqlite3")
    assert str(tmp_path) not in raised.value.message


async def test_room_36_a_commit_that_hangs_is_told_until_it_is_done(tmp_path: Path) -> None:
    """ROOM-36: a disk that holds up the journal's thread: not safe, and safe again with the commit."""
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    record = await journal.document("a.txt", "file")
    await journal.start(record.id, b"snapshot", SavedContent("", "h"))
    ledger = Ledger(journal, record.id, lambda: b"all", lambda: SavedContent("", "h"))
    told: asyncio.Queue[bool] = asyncio.Queue()
    ledger.safe_changed = told.put_nowait
    done, hangs = asyncio.Event(), threading.Event()
    held = asyncio.ensure_future(journal._writer.submit(lambda _db: hangs.wait()))
    ledger.append(b"typed", done.set)
    assert await asyncio.wait_for(told.get(), 30) is False
    assert not ledger.safe and not done.is_set()
    hangs.set()
    assert await asyncio.wait_for(told.get(), 30) is True
    assert ledger.safe and done.is_set()
    await held
    await journal.close()
