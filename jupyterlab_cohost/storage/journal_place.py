"""Where the journal lies, and that one process at a time has it.

One file per content root, because paths in it are relative to that root. The lock is the operating system's, so that
it ends with the process however that ends. A second server on the same root takes the next file (`…-2.sqlite3`): it has
histories of its own, and both meet in the host's files, where each sees the other's saves as changes from outside.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from ..protocol.errors import StorageFailed
from ..protocol.sentences import sentence

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_SERVERS_PER_ROOT = 16


def journal_path(data_dir: str | Path, root: str) -> Path:
    """The journal of the content root ``root`` (a folder, or any stable name of one) in the Jupyter data directory."""
    local = os.path.realpath(root) if os.path.isdir(root) else root
    name = hashlib.sha256(local.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(data_dir) / "cohost" / f"journal-{name}.sqlite3"


def _lock(file: Path) -> int | None:
    """Takes the lock; returns its descriptor, or None when another process has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            # A file system without locks: SQLite's own exclusive lock is what is left.
            return descriptor
        os.close(descriptor)
        return None
    return descriptor


def claim(path: Path) -> tuple[Path, int]:
    """The first free journal file for ``path``, and the descriptor that holds its lock.

    Raises StorageFailed when the folder cannot be used or every file is taken.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):
            path.parent.chmod(0o700)
        for number in range(1, _SERVERS_PER_ROOT + 1):
            file = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
            descriptor = _lock(file.with_name(file.name + ".lock"))
            if descriptor is not None:
                return file, descriptor
    except OSError as error:
        raise StorageFailed(sentence("The journal's folder cannot be used: %1.", error.strerror)) from error
    raise StorageFailed(
        sentence("%1 Jupyter servers work with this folder already; stop one of them.", _SERVERS_PER_ROOT)
    )


def release(descriptor: int) -> None:
    """Gives the lock back. The lock file stays: removing it would let two processes hold two locks of one name."""
    with suppress(OSError):
        os.close(descriptor)


def create_private(file: Path) -> None:
    """Makes the file, readable for its owner only, before SQLite does (its -wal and -shm get the same mode)."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    with suppress(OSError):
        file.chmod(0o600)


def put_aside(file: Path) -> Path:
    """Renames a database that cannot be read, with its -wal and -shm; returns the new name."""
    target = file.with_name(f"{file.name}.unreadable-{time.strftime('%Y%m%dT%H%M%S')}-{time.time_ns() % 10**6:06d}")
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(f"{file}{suffix}", f"{target}{suffix}")
    return target
