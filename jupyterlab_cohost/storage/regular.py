"""Opens regular files and nothing else: a named pipe or a device would hold whoever opens or reads it, for ever."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Any, TypeVar

T = TypeVar("T")
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


#: The file (os path) that is read in this context, and the place where it has to be, links resolved.
_expected: ContextVar[tuple[str, str] | None] = ContextVar("cohost_expected_place", default=None)


@contextmanager
def reading_at(os_path: str, place: str) -> Iterator[None]:
    """What is opened inside as ``os_path`` is in the folder of ``place``, or opening raises FileNotFoundError.

    A folder that has become a link since it was looked at leads nowhere else then.
    """
    token = _expected.set((os_path, place))
    try:
        yield
    finally:
        _expected.reset(token)


class NotRegular(OSError):
    """A named pipe, a socket, a device."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.ENXIO, "not a regular file", path)


def check_regular(status: os.stat_result, path: str) -> None:
    """Raises IsADirectoryError, NotRegular."""
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(status.st_mode):
        raise NotRegular(path)


def opener(path: str, flags: int) -> int:
    """For ``open``: looks at what was opened, so that nothing can be put in its place in between. Raises OSError."""
    descriptor = os.open(path, flags | _WITHOUT_WAITING, 0o666)
    try:
        check_regular(os.fstat(descriptor), path)
        _check_place(path, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_place(path: str, descriptor: int) -> None:
    expected = _expected.get()
    if expected is None or expected[0] != path:
        return
    real = place_of(descriptor, path)
    if real is None or os.path.dirname(real) != os.path.dirname(expected[1]):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def place_of(descriptor: int, path: str) -> str | None:
    """Where a file or folder really is that was opened as ``path``; None when that cannot be told for sure."""
    if sys.platform == "linux":
        try:
            return os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            pass
    real = os.path.realpath(path)
    try:
        return real if os.path.samestat(os.fstat(descriptor), os.lstat(real)) else None
    except OSError:
        return None


def open_regular(path: str, mode: str = "rb", **options: Any) -> IO[Any]:
    """As ``open``. Raises OSError: IsADirectoryError, NotRegular among others."""
    return open(path, mode, opener=opener, **options)


def is_special(path: str) -> bool:
    """Whether something stands there that is neither a regular file nor a folder. Links are followed."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


async def in_own_thread(work: Callable[[], T], timeout_s: float) -> T:
    """``work`` in a thread of its own, which a disk that hangs may keep: it takes none from others, and the process
    ends without it. Raises TimeoutError, and what ``work`` raises.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(value: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(value)  # type: ignore[arg-type]

    def run() -> None:
        value, problem = None, None
        try:
            value = work()
        except BaseException as error:
            problem = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, value, problem)

    threading.Thread(target=run, name="cohost file", daemon=True).start()
    return await asyncio.wait_for(done, timeout_s)
