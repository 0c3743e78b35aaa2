"""Which file it is and who has it open: what the system knows beyond ``os.stat``; None or False where it does not."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct
import sys
from contextlib import suppress

from .regular import opener

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_AT_FDCWD, _STATX_BTIME = -100, 0x800
_F_SETSIG = 10


def birth_of(path: str) -> int | None:
    """When the file was made, in nanoseconds: with the inode it names one file for good (inodes are used again)."""
    if sys.platform == "linux":
        return _statx_birth(path)
    with suppress(OSError):
        born = getattr(os.stat(path), "st_birthtime", None)
        return None if born is None else int(born * 1e9)
    return None


def _statx_birth(path: str) -> int | None:
    """statx(2); Python's ``os.stat`` leaves this field out."""
    answer = ctypes.create_string_buffer(256)
    try:
        failed = ctypes.CDLL(None).statx(_AT_FDCWD, os.fsencode(path), 0, _STATX_BTIME, answer)
    except (AttributeError, OSError):
        return None
    (mask,) = struct.unpack_from("I", answer, 0)
    if failed or not mask & _STATX_BTIME:
        return None
    seconds, nanoseconds = struct.unpack_from("qI", answer, 80)
    return int(seconds * 1_000_000_000 + nanoseconds)


def is_written_by_others(path: str) -> bool:
    """Whether a process has the file open for writing (a logger): the kernel gives no read lease then, see fcntl(2)."""
    if sys.platform != "linux":
        return False
    try:
        descriptor = opener(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        # Who opens the file while we hold the lease, for microseconds, would send SIGIO, which ends a process.
        fcntl.fcntl(descriptor, _F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(descriptor)
