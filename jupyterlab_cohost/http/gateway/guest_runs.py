"""The execute requests of one guest that a kernel has not finished: so that removing the guest can stop them."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from jupyter_core.utils import ensure_async

from .kernel_messages import read_status

_log = logging.getLogger(__name__)
#: How long requests that wait behind others are looked after once their guest has gone.
_WATCH_S = 3600.0


class GuestRuns:
    """Told of every execute request and every frame from the kernel."""

    def __init__(self) -> None:
        self._waiting: set[str] = set()
        self._running: str | None = None

    @property
    def any(self) -> bool:
        return bool(self._waiting) or self._running is not None

    def sent(self, request: str) -> None:
        self._waiting.add(request)

    def saw(self, frame: bytes) -> bool:
        """Looks at a frame from the kernel; true when one of the guest's requests has just begun."""
        status = read_status(frame) if self.any else None
        return status is not None and self.status(*status)

    def status(self, request: str, state: str) -> bool:
        if state == "busy" and request in self._waiting:
            self._waiting.discard(request)
            self._running = request
            return True
        if state == "idle":
            self._waiting.discard(request)
            self._running = None if self._running == request else self._running
        return False

    async def stop(self, kernel_manager: Any, kernel_id: str) -> None:
        """Interrupts what runs; what waits is interrupted as soon as it begins."""
        try:
            if self._running is not None:
                await ensure_async(kernel_manager.interrupt_kernel(kernel_id))
            if self._waiting:
                await self._stop_waiting(kernel_manager, kernel_id)
        except Exception:
            _log.exception("the cells of a guest who is out could not be interrupted")

    async def _stop_waiting(self, kernel_manager: Any, kernel_id: str) -> None:
        kernel = kernel_manager.get_kernel(kernel_id)
        stream, empty = kernel.connect_iopub(), asyncio.Event()
        interrupts: list[asyncio.Future[Any]] = []

        def received(parts: list[Any]) -> None:
            _, message = kernel.session.feed_identities(parts)
            unpacked = kernel.session.deserialize(message)
            if unpacked["msg_type"] != "status":
                return
            request = str(unpacked["parent_header"].get("msg_id", ""))
            if self.status(request, unpacked["content"]["execution_state"]):
                interrupts.append(asyncio.ensure_future(ensure_async(kernel_manager.interrupt_kernel(kernel_id))))
            if not self.any:
                empty.set()

        stream.on_recv(received)
        try:
            await asyncio.wait_for(empty.wait(), _WATCH_S)
        except asyncio.TimeoutError:
            pass
        finally:
            stream.close()
