"""What a long history costs: the journal's file and a cold open, as ratios to the document and its file."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.merge import merge

from .support.fakes import FakeClient

LIMITS = replace(DEFAULT_LIMITS, idle_room_s=1)
#: What SQLite needs for tables without a row: 11 pages of 4 KiB.
EMPTY_FILE = 45_056


def opened(folder: Path, name: str) -> tuple[SqliteJournal, Rooms]:
    journal = SqliteJournal(folder / "cohost" / name)
    return journal, Rooms(journal, ContentsStore(AsyncLargeFileManager(root_dir=str(folder))), merge, LIMITS)


def bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


async def settled(rooms: Rooms, folder: Path) -> int:
    """The size when nobody is here any more and the journal has had time to give back what it does not need."""
    deadline = asyncio.get_running_loop().time() + 20
    size, smaller = bytes_in(folder), 0
    while rooms.number or smaller < 12:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.2)
        now = bytes_in(folder)
        size, smaller = now, smaller + 1 if now == size else 0
    return size


def type_and_delete(client: FakeClient, dice: random.Random, times: int) -> None:
    """Somebody who types words here and there and takes them back."""
    for _ in range(times // 10):
        at = 500 * dice.randrange(300)
        with client.doc.transaction():
            for number, letter in enumerate("typos"):
                client.text.insert(at + number, letter)
        with client.doc.transaction():
            for number in range(4, -1, -1):
                del client.text[at + number]


async def test_jrnl_19_a_long_history_costs_little(tmp_path: Path) -> None:
    """JRNL-19: after 100,000 inserts and deletes in 180 kB of text the journal is at most 3 times that, and a cold
    open takes no longer than four times one of the file."""
    text = "".join(f"line {number} of a text\n" for number in range(9_000))
    (tmp_path / "a.txt").write_text(text)
    journal, rooms = opened(tmp_path, "journal")
    document = (await rooms.open("a.txt", "file")).record.id
    client, dice = FakeClient(), random.Random(1)
    room = await rooms.connect(document, client, None)
    client.doc.apply_update(room.document.diff())
    for _ in range(500):
        room.handle(client, client.edit(lambda: type_and_delete(client, dice, 200)))
        await asyncio.sleep(0)
    await room.save()
    room.disconnect(client)
    size = await settled(rooms, tmp_path / "cohost")
    await rooms.shutdown()
    await journal.close()
    assert (tmp_path / "a.txt").read_text() == text

    cold = await opening(tmp_path, "journal")
    fresh = await opening(tmp_path, "another")
    print(f"text {len(text)}, journal {size} ({size / len(text):.2f}); open {cold:.3f} s, of the file {fresh:.3f} s")
    assert size < 3 * len(text) + EMPTY_FILE
    assert cold < 4 * fresh + 0.1


async def opening(folder: Path, name: str) -> float:
    """The best of five: the rooms of a server that has just started."""
    best = float("inf")
    for _ in range(5):
        journal, rooms = opened(folder, name if name == "journal" else f"{name}-{best}")
        began = time.monotonic()
        await rooms.open("a.txt", "file")
        best = min(best, time.monotonic() - began)
        await rooms.shutdown()
        await journal.close()
    return best


async def test_jrnl_19_an_idle_journal_is_as_small_as_what_is_in_it(tmp_path: Path) -> None:
    """JRNL-19: pages that became free, and the write-ahead log, go back to the disk while the server runs."""
    journal, rooms = opened(tmp_path, "journal")
    (tmp_path / "a.txt").write_text("start")
    record = await journal.document("a.txt", "file")
    opened_once = await rooms.open("a.txt", "file")
    assert opened_once.record == record
    await asyncio.gather(*(journal.append(record.id, random.Random(n).randbytes(20_000)) for n in range(200)))
    assert bytes_in(tmp_path / "cohost") > 4_000_000
    await journal.compact(record.id, b"small")
    assert await settled_size(journal, 100_000) < 100_000
    await journal.close()


async def settled_size(journal: SqliteJournal, wanted: int) -> int:
    deadline = asyncio.get_running_loop().time() + 15
    while (size := bytes_in(journal.path.parent)) > wanted:
        assert asyncio.get_running_loop().time() < deadline, size
        await asyncio.sleep(0.1)
    return size
