"""One watcher for all rooms: the system's notifications for their folders, and a slow look at each file besides.

A change may be told although nothing changed (our own saves, for example): whoever is told compares hashes. It is never
told late by more than the slow look takes.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

import watchfiles

from .atomic import stamp

_log = logging.getLogger("jupyterlab_cohost.watcher")

#: Changes within this time are told together; the thread that waits for them wakes this often.
_DEBOUNCE_MS, _STEP_MS = 300, 100

Stamp = tuple[int, ...] | None


def _look(path: str) -> Stamp:
    try:
        return stamp(os.stat(path))
    except OSError:
        return None


def _existing(folders: frozenset[str]) -> list[str]:
    return [folder for folder in folders if os.path.isdir(folder)]


class _Watch:
    """One caller's interest in one file."""

    def __init__(self, path: str, changed: Callable[[], None]) -> None:
        self.path, self.changed = path, changed
        self.seen = _look(path)
        self.folders = self.find_folders()

    def find_folders(self) -> set[str]:
        """Where its name and, behind a symbolic link, its content are. Not cheap."""
        return {os.path.dirname(self.path), os.path.dirname(os.path.realpath(self.path))}


class FileWatcher:
    """``look_s``: how often each file is looked at; ``poll_s``: how often a storage that cannot notify is asked.

    ``notify``: whether to ask for the system's notifications at all.
    """

    def __init__(self, *, look_s: float = 2.0, poll_s: float = 5.0, notify: bool = True) -> None:
        self._look_s, self._poll_s = look_s, poll_s
        self._watches: set[_Watch] = set()
        #: How many watches are interested in each.
        self._folders: Counter[str] = Counter()
        self._polls: set[asyncio.Task[None]] = set()
        self._looker: asyncio.Task[None] | None = None
        self._notifier: asyncio.Task[None] | None = None
        self._notified: frozenset[str] = frozenset()
        self._stop_notifier = asyncio.Event()
        self._stopped, self._unable = False, not notify

    def watch(self, path: str, changed: Callable[[], None]) -> Callable[[], None]:
        """Tells of changes of a local file until the returned function is called."""
        watch = _Watch(path, changed)
        self._watches.add(watch)
        self._folders.update(watch.folders)
        self._arrange()

        def stop() -> None:
            if watch in self._watches:
                self._watches.discard(watch)
                self._leave(watch.folders)
                self._arrange()

        return stop

    def poll(self, ask: Callable[[], Awaitable[object]], changed: Callable[[], None]) -> Callable[[], None]:
        """Tells when the answer of ``ask`` changes."""
        task = asyncio.get_running_loop().create_task(self._poll(ask, changed))
        self._polls.add(task)
        task.add_done_callback(self._polls.discard)

        def stop() -> None:
            task.cancel()

        return stop

    async def stop(self) -> None:
        """Ends all watching and gives back what the system lent."""
        self._stopped = True
        self._watches.clear()
        self._folders.clear()
        tasks = [task for task in (*self._polls, self._looker, self._notifier) if task is not None]
        self._stop_notifier.set()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._looker = self._notifier = None

    def _leave(self, folders: set[str]) -> None:
        for folder in folders:
            self._folders[folder] -= 1
            if self._folders[folder] <= 0:
                del self._folders[folder]

    def _arrange(self) -> None:
        """Starts, ends or restarts the tasks for the present set of files."""
        if self._stopped:
            return
        loop = asyncio.get_running_loop()
        if self._watches and self._looker is None:
            self._looker = loop.create_task(self._look_again())
        elif not self._watches and self._looker is not None:
            self._looker.cancel()
            self._looker = None
        if self._folders.keys() != self._notified:
            self._notified = frozenset(self._folders)
            self._stop_notifier.set()
        if self._folders and self._notifier is None and not self._unable:
            self._notifier = loop.create_task(self._notify())

    async def _notify(self) -> None:
        """Watches the folders; begins again when the set changes; ends when there is none (or none exists now)."""
        try:
            while self._notified:
                self._stop_notifier.clear()
                folders = await asyncio.to_thread(_existing, self._notified)
                if not folders:
                    return
                async for _ in watchfiles.awatch(
                    *folders,
                    recursive=False,
                    watch_filter=None,
                    debounce=_DEBOUNCE_MS,
                    step=_STEP_MS,
                    stop_event=self._stop_notifier,
                ):
                    self._compare()
        except FileNotFoundError:
            # A folder went away just now: the next look begins again without it.
            return
        except Exception as error:
            self._unable = True
            _log.warning("The system does not notify of changes (%s); files are looked at instead.", error)
        finally:
            self._notifier = None

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(self._look_s)
            self._compare()
            self._arrange()

    def _compare(self) -> None:
        for watch in list(self._watches):
            now = _look(watch.path)
            if now != watch.seen:
                watch.seen = now
                self._leave(watch.folders)
                watch.folders = watch.find_folders()
                self._folders.update(watch.folders)
                self._tell(watch.changed)

    def _tell(self, changed: Callable[[], None]) -> None:
        try:
            changed()
        except Exception:
            _log.exception("A room failed on a change of its file")

    async def _poll(self, ask: Callable[[], Awaitable[object]], changed: Callable[[], None]) -> None:
        seen = await self._answer(ask, None)
        while True:
            await asyncio.sleep(self._poll_s)
            now = await self._answer(ask, seen)
            if now != seen:
                seen = now
                self._tell(changed)

    async def _answer(self, ask: Callable[[], Awaitable[object]], seen: object) -> object:
        """No answer is no change."""
        try:
            return await ask()
        except Exception as error:
            _log.debug("A storage did not answer: %r", error)
            return seen
