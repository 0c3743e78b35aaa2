"""A process that appends to a journal as fast as it can and prints the number of each update that is acknowledged."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from jupyterlab_cohost.core.ports import SavedContent
from jupyterlab_cohost.storage.journal import SqliteJournal


async def main(path: Path) -> None:
    journal = SqliteJournal(path)
    record = await journal.document("a.txt", "file")
    stored = await journal.load(record.id)
    if stored is None:
        await journal.start(record.id, b"snapshot", SavedContent("", "hash"))
        number = 0
    else:
        number = len(stored.updates) - 1

    async def one(number: int) -> None:
        await journal.append(record.id, b"%d" % number)
        print(number, flush=True)

    print("ready", flush=True)
    while True:
        await asyncio.gather(*(one(number + step) for step in range(7)))
        number += 7


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
