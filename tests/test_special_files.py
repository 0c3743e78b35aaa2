"""Named pipes, sockets and devices among the host's files: nothing waits for them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.protocol.errors import CohostError, Unsupported
from jupyterlab_cohost.storage.atomic import atomic_writing, sha256_of, version_of
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.identity import is_written_by_others
from jupyterlab_cohost.storage.regular import NotRegular, in_own_thread, open_regular

from .support.file_writer import MANAGERS
from .support.gateway import World, bearer
from .support.room_client import TestClient

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes among files")
_SOON_S = 20


@pytest.fixture(params=sorted(MANAGERS))
def manager(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "root").mkdir()
    return MANAGERS[request.param](root_dir=str(tmp_path / "root"))


def make_pipe(path: Path) -> Path:
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("kind", ["file", "notebook"])
async def test_save_32_a_pipe_is_not_opened(manager: Any, kind: Any) -> None:
    root = Path(manager.root_dir)
    store = ContentsStore(manager, str(root))
    make_pipe(root / "p.ipynb")
    with pytest.raises(Unsupported, match="pipe"):
        await asyncio.wait_for(store.load("p.ipynb", kind), _SOON_S)
    with pytest.raises(CohostError):
        await asyncio.wait_for(store.hash("p.ipynb", kind), _SOON_S)


async def test_save_32_a_file_that_became_a_pipe_is_neither_read_nor_written(
    manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it becomes one between the contents manager's look and its opening."""
    root = Path(manager.root_dir)
    store = ContentsStore(manager, str(root))
    (root / "a.txt").write_text("before")
    await store.load("a.txt", "file")
    make_pipe(root / "a.txt")
    with pytest.raises(CohostError):
        await asyncio.wait_for(store.save("a.txt", "file", "after", sign=False), _SOON_S)
    monkeypatch.setattr(os.path, "isfile", lambda _path: True)
    with pytest.raises(CohostError):
        await asyncio.wait_for(store.save("a.txt", "file", "after", sign=False), _SOON_S)
    with pytest.raises(Exception, match="400"):
        answer = manager.get("a.txt", content=True, type="file", format="text")
        await asyncio.wait_for(answer, _SOON_S) if asyncio.iscoroutine(answer) else answer


async def test_save_32_only_regular_files_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(tmp_path)
        listener.bind("socket")
        for path in (str(pipe), str(tmp_path / "socket"), "/dev/null"):
            for act in (open_regular, sha256_of, version_of, _write):
                await _is_refused(act, path)
            assert not await in_own_thread(partial(is_written_by_others, path), _SOON_S)
    with pytest.raises(NotRegular):
        open_regular("/dev/null")
    with pytest.raises(IsADirectoryError):
        open_regular(str(tmp_path))


def _write(path: str) -> None:
    with atomic_writing(path) as file:
        file.write("x")


async def _is_refused(act: Callable[[str], object], path: str) -> None:
    with pytest.raises(OSError) as problem:
        await in_own_thread(partial(act, path), _SOON_S)
    assert not isinstance(problem.value, asyncio.TimeoutError), f"{act.__name__} waits for {path}"


async def test_save_33_a_disk_that_hangs_keeps_one_thread_and_no_caller() -> None:
    before = asyncio.get_running_loop().time()
    with pytest.raises(asyncio.TimeoutError):
        await in_own_thread(_hang, 0.05)
    assert asyncio.get_running_loop().time() - before < _SOON_S
    assert await in_own_thread(lambda: 1, 5) == 1


def _hang() -> None:
    threading.Event().wait()


async def test_cont_14_pipes_among_shared_files_stop_neither_saves_nor_the_server(tmp_path: Path) -> None:
    world = World(tmp_path)
    shared = world.server.root / "shared"
    for number in range(12):
        make_pipe(shared / f"p{number}.ipynb")
    (shared / "folder.ipynb").mkdir()
    guest = world.guest("editor")
    room = None
    try:
        listed = {entry["name"] for entry in guest.get("api/contents/shared").json()["content"]}
        assert not any(name.startswith("p") and name.endswith(".ipynb") for name in listed)
        for number in range(12):
            path = f"shared/p{number}.ipynb"
            kinds = ({"type": "file", "format": "text"}, {"type": "notebook", "format": "json"})
            for kind in kinds:
                assert guest.request("POST", "documents", {"path": path, **kind}).status == 404
            assert guest.get(f"files/{path}").status == guest.get(f"api/contents/{path}").status == 404
            body = {"type": "file", "format": "text", "content": "x"}
            assert guest.request("PUT", f"api/contents/{path}", body).status == 404
            host = world.host("POST", "cohost/api/documents", {"path": path, "type": "file", "format": "text"})
            assert host.status == 415 and "pipe" in host.json()["message"]
            refused = world.host("POST", "cohost/api/sessions", {"scope": [{"path": path}]})
            assert refused.status == 404
        folder = guest.request("POST", "documents", {"path": "shared/folder.ipynb", **kinds[1]})
        assert folder.status == 415
        document = guest.request("POST", "documents", {"path": "shared/a.py", **kinds[0]}).json()
        address = f"ws://127.0.0.1:{guest.port}{guest.base}/rooms/{document['id']}"
        room = await TestClient(lambda: address, bearer(guest)).start()
        other = world.host("POST", "cohost/api/documents", {"path": "shared/sub/b.txt", **kinds[0]})
        assert other.status == 200
        make_pipe(shared / "sub/b.txt")
        text = room.text
        text += "saved all the same\n"
        await room.until(lambda: "saved all the same" in (shared / "a.py").read_text())
        world.server.signal(signal.SIGTERM)
        process = world.server.process
        assert process is not None and process.poll() is not None
    finally:
        if room is not None:
            await room.stop()
        world.stop()
