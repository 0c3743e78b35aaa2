"""When a room saves: soon after the first unsaved change however long typing goes on, on request, after a failure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from ..protocol.errors import CohostError, NotFound
from .counters import COUNTERS
from .room_file import GONE, RoomFile

#: The longest pause is how late a save is at most when the reason of a failure is gone.
_RETRY_FIRST_S, _RETRY_MOST_S = 0.5, 4.0
#: After a save that took long (a large document), the next one comes later by so many times as much; at most.
_LONG_S, _PAUSE_PER_COST, _PAUSE_MOST_S = 1.0, 2.0, 4.0
#: A save that takes longer is told.
_SLOW_S = 5.0
_SLOW = "The host's storage does not answer. Your changes are kept and will be saved when it does."
_log = logging.getLogger("jupyterlab_cohost.rooms")
State = Literal["saved", "unsaved", "saving", "failed"]


@dataclass(frozen=True)
class SaveState:
    """As the people present see it; ``at`` in milliseconds since 1970."""

    state: State
    at: int
    reason: str | None = None


class Saver:
    """One loop per room, so that two saves never run at once. ``report`` is told every state.

    ``gone`` is asked when the file is not at its path: it returns whether it was found elsewhere.
    """

    def __init__(
        self,
        file: RoomFile,
        delay_s: float,
        report: Callable[[SaveState], None],
        gone: Callable[[], Awaitable[bool]],
    ) -> None:
        self._file, self._delay, self._report, self._gone = file, delay_s, report, gone
        self._dirty = self._outside = self._restore = self._missing = self._by_people = False
        self._due = self._took = 0.0
        self._retry = _RETRY_FIRST_S
        self._asked: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._closing = False
        self.state = SaveState("saved", _now())
        self._task = asyncio.ensure_future(self._run())

    def changed(self) -> None:
        """The document changed."""
        if not self._dirty:
            self._dirty = True
            pause = min(self._took * _PAUSE_PER_COST, _PAUSE_MOST_S) if self._took > _LONG_S else self._delay
            self._due = max(self._due, time.monotonic() + pause)
            if self.state.state == "saved":
                self._set("unsaved")
            self._wake.set()

    def file_changed(self) -> None:
        """The file may have changed outside."""
        self._outside = True
        self._wake.set()

    async def save_now(self, *, restore: bool = False, asked: bool = False) -> None:
        """Returns when what the document holds now is in the file. Raises CohostError. See ``RoomFile.save``."""
        self._restore = self._restore or restore
        self._by_people = self._by_people or asked
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked.append(future)
        self._wake.set()
        await future

    def fail(self, reason: str) -> None:
        """Says why the file cannot be saved; the next try comes by itself."""
        self._set("failed", reason)
        self._dirty = True
        self._due = time.monotonic() + self._retry
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether everything is saved and nothing is on its way, or the file is gone: the journal has the edits."""
        if self._missing and not self._asked and not self._outside:
            return True
        return not self._dirty and not self._asked and not self._outside and self.state.state == "saved"

    def _set(self, state: State, reason: str | None = None) -> None:
        self.state = SaveState(state, _now(), reason)
        self._report(self.state)

    async def _run(self) -> None:
        while not self._closing:
            await self._wait()
            if self._outside:
                await self._look()
            if self._asked or (self._dirty and time.monotonic() >= self._due):
                await self._save()

    async def _wait(self) -> None:
        self._wake.clear()
        if self._asked or self._outside or self._closing:
            return
        left = max(0.0, self._due - time.monotonic()) if self._dirty else None
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), left)

    async def _look(self) -> None:
        self._outside = False
        try:
            if not await self._file.look():
                if not await self._found():
                    self.fail(GONE)
                return
            self._missing = False
            if self._file.stale or self._file.half:
                self._file.stale = False
                self.changed()
            if self.state.state == "failed":
                self._due = 0.0
        except CohostError as error:
            self.fail(error.message)
        except Exception:
            _log.exception("A change of %s outside could not be taken over", self._file.path)

    async def _found(self) -> bool:
        """The file is not at its path: whether it was found elsewhere. Asked once each time it goes."""
        if self._missing:
            return False
        self._missing = True
        self._missing = not await self._gone()
        return not self._missing

    async def _save(self) -> None:
        asked, self._asked = self._asked, []
        restore, self._restore = self._restore, False
        by_people, self._by_people = self._by_people, False
        self._dirty = False
        began = time.monotonic()
        failed: CohostError | None = None
        if self.state.state != "failed":
            self._set("saving")
        try:
            await self._write(restore, by_people)
        except NotFound:
            failed = NotFound(GONE)
        except CohostError as error:
            failed = error
        except Exception as error:
            _log.exception("Saving %s failed", self._file.path)
            failed = CohostError("The server could not save this document; its log says why.")
            failed.__cause__ = error
        self._took = time.monotonic() - began if failed is None else 0.0
        self._saved(failed)
        for future in asked:
            if not future.done():
                future.set_result(None) if failed is None else future.set_exception(failed)

    async def _write(self, restore: bool, asked: bool) -> None:
        slow = asyncio.get_running_loop().call_later(_SLOW_S, self._set, "failed", _SLOW)
        try:
            await self._file.save(restore=restore, asked=asked)
        except NotFound:
            if not await self._found():
                raise
            await self._file.save(asked=asked)
        finally:
            slow.cancel()
        self._missing = False

    def _saved(self, failed: CohostError | None) -> None:
        if failed is not None:
            COUNTERS.saves_failed += 1
            self._due = time.monotonic() + self._retry
            self._retry = min(self._retry * 2, _RETRY_MOST_S)
            self._dirty = True
            self._set("failed", failed.message)
            return
        self._retry = _RETRY_FIRST_S
        self._set("saved")
        if self._dirty:
            self._set("unsaved")

    async def close(self) -> None:
        """Ends the loop after what it is doing."""
        self._closing = True
        self._wake.set()
        await asyncio.wait({self._task})
        for future in self._asked:
            if not future.done():
                future.cancel()


def _now() -> int:
    return int(time.time() * 1000)
