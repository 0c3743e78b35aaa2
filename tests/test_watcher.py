"""Outside changes are told: by the system's notifications, and by looking when those fail."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jupyterlab_cohost.storage.watcher import FileWatcher


@pytest.fixture
async def watcher() -> AsyncIterator[FileWatcher]:
    watcher = FileWatcher(look_s=30)
    yield watcher
    await watcher.stop()


@pytest.fixture
async def looking(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FileWatcher]:
    """A watcher on a system without notifications."""
    import watchfiles

    def unable(*folders: object, **options: object) -> object:
        raise OSError(24, "no inotify instances left")

    monkeypatch.setattr(watchfiles, "awatch", unable)
    watcher = FileWatcher(look_s=0.05)
    yield watcher
    await watcher.stop()


async def told(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 10)
    event.clear()


async def ready(watcher: FileWatcher, folder: Path) -> None:
    """Until notifications of the present folders have begun: until a change of a file of our own is told."""
    event = asyncio.Event()
    probe = folder / "probe"
    stop = watcher.watch(str(probe), event.set)
    for number in range(200):
        probe.write_text(str(number))
        try:
            await asyncio.wait_for(event.wait(), 0.5)
            break
        except asyncio.TimeoutError:
            continue
    assert event.is_set()
    stop()


async def test_save_17_every_way_to_change_a_file(watcher: FileWatcher, tmp_path: Path) -> None:
    """SAVE-17: written, replaced with an old modification time, moved away, come back, deleted."""
    file, other = tmp_path / "a.txt", tmp_path / "b.txt"
    file.write_text("a")
    event = asyncio.Event()
    watcher.watch(str(file), event.set)
    await ready(watcher, tmp_path)
    file.write_text("ab")
    await told(event)
    other.write_text("xy")
    os.utime(other, (1, 1))
    other.replace(file)
    await told(event)
    file.rename(other)
    await told(event)
    other.rename(file)
    await told(event)
    file.unlink()
    await told(event)


async def test_save_17_several_files_several_folders(watcher: FileWatcher, tmp_path: Path) -> None:
    """SAVE-17: each is told of its own only; one that fails does not disturb the others; one that stopped is quiet."""
    events = {name: asyncio.Event() for name in ("a", "b", "c")}
    stops = {}
    for name, event in events.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "f.txt").write_text("")
        stops[name] = watcher.watch(str(tmp_path / name / "f.txt"), event.set)

    def failing() -> None:
        raise RuntimeError("a room's fault")

    watcher.watch(str(tmp_path / "a" / "f.txt"), failing)
    stops["c"]()
    await ready(watcher, tmp_path / "a")
    (tmp_path / "c" / "f.txt").write_text("changed")
    (tmp_path / "a" / "f.txt").write_text("changed")
    await told(events["a"])
    (tmp_path / "b" / "f.txt").write_text("changed")
    await told(events["b"])
    assert not events["c"].is_set() and not events["a"].is_set()


async def test_save_17_the_target_of_a_link(watcher: FileWatcher, tmp_path: Path) -> None:
    """SAVE-17: a change of what a symbolic link in one folder points to in another."""
    (tmp_path / "real").mkdir()
    (tmp_path / "links").mkdir()
    (tmp_path / "real" / "a.txt").write_text("a")
    (tmp_path / "links" / "a.txt").symlink_to(tmp_path / "real" / "a.txt")
    event = asyncio.Event()
    watcher.watch(str(tmp_path / "links" / "a.txt"), event.set)
    await ready(watcher, tmp_path / "links")
    (tmp_path / "real" / "a.txt").write_text("ab")
    await told(event)


async def test_save_18_without_notifications_files_are_looked_at(looking: FileWatcher, tmp_path: Path) -> None:
    """SAVE-18: no inotify left, a network file system: told all the same."""
    file = tmp_path / "a.txt"
    file.write_text("a")
    event = asyncio.Event()
    looking.watch(str(file), event.set)
    file.write_text("ab")
    await told(event)
    file.unlink()
    await told(event)


async def test_save_18_a_storage_that_cannot_notify_is_asked() -> None:
    """SAVE-18: told when its answer changes, not before; an answer that fails does not end it."""
    watcher = FileWatcher(poll_s=0.02)
    answers = iter([1, 1, RuntimeError("down"), 2, 2])
    event, asked = asyncio.Event(), 0

    async def ask() -> object:
        nonlocal asked
        asked += 1
        answer = next(answers, 2)
        if isinstance(answer, Exception):
            raise answer
        return answer

    stop = watcher.poll(ask, event.set)
    await told(event)
    assert asked == 4
    stop()
    await watcher.stop()
    assert not event.is_set()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
async def test_save_19_what_the_system_lent_is_given_back(tmp_path: Path) -> None:
    """SAVE-19: a hundred files in one folder need no more descriptors than one; with nothing to watch none stays."""

    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    watcher = FileWatcher(look_s=30)
    first = tmp_path / "0.txt"
    first.write_text("")
    stops = [watcher.watch(str(first), lambda: None)]
    await ready(watcher, tmp_path)
    with_one = descriptors()
    for number in range(1, 100):
        (tmp_path / f"{number}.txt").write_text("")
        stops.append(watcher.watch(str(tmp_path / f"{number}.txt"), lambda: None))
    await ready(watcher, tmp_path)
    assert descriptors() <= with_one
    for stop in stops:
        stop()
    assert watcher._notifier is not None
    await asyncio.wait_for(watcher._notifier, 10)
    assert descriptors() < with_one
    await watcher.stop()
