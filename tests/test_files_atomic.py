"""No reader and no crash sees an empty or partial file; what belongs to the file stays with it."""

# ruff: noqa: ASYNC240
from __future__ import annotations

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.protocol.errors import CohostError, NotFound, StorageFailed
from jupyterlab_cohost.storage import atomic
from jupyterlab_cohost.storage.files import ContentsStore

from .support.file_writer import MANAGERS, content

REPOSITORY = Path(__file__).parent.parent
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ContentsStore:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "root").mkdir()
    return ContentsStore(MANAGERS["AsyncLargeFileManager"](root_dir=str(tmp_path / "root")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


def is_whole(name: str, data: str) -> bool:
    text = "".join(json.loads(data)["cells"][0]["source"]) if name.endswith(".ipynb") else data
    first = text.split("\n", 1)[0]
    return text.endswith(f"end {first}\n")


def command(root: Path, manager: str, name: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "tests.support.file_writer", str(root), manager, name, *more]


@posix
@pytest.mark.parametrize("name", ["a.txt", "a.ipynb"])
@pytest.mark.parametrize("manager", ["AsyncLargeFileManager", "FileContentsManager"])
def test_save_2_kill_9_in_the_middle_of_saves(tmp_path: Path, manager: str, name: str) -> None:
    """SAVE-2: a reader that reads all the time, and every kill, find one whole version; nothing of ours stays."""
    root = tmp_path / "root"
    root.mkdir()
    start = content(name, 0)
    (root / name).write_text(start if isinstance(start, str) else json.dumps(start))
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    moment, reads = random.Random(name + manager), 0
    for _ in range(4):
        with subprocess.Popen(
            command(root, manager, name), cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert (process.stdout.readline(), process.stdout.readline()) == ("ready\n", "1\n")
            until = time.monotonic() + 0.2 + moment.random() / 2
            while time.monotonic() < until:
                assert is_whole(name, (root / name).read_text())
                reads += 1
            process.send_signal(signal.SIGKILL)
            assert "failed" not in process.stdout.read()
        assert is_whole(name, (root / name).read_text())
    assert reads >= 4
    for left in root.glob(atomic.PREFIX + "*"):
        os.utime(left, (0, 0))
    atomic.remove_left_overs(str(root))
    assert {file.name for file in root.iterdir()} <= {name, ".ipynb_checkpoints"}


@posix
async def test_save_2_left_overs_of_a_killed_server_go_when_a_room_opens(store: ContentsStore, root: Path) -> None:
    """SAVE-2: old ones only; one that another server is writing just now stays."""
    (root / "a.txt").write_text("a")
    for name, age in (("old", 3600), ("new", 0)):
        (root / f"{atomic.PREFIX}{name}").write_text("part")
        os.utime(root / f"{atomic.PREFIX}{name}", (time.time() - age,) * 2)
    await store.load("a.txt", "file")
    assert {file.name for file in root.iterdir()} == {"a.txt", f"{atomic.PREFIX}new"}


@posix
async def test_save_14_mode_owner_attributes_and_link_stay(store: ContentsStore, root: Path, tmp_path: Path) -> None:
    """SAVE-14: through a symbolic link its target is written; mode and extended attributes are as before."""
    target = tmp_path / "target.txt"
    target.write_text("a")
    target.chmod(0o640)
    with_attribute = hasattr(os, "setxattr")
    if with_attribute:
        try:
            os.setxattr(target, "user.cohost", b"1")
        except OSError:
            with_attribute = False
    if os.geteuid() == 0:
        os.chown(target, 12345, 12346)
    before = target.stat()
    (root / "link.txt").symlink_to(target)
    await store.save("link.txt", "file", "b", sign=False)
    after = target.stat()
    assert (root / "link.txt").is_symlink() and target.read_text() == "b"
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert not with_attribute or os.getxattr(target, "user.cohost") == b"1"
    assert after.st_ino != before.st_ino


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
async def test_save_15_read_only_file(store: ContentsStore, root: Path) -> None:
    """SAVE-15: refused with the reason, although a rename over it would be possible."""
    (root / "a.txt").write_text("a")
    (root / "a.txt").chmod(0o444)
    with pytest.raises(StorageFailed, match="read-only"):
        await store.save("a.txt", "file", "b", sign=False)
    assert (root / "a.txt").read_text() == "a"


REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "quota",
    errno.EROFS: "read-only",
    errno.EIO: "disk reported an error",
    errno.EACCES: "read-only or belongs to someone else",
}


@pytest.mark.parametrize("number", REASONS, ids=[errno.errorcode[number] for number in REASONS])
async def test_save_15_each_reason_has_its_sentence(
    store: ContentsStore, root: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """SAVE-15: whatever fails at whichever step, the good file stays and nothing of ours is left beside it."""
    (root / "a.txt").write_text("a")
    steps = ["fsync", "replace"] if number not in atomic._IN_PLACE else ["access"]
    for step in steps:

        def fail(*arguments: Any) -> Any:
            raise OSError(number, os.strerror(number), str(root))

        with monkeypatch.context() as patch:
            patch.setattr(atomic.os, step, (lambda *a: False) if step == "access" else fail)
            with pytest.raises(StorageFailed, match=REASONS[number]) as raised:
                await store.save("a.txt", "file", "b", sign=False)
        assert "a.txt" in raised.value.message and str(root) not in raised.value.message
        assert (root / "a.txt").read_text() == "a"
        assert [file.name for file in root.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("restore", [False, True])
async def test_save_15_a_folder_in_the_place_of_the_file(store: ContentsStore, root: Path, restore: bool) -> None:
    """SAVE-15: it stays as it is, and the sentence names it."""
    (root / "a.txt").mkdir()
    (root / "a.txt" / "inside").write_text("kept")
    with pytest.raises(CohostError) as raised:
        await store.save("a.txt", "file", "b", sign=False, restore=restore)
    assert ("a folder of this name" if restore else "was deleted or moved") in raised.value.message
    assert (root / "a.txt" / "inside").read_text() == "kept"


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A tmpfs, where mounting is allowed."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
        if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("mounting a tmpfs is not allowed here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("name", ["a.txt", "a.ipynb"])
async def test_save_15_a_disk_that_is_really_full(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SAVE-15: the old version stays whole, the sentence says why; with space again the next save succeeds."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    with small_disk(4) as root:
        store = ContentsStore(MANAGERS["AsyncLargeFileManager"](root_dir=str(root)))
        kind: Any = "notebook" if name.endswith(".ipynb") else "file"
        start = content(name, 0)
        (root / name).write_text(start if isinstance(start, str) else json.dumps(start))
        (root / "filler").write_bytes(b"x" * (2_500_000))
        with pytest.raises(StorageFailed, match="the disk is full"):
            await store.save(name, kind, content(name, 1), sign=True)
        assert is_whole(name, (root / name).read_text())
        (root / "filler").unlink()
        await store.save(name, kind, content(name, 2), sign=True)
        assert is_whole(name, (root / name).read_text())


@posix
def test_save_15_a_file_size_limit(tmp_path: Path) -> None:
    """SAVE-15: the kernel refuses in the middle of the write (RLIMIT_FSIZE)."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_text("good")
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    answer = subprocess.run(
        command(root, "LargeFileManager", "a.txt", "500000"),
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "storage_failed: Cannot save a.txt: the file would be larger than allowed here" in answer.stdout
    assert (root / "a.txt").read_text() == "good"
    assert [file.name for file in root.iterdir()] == ["a.txt"]


async def test_save_14_where_the_folder_refuses_the_file_is_written_in_place(
    store: ContentsStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAVE-14: never emptied first; when that fails too, the old content is put back."""
    (root / "a.txt").write_text("old content")
    inode = (root / "a.txt").stat().st_ino

    def refuse(*arguments: Any) -> None:
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(atomic.os, "replace", refuse)
    monkeypatch.setattr(atomic, "exchange", refuse)
    for text in ("new", "new and much longer than before"):
        saved = await store.save("a.txt", "file", text, sign=False)
        assert (root / "a.txt").read_text() == text
        assert saved.hash == await store.hash("a.txt", "file")
    assert (root / "a.txt").stat().st_ino == inode
    fsync, calls = os.fsync, 0

    def fail_in_place(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(errno.EIO, "broken")
        fsync(descriptor)

    monkeypatch.setattr(atomic.os, "fsync", fail_in_place)
    with pytest.raises(StorageFailed):
        await store.save("a.txt", "file", "never", sign=False)
    assert (root / "a.txt").read_text() == "new and much longer than before"


@pytest.mark.parametrize("name", sorted(MANAGERS))
async def test_save_16_saves_by_the_rest_api_are_atomic_too(tmp_path: Path, root: Path, name: str) -> None:
    """SAVE-16: the manager itself, as its PUT handler calls it, creates new files and replaces old ones whole."""
    root.mkdir()
    manager = MANAGERS[name](root_dir=str(root))
    store = ContentsStore(manager)
    assert store.atomic and ContentsStore(manager).atomic
    inodes = set()
    for text in ("one", "two"):
        answer = manager.save({"type": "file", "format": "text", "content": text}, "new.txt")
        if hasattr(answer, "__await__"):
            await answer
        assert (root / "new.txt").read_text() == text
        inodes.add((root / "new.txt").stat().st_ino)
    assert len(inodes) == 2


async def test_save_16_a_manager_that_should_not_be_atomic_is_left_so(tmp_path: Path, root: Path) -> None:
    """SAVE-16: use_atomic_writing = False is what people set for network file systems; a writer of its own stays."""
    root.mkdir()
    manager = MANAGERS["FileContentsManager"](root_dir=str(root), use_atomic_writing=False)
    store = ContentsStore(manager)
    (root / "a.txt").write_text("a")
    inode = (root / "a.txt").stat().st_ino
    saved = await store.save("a.txt", "file", "b", sign=False)
    assert (root / "a.txt").stat().st_ino == inode and saved.hash == await store.hash("a.txt", "file")

    class Own(MANAGERS["FileContentsManager"]):  # type: ignore[misc]
        def atomic_writing(self, *arguments: Any, **options: Any) -> Any:
            return super().atomic_writing(*arguments, **options)

    own = Own(root_dir=str(root))
    assert not ContentsStore(own).atomic and "atomic_writing" not in vars(own)


@posix
async def test_save_6_a_file_deleted_while_it_is_saved(
    store: ContentsStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAVE-6: deleted between the check and the replacement: not made again."""
    (root / "a.txt").write_text("a")
    fsync = os.fsync

    def delete_meanwhile(descriptor: int) -> None:
        fsync(descriptor)
        (root / "a.txt").unlink(missing_ok=True)

    monkeypatch.setattr(atomic.os, "fsync", delete_meanwhile)
    with pytest.raises(NotFound):
        await store.save("a.txt", "file", "b", sign=False)
    assert list(root.iterdir()) == []
