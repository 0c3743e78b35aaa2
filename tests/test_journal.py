"""What the journal keeps, in what order, and what it costs."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_cohost.core.earlier import mark_of_words
from jupyterlab_cohost.core.ports import DocumentRecord, SavedContent, StoredDocument
from jupyterlab_cohost.protocol.errors import StorageFailed
from jupyterlab_cohost.protocol.ids import DocumentId
from jupyterlab_cohost.storage import journal_earlier, journal_rows
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.journal_place import journal_path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cohost" / "journal.sqlite3"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(path)
    yield journal
    await journal.close()


async def begun(journal: SqliteJournal, path: str = "a.txt") -> DocumentRecord:
    record = await journal.document(path, "file")
    await journal.start(record.id, b"snapshot", SavedContent("content", "hash"))
    return record


async def stored(journal: SqliteJournal, record: DocumentRecord) -> StoredDocument:
    found = await journal.load(record.id)
    assert found is not None
    return found


async def test_jrnl_2_a_document_keeps_its_id(journal: SqliteJournal, path: Path) -> None:
    """JRNL-2: one id for a path and a kind, also after a restart; an id that was made up is not known."""
    record = await journal.document("a/b.ipynb", "notebook")
    assert await journal.document("a/b.ipynb", "notebook") == record
    assert (await journal.document("a/b.ipynb", "file")).id != record.id
    assert await journal.record(record.id) == record
    assert await journal.record(DocumentId("made-up")) is None
    assert await journal.load(record.id) is None
    await journal.close()
    again = SqliteJournal(path)
    assert await again.document("a/b.ipynb", "notebook") == record
    await again.close()


async def test_jrnl_3_a_history_comes_back_whole_and_in_order(journal: SqliteJournal, path: Path) -> None:
    """JRNL-3: snapshot, updates in order, saved content, vouched digests and epoch, after a restart too."""
    record = await journal.document("a.ipynb", "notebook")
    notebook = {"cells": [{"source": "é\ud800"}], "nbformat": 4}
    epoch = await journal.start(record.id, b"\0snapshot", SavedContent({}, "h0"))
    await asyncio.gather(*(journal.append(record.id, b"u%d" % number) for number in range(100)))
    await journal.record_save(record.id, SavedContent(notebook, "h1"))
    await journal.vouch(record.id, ["d1", "d2"])
    await journal.vouch(record.id, ["d2"])
    expected = StoredDocument(
        epoch,
        [b"\0snapshot", *(b"u%d" % number for number in range(100))],
        SavedContent(notebook, "h1"),
        frozenset({"d1", "d2"}),
    )
    assert replace(await stored(journal, record), earlier=(), held={}) == expected
    await journal.close()
    again = SqliteJournal(path)
    assert replace(await stored(again, record), earlier=(), held={}) == expected
    await again.close()


async def test_jrnl_3_start_replaces_the_older_history(journal: SqliteJournal) -> None:
    """JRNL-3: a new epoch, nothing of the old; what is appended after the call belongs to the new."""
    record = await begun(journal)
    first = await stored(journal, record)
    await journal.append(record.id, b"old")
    await journal.vouch(record.id, ["old"])
    starting = journal.start(record.id, b"new snapshot", SavedContent("new", "h"))
    appended = journal.append(record.id, b"new")
    epoch = await starting
    await appended
    assert epoch != first.epoch
    assert replace(await stored(journal, record), held={}) == StoredDocument(
        epoch, [b"new snapshot", b"new"], SavedContent("new", "h"), frozenset()
    )


async def test_jrnl_4_compact_keeps_what_came_after_the_snapshot(journal: SqliteJournal) -> None:
    """JRNL-4: updates up to the call become the snapshot, later ones stay behind it; the epoch stays."""
    record = await begun(journal)
    before = await stored(journal, record)
    await asyncio.gather(*(journal.append(record.id, b"early") for _ in range(50)))
    compacting = journal.compact(record.id, b"whole")
    late = journal.append(record.id, b"late")
    await compacting
    await late
    after = await stored(journal, record)
    assert (after.epoch, after.updates) == (before.epoch, [b"whole", b"late"])


async def test_jrnl_20_places_of_a_conflict_come_back_with_the_history(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JRNL-20: committed with the change; for two minutes."""
    record = await begun(journal)
    packed = await journal.pack(SavedContent("both", "hash-2"))
    await journal.append(record.id, b"merged", replace(packed, conflicts=("line 3",)))
    await journal.record_save(record.id, SavedContent("saved", "hash-3"))
    assert (await stored(journal, record)).conflicts == ("line 3",)
    monkeypatch.setattr(journal_rows, "_CONFLICTS_S", 0.0)
    assert (await stored(journal, record)).conflicts == ()


async def test_jrnl_21_what_the_file_held_before_the_last_saves_comes_back(
    journal: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JRNL-21: with its times, after a restart, until another program's change; the oldest one, however old."""
    record, began = await begun(journal), time.time()
    for state in ("one", "two", "two", "three"):
        await journal.record_save(record.id, SavedContent(state, f"hash of {state}"))
    await journal.close()
    again = SqliteJournal(path)
    earlier = (await stored(again, record)).earlier
    assert [state.content for state in earlier] == ["content", "one", "two"]
    times = [began, *(state.until for state in earlier), time.time()]
    assert times == sorted(times)
    monkeypatch.setattr(journal_earlier, "_KEPT_S", 0.0)
    await again.record_save(record.id, SavedContent("four", "hash of four"))
    assert [state.content for state in (await stored(again, record)).earlier] == ["content", "three"]
    await again.append(record.id, b"merged", await again.pack(SavedContent("outside", "hash of outside")))
    assert (await stored(again, record)).earlier == ()
    await again.close()


async def test_jrnl_21_which_words_the_file_held_is_known_for_long(
    journal: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JRNL-21: behind a restart and another program's change, each with its time; the oldest go."""
    record, began = await begun(journal), time.time()
    for state in ("one", "two", "one", "three"):
        await journal.record_save(record.id, SavedContent(state, f"hash of {state}"))
    await journal.append(record.id, b"merged", await journal.pack(SavedContent("outside", "hash of outside")))
    await journal.close()
    again = SqliteJournal(path)
    held = (await stored(again, record)).held
    assert list(held) == [mark_of_words(words) for words in ("content", "two", "one", "three")]
    times = [began, *held.values(), time.time()]
    assert times == sorted(times)
    monkeypatch.setattr(journal_earlier, "_MOST_MARKS", 2)
    await again.record_save(record.id, SavedContent("four", "hash of four"))
    assert list((await stored(again, record)).held) == [mark_of_words("three"), mark_of_words("outside")]
    await again.close()


async def test_jrnl_12_the_journal_of_older_versions_is_taken_over(path: Path) -> None:
    first = SqliteJournal(path)
    record = await begun(first)
    await first.close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ALTER TABLE documents DROP COLUMN conflicts")
        database.execute("ALTER TABLE documents DROP COLUMN saved_mark")
        database.execute("ALTER TABLE documents DROP COLUMN reached")
        database.execute("DROP TABLE earlier")
        database.execute("DROP TABLE held")
        database.execute("UPDATE schema SET version = 2")
    second = SqliteJournal(path)
    assert (await stored(second, record)).updates == [b"snapshot"]
    await second.record_save(record.id, SavedContent("later", "hash"))
    await second.record_save(record.id, SavedContent("later still", "another hash"))
    assert [state.content for state in (await stored(second, record)).earlier] == ["later"]
    assert second.notices == []
    await second.close()


async def test_jrnl_5_rename_moves_a_file_and_all_below_a_folder(journal: SqliteJournal) -> None:
    """JRNL-5: ids and histories stay; a record that stood at the new path is dropped; look-alikes stay."""
    moved = await begun(journal, "old/a.txt")
    deep = await begun(journal, "old/deep/b.txt")
    alike = await begun(journal, "older/a.txt")
    there = await begun(journal, "new/a.txt")
    await journal.rename("old", "new")
    assert await journal.record(moved.id) == DocumentRecord(moved.id, "new/a.txt", "file")
    assert await journal.record(deep.id) == DocumentRecord(deep.id, "new/deep/b.txt", "file")
    assert await journal.record(alike.id) == alike
    assert await journal.record(there.id) is None
    assert await journal.load(there.id) is None
    assert (await stored(journal, moved)).updates == [b"snapshot"]
    await journal.append(moved.id, b"goes on")
    await journal.rename("new/a.txt", "a.txt")
    assert (await stored(journal, moved)).updates == [b"snapshot", b"goes on"]
    await journal.rename("new", "new/inner")
    assert await journal.record(deep.id) == DocumentRecord(deep.id, "new/inner/deep/b.txt", "file")


async def test_jrnl_6_group_commit(journal: SqliteJournal) -> None:
    """JRNL-6: what arrives together is committed together, far fewer commits than updates."""
    record = await begun(journal)
    before = (await journal.size())["commits"]
    await asyncio.gather(*(journal.append(record.id, b"u") for _ in range(5000)))
    figures = await journal.size()
    assert figures["commits"] - before < 100
    assert figures["updates"] == 5001


async def test_jrnl_7_big_contents_are_stored_now_and_then_their_hash_always(journal: SqliteJournal) -> None:
    """JRNL-7: over 1 MB not at every save, but when final."""
    record = await begun(journal)
    big = ["x" * 2_000_000 + str(number) for number in range(3)]
    await journal.record_save(record.id, SavedContent(big[0], "h0"))
    await journal.record_save(record.id, SavedContent(big[1], "h1"))
    assert (await stored(journal, record)).saved == SavedContent(big[0], "h1")
    await journal.record_save(record.id, SavedContent(big[2], "h2"), final=True)
    assert (await stored(journal, record)).saved == SavedContent(big[2], "h2")


async def test_jrnl_8_one_bad_request_does_not_fail_the_others(journal: SqliteJournal) -> None:
    """JRNL-8: an update for an unknown document, or one without history, fails alone."""
    record = await begun(journal)
    empty = await journal.document("empty.txt", "file")
    results = await asyncio.gather(
        journal.append(record.id, b"1"),
        journal.append(DocumentId("made-up"), b"2"),
        journal.append(empty.id, b"3"),
        journal.append(record.id, b"4"),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), StorageFailed, StorageFailed, type(None)]
    assert (await stored(journal, record)).updates == [b"snapshot", b"1", b"4"]


async def test_jrnl_9_nothing_is_taken_after_close(journal: SqliteJournal, path: Path) -> None:
    """JRNL-9: close commits what is queued; what comes later is refused."""
    record = await begun(journal)
    waiting = [journal.append(record.id, b"%d" % number) for number in range(100)]
    await journal.close()
    await asyncio.gather(*waiting)
    with pytest.raises(StorageFailed):
        await journal.append(record.id, b"late")
    again = SqliteJournal(path)
    assert len((await stored(again, record)).updates) == 101
    await again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
async def test_jrnl_10_only_the_owner_may_read(journal: SqliteJournal, path: Path) -> None:
    """JRNL-10: folder 0700, every file 0600, whatever the umask."""
    await begun(journal)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = list(path.parent.iterdir())
    assert path.with_name(path.name + "-wal") in files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_jrnl_11_a_second_server_keeps_a_journal_of_its_own(journal: SqliteJournal, path: Path) -> None:
    """JRNL-11: it does not touch the first one's file, and says so; the lock ends with the process."""
    record = await begun(journal)
    second = SqliteJournal(path)
    assert second.path != journal.path and "Another of your Jupyter servers" in second.notices[0]
    assert await second.record(record.id) is None
    await journal.close()
    third = SqliteJournal(path)
    assert third.path == path and third.notices == []
    assert await third.record(record.id) == record
    await second.close()
    await third.close()


async def test_jrnl_11_each_content_root_has_a_journal(tmp_path: Path) -> None:
    """JRNL-11: paths in it are relative to the root, so two roots never share one; a link to a root is that root."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    link = tmp_path / "link"
    link.symlink_to(one)
    assert journal_path(tmp_path, str(one)) == journal_path(tmp_path, str(link)) != journal_path(tmp_path, str(two))
    assert journal_path(tmp_path, str(one)).parent == tmp_path / "cohost"
