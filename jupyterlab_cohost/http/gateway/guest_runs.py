"""The execute requests of one guest that a kernel has not finished: so that removing the guest can stop them."""

from __future__ import annotations

import asyncio

from .kernel_messages import read_status


class GuestRuns:
    """Told of every execute request and every frame from the kernel. ``none`` is set while there is no such request."""

    def __init__(self) -> None:
        self._waiting: set[str] = set()
        self._running: str | None = None
        self.none = asyncio.Event()
        self.none.set()

    @property
    def running(self) -> bool:
        """Whether the kernel is at one of them now."""
        return self._running is not None

    def sent(self, request: str) -> None:
        self._waiting.add(request)
        self.none.clear()

    def saw(self, frame: bytes) -> bool:
        """Looks at a frame from the kernel; true when one of the guest's requests has just begun."""
        status = None if self.none.is_set() else read_status(frame)
        return status is not None and self._status(*status)

    def _status(self, request: str, state: str) -> bool:
        if state == "busy" and request in self._waiting:
            self._waiting.discard(request)
            self._running = request
            return True
        if state == "idle":
            self._waiting.discard(request)
            self._running = None if self._running == request else self._running
            if not self._waiting and self._running is None:
                self.none.set()
        return False
