"""Long absences: an hour of work without the server, while others, other programs and restarts go on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from .support.outside_kit import equal, join
from .support.server import JupyterProcess

LINES = "".join(f"line {i}\n" for i in range(200))
#: Three keys a second.
KEYS_OF_AN_HOUR = 10_800


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path)
    process.start()
    yield process
    process.stop()


async def test_room_52_an_hour_of_edits_without_the_server(server: JupyterProcess) -> None:
    """ROOM-52: they arrive once, beside an hour of somebody else's, a program's, and two restarts (one kill -9)."""
    file = server.root / "a.txt"
    file.write_text(LINES)
    away, here = await join(server, "a.txt"), await join(server, "a.txt")
    await away.stop()
    mine = "".join(chr(0x4E00 + i) for i in range(KEYS_OF_AN_HOUR))
    theirs = "".join(chr(0xAC00 + i) for i in range(KEYS_OF_AN_HOUR))
    place = LINES.index("line 100\n")
    for index, key in enumerate(mine):
        away.text.insert(place + 3 * index, key)
    for index, key in enumerate(theirs):
        here.text.insert(3 * index, key)
        if index % 500 == 0:
            await here.until(lambda: here.all_acknowledged, 240)
        if index == KEYS_OF_AN_HOUR // 3:
            await asyncio.to_thread(server.kill9)
            await asyncio.to_thread(server.start)
            await here.until(lambda: here.synced.is_set(), 240)
        if index == KEYS_OF_AN_HOUR // 2:
            file.write_text(file.read_text().replace("line 150\n", "line 150 by a tool\n"))
        if index == 2 * KEYS_OF_AN_HOUR // 3:
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            await here.until(lambda: here.synced.is_set(), 240)
    await here.until(lambda: here.all_acknowledged and "line 150 by a tool" in str(here.text), 240)
    await away.start(60)
    await away.until(lambda: away.all_acknowledged and mine in str(here.text), 240)
    await away.until(lambda: str(away.text) == str(here.text), 240)
    await equal(away, file)
    changed = LINES.replace("line 150\n", "line 150 by a tool\n")
    assert str(away.text) == theirs + changed[:place] + mine + changed[place:]
    for client in (away, here):
        await client.stop()
