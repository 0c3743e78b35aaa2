"""Updates that take long: judged in a thread, integrated in pieces with pauses, so that others go on.

The people of the room see such a change come in parts; it is acknowledged when all of it is committed. What its sender
says meanwhile waits its turn.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from ..protocol.varint import MalformedMessage
from .document import YDocument
from .member import Member
from .pieces import Piece, Plan

#: An update up to this many bytes is taken at once.
AT_ONCE_BYTES = 16 * 1024
#: How long others wait for one slice of the work.
_SLICE_S = 0.01
#: Processor time of the event loop for one update: in any case, for each struct, for each byte.
_MOST_S, _MOST_S_PER_STRUCT, _MOST_S_PER_BYTE = 1.0, 300e-6, 0.2e-6
#: What waits: how many bytes, and what to do with it.
Job = tuple[int, Callable[[], Awaitable[None] | None]]


class Queues:
    """Of one room: for each member, what waits behind a large update of theirs, in order.

    ``failed`` is told of an exception: it puts the member out, whose other jobs are dropped.
    """

    def __init__(self, failed: Callable[[Member, Exception], None], most_bytes: int) -> None:
        self._failed, self._most = failed, most_bytes
        self._jobs: dict[Member, deque[Job]] = {}
        self._tasks: dict[Member, asyncio.Task[None]] = {}
        self._bytes = 0
        self._drained = asyncio.Event()

    @property
    def busy(self) -> bool:
        """Whether something waits or is being done."""
        return bool(self._jobs)

    def has(self, member: Member) -> bool:
        """Whether what the member says has to wait."""
        return member in self._jobs

    def add(self, member: Member, size: int, work: Callable[[], Awaitable[None] | None]) -> None:
        """``size`` in bytes; ``work`` is called behind everything that the member said before. Raises TooMuchWaits."""
        member.allowance.wait(size)
        self._bytes += size
        if member in self._jobs:
            self._jobs[member].append((size, work))
            return
        jobs = self._jobs[member] = deque([(size, work)])
        task = self._tasks[member] = asyncio.ensure_future(self._run(member, jobs))
        task.add_done_callback(lambda _: self._end(member, jobs))

    def drop(self, member: Member) -> None:
        """The member is gone, and what waits of theirs with them."""
        task = self._tasks.get(member)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _run(self, member: Member, jobs: deque[Job]) -> None:
        try:
            while jobs:
                size, work = jobs[0]
                doing = work()
                if doing is not None:
                    await doing
                jobs.popleft()
                self._freed(member, size)
        except Exception as error:
            self._failed(member, error)
        finally:
            self._end(member, jobs)

    def _end(self, member: Member, jobs: deque[Job]) -> None:
        """Called twice, for a task that is cancelled before it begins ends without a word."""
        if self._jobs.get(member) is jobs:
            del self._jobs[member], self._tasks[member]
            self._freed(member, sum(size for size, _ in jobs))

    def _freed(self, member: Member, size: int) -> None:
        member.allowance.took(size)
        self._bytes -= size
        if self._bytes <= self._most:
            self._drained.set()

    def room(self) -> Awaitable[None] | None:
        """None, or what to wait for before more is read from a socket: large updates have come faster than they go."""
        return self._room() if self._bytes > self._most else None

    async def _room(self) -> None:
        while self._bytes > self._most:
            self._drained.clear()
            await self._drained.wait()

    def close(self) -> None:
        """Drops everything."""
        for task in self._tasks.values():
            task.cancel()


async def integrate(document: YDocument, made: Plan, take: Callable[[Piece], None], may: Callable[[], bool]) -> bool:
    """Calls ``take`` for each piece, with pauses as long as the work. False when ``may`` says no in between.

    Raises MalformedMessage for work out of proportion, and what ``take`` raises.
    """
    left = _MOST_S + _MOST_S_PER_STRUCT * (len(made.order) + len(made.deletes)) + _MOST_S_PER_BYTE * len(made.data)
    started, worked = time.perf_counter(), time.thread_time()
    for piece in made.pieces(lambda: document.structs_at_once):
        take(piece)
        took = time.perf_counter() - started
        if took < _SLICE_S:
            continue
        left -= time.thread_time() - worked
        if left < 0:
            raise MalformedMessage("an update takes too much work")
        await asyncio.sleep(took)
        if not may():
            return False
        started, worked = time.perf_counter(), time.thread_time()
    return True
