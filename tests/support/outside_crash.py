"""A room whose process is killed (-9) in the moment around the commit of another program's change.

Arguments: a folder, and ``before`` or ``after`` the commit. The document is too large to be noted in the journal
without waiting; ``after``, a person has changed the other program's line before any later note could be written.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.merge import merge

from .fakes import FakeClient

HEAD, TAIL = "start\n", "".join(f"line {number} of many that make this document large\n" for number in range(3_000))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_around_commit(journal: SqliteJournal, moment: str) -> None:
    """``before``: when the next update is about to be committed. ``after``: when a second one was."""
    writer = journal._writer
    transaction, first = writer._transaction, count(writer._database)

    def watched(work: Any) -> Any:
        def seen() -> Any:
            results = work()
            if moment == "before" and count(writer._database) > first:
                die()
            return results

        results = transaction(seen)
        if count(writer._database) > first + 1:
            die()
        return results

    writer._transaction = watched  # type: ignore[method-assign]


async def never(*_: Any, **__: Any) -> None:
    """A note that is not written yet."""


def count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM updates").fetchone()[0])


async def main(folder: Path, moment: str) -> None:
    store = ContentsStore(AsyncLargeFileManager(root_dir=str(folder)))
    journal = SqliteJournal(folder / "journal")
    rooms = Rooms(journal, store, merge, replace(DEFAULT_LIMITS, save_delay_ms=60_000))
    document = (await rooms.open("a.txt", "file")).record.id
    ann = FakeClient()
    room = await rooms.connect(document, ann, None)
    ann.doc.apply_update(room.file.document.diff())
    room.handle(ann, ann.insert("room", len(HEAD) - 1))
    room._flush_guarded()
    await room._edits.ledger.settled()
    kill_around_commit(journal, moment)
    journal.record_save = never  # type: ignore[method-assign]
    (folder / "a.txt").write_text(HEAD + "a tool wrote this\n" + TAIL)
    await room.file.look()
    ann.doc.apply_update(room.file.document.diff())
    at = str(ann.text).index("tool")
    room.handle(ann, ann.edit(lambda: ann.text.__delitem__(slice(at, at + 4))))
    await asyncio.sleep(10)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
