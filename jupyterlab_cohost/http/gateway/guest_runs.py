"""What guests have asked one kernel to do and what has not ended: so that the cell of who is out can be stopped.

Told of every request and of every status that the kernel publishes. Only a request that the kernel is at *now* counts
as running: an interrupt for anything else would hit somebody else's cell.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...protocol.ids import ParticipantId
from .kernel_messages import Status

#: What one kernel is remembered of at most; the oldest goes first.
_REQUESTS = 10_000


@dataclass
class Run:
    """One request of a guest. ``subshell``: where in the kernel, "" for its main shell."""

    request: str
    participant: ParticipantId
    subshell: str = ""
    runs: bool = False
    #: How often the kernel was interrupted for it.
    interrupts: int = 0


class GuestRuns:
    """Of one kernel."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}

    def sent(self, run: Run) -> None:
        """A guest's request goes to the kernel."""
        self._runs[run.request] = run
        while len(self._runs) > _REQUESTS:
            del self._runs[next(iter(self._runs))]

    def heard(self, status: Status) -> None:
        """What the kernel says of a request, of a guest's or anybody's."""
        if status.state == "starting":
            self._runs.clear()
        elif status.state == "idle":
            self._runs.pop(status.request, None)
        elif status.state == "busy":
            if status.is_execution:
                self._ended_before(status)
            if run := self._runs.get(status.request):
                run.runs = True

    def _ended_before(self, status: Status) -> None:
        """A shell takes one request after the other: where another begins, what ran has ended, whoever missed it."""
        for run in list(self._runs.values()):
            if run.runs and run.subshell == status.subshell and run.request != status.request:
                del self._runs[run.request]

    def clear(self) -> None:
        """The kernel began anew."""
        self._runs.clear()

    def people(self) -> set[ParticipantId]:
        """Whose requests have not ended."""
        return {run.participant for run in self._runs.values()}

    def has(self, participants: set[ParticipantId]) -> bool:
        """Whether anything of theirs has not ended."""
        return any(run.participant in participants for run in self._runs.values())

    def running(self, participants: set[ParticipantId]) -> Run | None:
        """What of theirs an interrupt would stop. It reaches the main shell only, not the other threads."""
        mine = (run for run in self._runs.values() if run.participant in participants)
        return next((run for run in mine if run.runs and run.subshell == ""), None)
