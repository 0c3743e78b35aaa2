"""Stops what a guest runs in a kernel when the guest may not run any more, whether or not their page is open.

Each kernel that guests use is listened to on a socket of our own: the one of the guest's page ends with the page, and
would leave it unknown whether the cell that is interrupted still runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_core.utils import ensure_async

from ...core.events import Event
from ...core.sessions import Sessions
from ...protocol.ids import ParticipantId
from .feed import Feed
from .guest_runs import GuestRuns, Run
from .kernel_messages import Head, read_status, status_in

_log = logging.getLogger(__name__)
#: A kernel loses an interrupt that comes in the moment before a cell starts, and code may catch it: tried again after
#: this many seconds, then more seldom, and then no more.
_AGAIN_S, _SOON, _LATER_S, _MOST = 0.5, 10, 5.0, 22
#: How long cells that wait behind others are looked after once their guest has gone.
_WATCH_S = 3600.0
_MARK = b"<IDS|MSG>"
_RIGHTS = {"participant-removed", "participant-left", "participant-changed", "session-changed", "session-ended"}

#: Whether a guest may still execute in this kernel.
MayExecute = Callable[[], Awaitable[bool]]


class KernelWatch:
    """One kernel. ``sockets``: how many pages of guests use it."""

    def __init__(self, kernels: Any, kernel_id: str) -> None:
        self._kernels, self.kernel_id = kernels, kernel_id
        self.runs, self.sockets = GuestRuns(), 0
        self._allowed: dict[ParticipantId, MayExecute] = {}
        self._out: set[ParticipantId] = set()
        self._changed = asyncio.Event()
        self._stopping: asyncio.Task[None] | None = None
        self._listens = False
        self._stream: Any = None
        self._connect()

    def _connect(self) -> None:
        """Kernels of another server (a gateway) have no socket here: then the frames to the pages are looked at."""
        with contextlib.suppress(AttributeError, KeyError, NotImplementedError):
            stream = self._kernels.get_kernel(self.kernel_id).connect_iopub()
            if hasattr(stream, "on_recv"):
                self._stream = stream
                stream.on_recv(self._received)

    def _received(self, parts: list[bytes]) -> None:
        self._listens = True
        at = parts.index(_MARK) if _MARK in parts else len(parts)
        status = status_in(parts[at + 2], parts[at + 3], parts[at + 5]) if len(parts) > at + 5 else None
        if status is not None:
            self.runs.heard(status)
            self._changed.set()

    def saw(self, frame: bytes) -> None:
        """A frame on its way to a guest's page; of no interest once the own socket speaks."""
        status = None if self._listens else read_status(frame)
        if status is not None:
            self.runs.heard(status)
            self._changed.set()

    def sent(self, participant: ParticipantId, head: Head, may_execute: MayExecute) -> None:
        """A guest's request goes to the kernel's shell."""
        self._allowed[participant] = may_execute
        self._out.discard(participant)
        self.runs.sent(Run(head.id, participant, str(head.header.get("subshell_id") or "")))

    def restarted(self) -> None:
        """Whatever ran has ended; the kernel may listen at other ports now."""
        self.runs.clear()
        self._changed.set()
        self._disconnect()
        self._connect()

    async def look_again(self) -> None:
        """Rights may be others now: what those run who may not any more is stopped, and what waits when it begins."""
        for participant in self.runs.people():
            if await self._may(participant):
                self._out.discard(participant)
            else:
                self._out.add(participant)
        if self._out and self._stopping is None and self.runs.has(self._out):
            self._stopping = asyncio.ensure_future(self._stop())

    async def _may(self, participant: ParticipantId) -> bool:
        try:
            return participant in self._allowed and await self._allowed[participant]()
        except Exception:
            _log.exception("cohost: the rights of a guest in a kernel could not be told")
            return False

    async def _stop(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _WATCH_S
        try:
            while self.runs.has(self._out) and loop.time() < until and self.kernel_id in self._kernels:
                await self._interrupt(self.runs.running(self._out))
                await self._wait(self.runs.running(self._out))
        finally:
            self._stopping = None
            self._out.clear()

    async def _interrupt(self, run: Run | None) -> None:
        if run is None or run.interrupts >= _MOST:
            return
        run.interrupts += 1
        try:
            await ensure_async(self._kernels.interrupt_kernel(self.kernel_id))
        except Exception:
            _log.exception("cohost: the cell of a guest who is out could not be interrupted")
        if run.interrupts == _MOST:
            _log.warning("cohost: the cell of a guest who is out does not stop; the host can restart the kernel")

    async def _wait(self, run: Run | None) -> None:
        """Until another request begins or ends; the same one is interrupted again after a while."""
        tries = _MOST if run is None else run.interrupts
        pause = _AGAIN_S if tries <= _SOON else _LATER_S
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._until_other(run), pause)

    async def _until_other(self, run: Run | None) -> None:
        while self.runs.running(self._out) is run and self.runs.has(self._out):
            self._changed.clear()
            await self._changed.wait()

    def forget_idle_people(self) -> None:
        """Of who runs nothing, nothing is kept."""
        busy = self.runs.people()
        self._allowed = {participant: may for participant, may in self._allowed.items() if participant in busy}

    @property
    def idle(self) -> bool:
        """Nobody needs it."""
        return self.sockets == 0 and self._stopping is None and not self.runs.people()

    def _disconnect(self) -> None:
        if self._stream is not None and not self._stream.closed():
            self._stream.close()
        self._stream, self._listens = None, False

    def close(self) -> None:
        """Gives back its socket."""
        self.runs.clear()
        self._changed.set()
        self._disconnect()


class KernelWatches:
    """Of one server."""

    def __init__(self, server: Any, sessions: Sessions, feed: Feed) -> None:
        self._kernels = server.kernel_manager
        self._watches: dict[str, KernelWatch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        sessions.subscribe(self._happened)
        feed.subscribe(self._kernel_event)

    def open(self, kernel_id: str) -> KernelWatch:
        """A guest's page uses the kernel; ``close`` when it does no more."""
        self._sweep()
        if kernel_id not in self._watches:
            self._watches[kernel_id] = KernelWatch(self._kernels, kernel_id)
        watch = self._watches[kernel_id]
        watch.sockets += 1
        return watch

    def close(self, watch: KernelWatch) -> None:
        """What still runs is remembered."""
        watch.sockets -= 1
        watch.forget_idle_people()
        self._sweep()

    def _sweep(self) -> None:
        for watch in list(self._watches.values()):
            if watch.idle or watch.kernel_id not in self._kernels:
                del self._watches[watch.kernel_id]
                watch.close()

    def _happened(self, event: Event) -> None:
        if event["type"] in _RIGHTS:
            for watch in self._watches.values():
                task = asyncio.ensure_future(watch.look_again())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _kernel_event(self, kind: str, details: dict[str, str]) -> None:
        watch = self._watches.get(details.get("kernel", "")) if kind == "kernels" else None
        if watch is not None and details.get("action") == "restart":
            watch.restarted()
        elif watch is not None and details.get("action") == "shutdown":
            self._sweep()
