"""The thread that owns the database: takes commands in order, commits them in groups.

When idle a command is committed at once. When commands come faster than one per ``group_s``, it waits until ``group_s``
after the last commit, so that the number of commits (each waits for the disk) stays bounded however many people type.
A command that somebody waits for with nothing to show yet (opening a document) ends the wait.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..protocol.errors import CohostError, StorageFailed
from ..protocol.sentences import sentence
from .journal_schema import is_unreadable, make_smaller

_BATCH = 5000
#: After so long without work the file is made as small as what is in it, step by step.
_IDLE_S = 1.0


def storage_failed(error: BaseException) -> StorageFailed:
    """The sentence for an error of the database, without any path."""
    text = str(error)
    if "full" in text:
        why = "the disk is full"
    elif "locked" in text:
        why = "another program has locked it"
    elif "readonly" in text or "read-only" in text:
        why = "it is read-only"
    elif is_unreadable(error):
        why = "it is damaged"
    else:
        why = "the disk reported an error"
    return StorageFailed(sentence("The journal on the server cannot be written: %1. Keep this page open.", why))


@dataclass(frozen=True)
class Command:
    """Work for the thread. ``urgent``: do not wait for company. ``failed``: told in the thread when it is not done."""

    run: Callable[[sqlite3.Connection], Any]
    future: asyncio.Future[Any]
    urgent: bool
    failed: Callable[[], None] | None


class Writer:
    """Runs commands in order, one transaction for a group.

    ``broken`` is told of a damaged database and gives a new one; ``rolled_back`` of a transaction that was not
    committed. Both run in the thread.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        group_s: float,
        broken: Callable[[sqlite3.Connection, BaseException], sqlite3.Connection],
        rolled_back: Callable[[], None],
    ) -> None:
        self._database, self._group_s = database, group_s
        self._broken, self._rolled_back = broken, rolled_back
        self._queue: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        #: Whoever is in a hurry wakes the thread from its wait for company; the others need not.
        self._hurry = threading.Event()
        self._closed = False
        self.commits = 0
        self._last_commit = 0.0
        self._may_shrink = False
        self._thread = threading.Thread(target=self._loop, name="cohost-journal", daemon=True)
        self._thread.start()

    def submit(
        self,
        run: Callable[[sqlite3.Connection], Any],
        *,
        urgent: bool = True,
        failed: Callable[[], None] | None = None,
    ) -> asyncio.Future[Any]:
        """Queues a command; the future has its result when that is committed, StorageFailed otherwise."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._closed:
            future.set_exception(StorageFailed("The journal is closed: the server is stopping."))
        else:
            self._queue.put(Command(run, future, urgent, failed))
            if urgent:
                self._hurry.set()
        return future

    async def close(self) -> None:
        """Commits what is queued and closes the database."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._hurry.set()
        await asyncio.to_thread(self._thread.join)

    def _loop(self) -> None:
        going_on = True
        while going_on:
            first = self._next()
            batch = [first] if first is not None else []
            going_on = first is not None and self._gather(batch)
            self._run_batch(batch)
            # Not to keep the last results alive until the next command.
            del batch, first
        make_smaller(self._database)
        with suppress(sqlite3.Error):
            self._database.close()

    def _next(self) -> Command | None:
        while self._may_shrink:
            try:
                return self._queue.get(timeout=_IDLE_S)
            except queue.Empty:
                self._may_shrink = make_smaller(self._database)
        return self._queue.get()

    def _gather(self, batch: list[Command]) -> bool:
        """Adds what else is there, waiting only when busy. False when it is time to stop."""
        wait = self._last_commit + self._group_s - time.monotonic()
        if wait > 0 and not batch[0].urgent:
            self._hurry.wait(wait)
        self._hurry.clear()
        while len(batch) < _BATCH:
            try:
                command = self._queue.get_nowait()
            except queue.Empty:
                return True
            if command is None:
                return False
            batch.append(command)
        return True

    def _run_batch(self, batch: list[Command]) -> None:
        if not batch:
            return
        results: list[Any]
        try:
            try:
                results = self._transaction(lambda: [command.run(self._database) for command in batch])
            except sqlite3.DatabaseError:
                raise
            except Exception:
                results = self._transaction(lambda: [self._alone(command) for command in batch])
        except sqlite3.DatabaseError as error:
            results = [self._failed(error)] * len(batch)
        self._last_commit = time.monotonic()
        for command, result in zip(batch, results, strict=True):
            if command.failed is not None and isinstance(result, BaseException):
                command.failed()
        self._resolve(batch, results)

    def _transaction(self, work: Callable[[], list[Any]]) -> list[Any]:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            results = work()
            self._database.execute("COMMIT")
            self.commits += 1
            self._may_shrink = True
            return results
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._database.in_transaction:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
        self._rolled_back()

    def _alone(self, command: Command) -> Any:
        """One command's fault is not the others': its part is undone, theirs is not."""
        self._database.execute("SAVEPOINT command")
        try:
            result = command.run(self._database)
        except sqlite3.DatabaseError:
            raise
        except Exception as error:
            self._database.execute("ROLLBACK TO command")
            self._rolled_back()
            result = error if isinstance(error, CohostError) else storage_failed(error)
        self._database.execute("RELEASE command")
        return result

    def _failed(self, error: sqlite3.DatabaseError) -> StorageFailed:
        if is_unreadable(error):
            try:
                self._database = self._broken(self._database, error)
            except (sqlite3.Error, OSError) as again:
                return storage_failed(again)
        return storage_failed(error)

    def _resolve(self, batch: list[Command], results: list[Any]) -> None:
        pairs = [(command.future, result) for command, result in zip(batch, results, strict=True)]

        def settle() -> None:
            for future, result in pairs:
                if future.done():
                    continue
                if isinstance(result, BaseException):
                    future.set_exception(result)
                else:
                    future.set_result(result)

        # A loop that is closed: nobody waits any more.
        with suppress(RuntimeError):
            pairs[0][0].get_loop().call_soon_threadsafe(settle)
