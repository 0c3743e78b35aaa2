"""Between a room and the journal: what is committed is acknowledged, what cannot be written is kept and tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ..protocol.errors import CohostError
from ..protocol.ids import DocumentId
from .ports import Journal, PackedSave, SavedContent

_RETRY_FIRST_S, _RETRY_MOST_S = 0.25, 4.0
_TIDY_AFTER = 2_000
#: A commit that takes longer is told: the disk hangs. How long an outside change waits for its own at most.
_LATE_S, _NOTE_S = 0.7, 5.0
Done = Callable[[], None]


class Ledger:
    """``snapshot`` gives the whole room, ``saved`` what its file holds.

    ``safe_changed`` is told when the journal fails or hangs, and when it works again.
    """

    def __init__(
        self,
        journal: Journal,
        document: DocumentId,
        snapshot: Callable[[], bytes],
        saved: Callable[[], SavedContent],
    ) -> None:
        self._journal, self._document, self._snapshot, self._saved = journal, document, snapshot, saved
        self.safe_changed: Callable[[bool], None] = lambda _safe: None
        #: What is written when the journal works again; without bytes when the next snapshot has them.
        self._waiting: list[tuple[bytes | None, Done, PackedSave | None]] = []
        self._open = 0
        self._quiet = asyncio.Event()
        self._appended = 0
        self._mending: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None
        self._late = False
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def safe(self) -> bool:
        """Whether everything so far is committed or being committed without trouble."""
        return self._mending is None and not self._late

    def append(self, update: bytes | None, done: Done, saved: PackedSave | None = None) -> None:
        """Queues an update; ``done`` is called when it and everything before it is committed.

        ``saved``: the file holds the update already, which is noted in the same commit.
        """
        if self._mending is not None:
            self._waiting.append((update, done, saved))
            return
        if update is None:
            if self._open == 0:
                done()
                return
            self._waiting.append((None, done, None))
            return
        try:
            pending = asyncio.ensure_future(self._journal.append(self._document, update, saved))
        except CohostError:
            self._failed(done)
            return
        self._open += 1
        self._appended += 1
        self._watch()
        pending.add_done_callback(lambda future: self._committed(future, done))

    async def note(self, update: bytes, saved: PackedSave) -> bool:
        """Whether an update that nobody has seen yet is committed, with what the file holds, behind all before it.

        False when the journal is in trouble: then it has to be appended once more.
        """
        if self._mending is not None:
            return False
        try:
            pending = asyncio.ensure_future(self._journal.append(self._document, update, saved))
        except CohostError:
            return False
        pending.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._appended += 1
        await asyncio.wait({pending}, timeout=_NOTE_S)
        return pending.done() and not pending.cancelled() and pending.exception() is None

    def _watch(self) -> None:
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(_LATE_S, self._is_late)

    def _is_late(self) -> None:
        self._alarm, self._late = None, True
        if self._mending is None:
            self.safe_changed(False)

    def _on_time(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._open:
            self._watch()
        if self._late:
            self._late = False
            if self._mending is None:
                self.safe_changed(True)

    def _committed(self, future: asyncio.Future[None], done: Done) -> None:
        self._open -= 1
        if self._open == 0:
            self._quiet.set()
        self._on_time()
        if future.cancelled() or future.exception() is not None or self._mending is not None:
            self._failed(done)
            return
        done()
        if self._open == 0:
            self._release()

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        for _, done, _ in waiting:
            done()

    def _failed(self, done: Done) -> None:
        self._waiting.append((None, done, None))
        if self._mending is None:
            self._mending = asyncio.ensure_future(self._mend())
            self.safe_changed(False)

    async def _mend(self) -> None:
        """Writes the whole room until it succeeds: nothing has to be remembered piece by piece."""
        delay = _RETRY_FIRST_S
        while True:
            await asyncio.sleep(delay)
            delay = min(delay * 2, _RETRY_MOST_S)
            self._waiting = [(None, done, None) for _, done, _ in self._waiting]
            covered = len(self._waiting)
            try:
                await self._written(self._journal.compact(self._document, self._snapshot(), self._saved()))
            except CohostError:
                continue
            break
        waiting, self._waiting = self._waiting, []
        self._mending = None
        for _, done, _ in waiting[:covered]:
            done()
        for update, done, saved in waiting[covered:]:
            self.append(update, done, saved)
        if self._mending is None:
            self.safe_changed(True)

    @staticmethod
    async def _written(writing: Awaitable[None]) -> None:
        await writing

    def tidy(self) -> None:
        """The file holds the room: a long history may become one snapshot."""
        if self._appended >= _TIDY_AFTER and self.safe and self._tidying is None:
            self._appended = 0
            self._tidying = asyncio.ensure_future(self._tidy())

    async def _tidy(self) -> None:
        with suppress(CohostError):
            await self._written(self._journal.compact(self._document, self._snapshot()))
        self._tidying = None

    async def settled(self) -> None:
        """Returns when nothing is being committed any more, or the journal fails."""
        if self._open and self._mending is None:
            self._quiet.clear()
            await self._quiet.wait()

    def close(self) -> None:
        """Gives up what could not be written."""
        for task in (self._mending, self._tidying, self._alarm):
            if task is not None:
                task.cancel()
