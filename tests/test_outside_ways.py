"""The ways in which changes from outside come: looked at instead of told, by the contents API, five hundred at once."""

from __future__ import annotations

import asyncio
import json
import os
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .support.outside_kit import RENAMED, equal, git, join, notices, save_state, told
from .support.server import HEADERS, JupyterProcess
from .support.typing import Typist, lost_and_doubled

LINES = "".join(f"line {i}\n" for i in range(30))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def looking(tmp_path: Path) -> Iterator[JupyterProcess]:
    """A server on a storage that does not tell of changes."""
    settings = "c.Cohost.file_notifications = False\nc.Cohost.file_look_s = 0.3\n"
    process = JupyterProcess(tmp_path, config=settings)
    process.start()
    yield process
    process.stop()


def rest(server: JupyterProcess, method: str, path: str, body: object = None) -> None:
    headers = {**HEADERS, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.origin}/api/contents/{path}", data, headers, method=method)
    urllib.request.urlopen(request, timeout=20).close()


async def test_save_18_everything_works_where_files_are_only_looked_at(looking: JupyterProcess) -> None:
    """SAVE-18: a write with an old time stamp, a move, a deletion and its restore; our own saves are no news."""
    root = looking.root
    for name in ("a.txt", "b.txt", "c.txt"):
        (root / name).write_text(LINES)
    written, moved, deleted = [await join(looking, name) for name in ("a.txt", "b.txt", "c.txt")]
    typist = Typist(written, 0x4E00, rate=20)
    task = asyncio.create_task(typist.run())
    await written.until(lambda: len(typist.typed_at) > 60)
    assert notices(written, "file_changed") == []
    new = root / "new"
    new.write_text((root / "a.txt").read_text().replace("line 3\n", "line 3 by a tool\n"))
    os.utime(new, (1e9, 1e9))
    new.replace(root / "a.txt")
    (root / "b.txt").rename(root / "moved.txt")
    (root / "c.txt").unlink()
    await written.until(lambda: "line 3 by a tool" in str(written.text))
    await moved.until(lambda: told(moved, RENAMED) == [{"path": "moved.txt"}])
    await deleted.until(lambda: bool(notices(deleted, "file_gone")) and save_state(deleted)["state"] == "failed")
    typist.on = False
    await task
    await equal(written, root / "a.txt")
    assert lost_and_doubled(str(written.text), typist.keys) == (0, 0)
    for client in (written, moved, deleted):
        await client.stop()


async def test_room_15_the_contents_api_under_open_documents(server: JupyterProcess) -> None:
    """ROOM-15, ROOM-27, SAVE-16: a folder renamed, a file saved by another client, a file deleted, by REST."""
    (server.root / "folder" / "deep").mkdir(parents=True)
    for path in ("folder/a.txt", "folder/deep/b.txt", "c.txt", "d.txt"):
        (server.root / path).write_text(LINES)
    one, two, saved, deleted = [await join(server, p) for p in ("folder/a.txt", "folder/deep/b.txt", "c.txt", "d.txt")]
    await asyncio.to_thread(rest, server, "PATCH", "folder", {"path": "renamed"})
    await one.until(lambda: told(one, RENAMED)[:1] == [{"path": "renamed/a.txt"}])
    await two.until(lambda: told(two, RENAMED)[:1] == [{"path": "renamed/deep/b.txt"}])
    two.text.insert(0, "typed\n")
    await equal(two, server.root / "renamed" / "deep" / "b.txt")
    assert not (server.root / "folder").exists()
    saved.text.insert(0, "typed\n")
    content = LINES.replace("line 9\n", "line 9 by another client\n")
    model = {"type": "file", "format": "text", "content": content}
    await asyncio.to_thread(rest, server, "PUT", "c.txt", model)
    await saved.until(lambda: str(saved.text) == f"typed\n{content}")
    await equal(saved, server.root / "c.txt")
    await asyncio.to_thread(rest, server, "DELETE", "d.txt")
    await deleted.until(lambda: bool(notices(deleted, "file_gone")))
    deleted.text.insert(0, "kept ")
    await deleted.until(lambda: deleted.all_acknowledged and save_state(deleted)["state"] == "failed")
    assert not (server.root / "d.txt").exists()
    for client in (one, two, saved, deleted):
        await client.stop()


async def answer_s(server: JupyterProcess) -> float:
    """How many seconds others wait for an answer now."""
    asked = time.monotonic()
    await asyncio.to_thread(rest, server, "GET", "f499.txt?content=0")
    return time.monotonic() - asked


async def test_room_25_five_hundred_files_change_at_once(server: JupyterProcess) -> None:
    """ROOM-25: another branch under 60 open documents of 500: each as the branch has it and told once."""
    names = [f"f{i}.txt" for i in range(500)]
    git(server.root, "init", "-q", "-b", "one")
    for branch, word in (("one", "first"), ("two", "second")):
        if branch == "two":
            git(server.root, "checkout", "-qb", "two")
        for name in names:
            (server.root / name).write_text(LINES.replace("line 5\n", f"line 5 {word} {name}\n"))
        git(server.root, "add", ".")
        git(server.root, "commit", "-qm", branch)
    git(server.root, "checkout", "-q", "one")
    clients = await asyncio.gather(*(join(server, name) for name in names[:60]))
    calm = max([await answer_s(server) for _ in range(5)])
    began, slowest = time.monotonic(), 0.0
    changing = asyncio.create_task(asyncio.to_thread(git, server.root, "checkout", "-q", "two"))
    for client, name in zip(clients, names, strict=False):
        wanted = LINES.replace("line 5\n", f"line 5 second {name}\n")
        slowest = max(slowest, await answer_s(server))
        await client.until(lambda client=client, wanted=wanted: str(client.text) == wanted)
        await client.until(lambda client=client: len(notices(client, "file_changed")) == 1)
    await changing
    print(f"60 documents in {time.monotonic() - began:.1f} s, slowest answer to others {slowest:.2f} s")
    assert git(server.root, "status", "--porcelain") == ""
    assert slowest < 5 + 10 * calm, f"before it {calm:.2f} s"
    await asyncio.gather(*(client.stop() for client in clients))
