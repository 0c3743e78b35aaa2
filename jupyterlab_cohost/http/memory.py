"""Memory that nobody uses any more goes back to the system."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from typing import Any

#: After the last of several rooms that open or close together.
_QUIET_S = 2.0
#: Of ``mallopt``.
_ARENA_MAX = -8


def _libc() -> Any:
    """glibc keeps freed memory of small blocks for itself; None where there is nothing to do about that."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") and hasattr(libc, "mallopt") else None


class GivesBack:
    """``wake`` when much was freed. It goes back to the system a moment later, once for many calls."""

    def __init__(self) -> None:
        self._libc = _libc()
        self._timer: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        if self._libc is None:
            return
        self.close()
        self._timer = asyncio.get_running_loop().call_later(_QUIET_S, self._give_back)

    def _give_back(self) -> None:
        """Sockets that are closed hold on to each other, and to what they were sent, until they are collected."""
        self._timer = None
        gc.collect()
        asyncio.get_running_loop().run_in_executor(None, self._libc.malloc_trim, 0)

    def close(self) -> None:
        """Nothing is freed any more."""
        if self._timer is not None:
            self._timer.cancel()


def use_one_heap() -> None:
    """To be called before there are threads: the end of a thread's own heap could never be given back."""
    libc = _libc()
    if libc is not None:
        libc.mallopt(_ARENA_MAX, 1)


def keep_what_is_loaded() -> None:
    """What the server has loaded at its start stays: the collector need not look through it while people type."""
    gc.collect()
    gc.freeze()
