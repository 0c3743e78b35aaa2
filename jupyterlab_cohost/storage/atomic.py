"""Writes a file so that no reader and no crash sees it empty or half: a new file beside it, then one rename.

Kept: mode, owner and extended attributes (as far as the system allows), symbolic links (the target is replaced).
Not kept: hard links (the other names keep the old content). Where a folder refuses a new file or the rename (a file of
ours in a folder of somebody else, a file mounted on its own), the file is written in place, never emptied first, and
put back if that fails. So is a file that another process has open for writing: what a logger wrote after a rename
would be in no file any more.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import IO, Any

from .exchange import exchange
from .identity import birth_of, is_written_by_others
from .regular import check_regular, open_regular, place_of

PREFIX = ".~cohost-"
_LEFT_OVER_S = 60.0
_IN_PLACE = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV}


class ChangedOutside(OSError):
    """Another program wrote the file since it was last read or written here."""


@dataclass
class Version:
    """What a file held: SHA-256 of its bytes, and the stat fields that change when it does."""

    sha256: str
    stamp: tuple[int, ...]
    #: When this file was made, where the system tells.
    birth: int | None = None


@dataclass
class Writing:
    """What one save expects and what it did. Files by their os path."""

    must_exist: bool = True
    #: The document's own file, which alone must exist; "": every file.
    own: str = ""
    #: Where that file is, links resolved; "": wherever its path leads.
    place: str = ""
    expected: dict[str, Version] = field(default_factory=dict)
    written: dict[str, Version] = field(default_factory=dict)
    #: Other files that hold the same document; none that nobody has read yet is replaced.
    halves: frozenset[str] = frozenset()
    unread: set[str] = field(default_factory=set)

    def needs(self, path: str) -> bool:
        """Whether there must be a file already: other files that the same save writes may be new."""
        return self.must_exist and self.own in ("", path)


#: The save that is under way in this context (threads started by anyio and asyncio.to_thread inherit it).
current: ContextVar[Writing | None] = ContextVar("cohost_writing", default=None)


def stamp(status: os.stat_result) -> tuple[int, ...]:
    """Changes whenever the file does, also when a tool sets an old modification time."""
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def sha256_of(path: str) -> str:
    """Of the file's bytes. Raises OSError."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def version_of(path: str) -> Version:
    """The file as it is now. Raises OSError."""
    status = os.stat(path)
    check_regular(status, path)
    before = stamp(status)
    return Version(sha256_of(path), before, birth_of(path))


def remove_left_overs(folder: str) -> None:
    """Removes what a killed process left in the folder."""
    with suppress(OSError), os.scandir(folder) as entries:
        old = [entry.path for entry in entries if entry.name.startswith(PREFIX) and _is_old(entry)]
        for path in old:
            with suppress(OSError):
                os.unlink(path)


def _is_old(entry: os.DirEntry[str]) -> bool:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_OVER_S
    except OSError:
        return False


@contextmanager
def atomic_writing(path: str, text: bool = True, encoding: str = "utf-8", **options: Any) -> Iterator[IO[Any]]:
    """Gives a file to write into; the real one has all of it afterwards, or is as before when the block raises.

    Same arguments as jupyter_server's function of this name. Raises OSError; ChangedOutside when the save under way
    expected another content.
    """
    options.pop("log", None)
    target = os.path.realpath(path)
    buffer = io.BytesIO()
    if text:
        newline = options.pop("newline", "\n")
        stream = io.TextIOWrapper(buffer, encoding=encoding, newline=newline, write_through=True)
        yield stream
        stream.flush()
        stream.detach()
    else:
        yield buffer
    write(path, target, buffer.getbuffer())


def write(path: str, target: str, data: memoryview) -> None:
    """Puts ``data`` where ``target`` is; ``path`` is its name in the save under way. Raises OSError."""
    writing = current.get()
    if writing is None or not writing.place or writing.own != path:
        _write(path, target, data, writing)
        return
    if target != writing.place:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), target)
    with _same_folder(target) as held:
        _write(path, held, data, writing)


@contextmanager
def _same_folder(target: str) -> Iterator[str]:
    """The file's path for as long as its folder is held: nothing that is put in the folder's place counts any more.

    Only Linux has such paths. Raises FileNotFoundError.
    """
    folder, name = os.path.split(target)
    if sys.platform != "linux":
        yield target
        return
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        if place_of(descriptor, folder) != folder:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), target)
        held = f"/proc/self/fd/{descriptor}"
        yield os.path.join(held, name) if os.path.exists(held) else target
    finally:
        os.close(descriptor)


def _write(path: str, target: str, data: memoryview, writing: Writing | None) -> None:
    old = _status(target)
    if old is None and writing is not None and writing.needs(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), target)
    if old is not None:
        check_regular(old, target)
        _check_was_read(path, target, writing)
    if old is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    if old is not None and is_written_by_others(target):
        status = _write_in_place(path, target, data, writing)
    else:
        status = _replace_or_in_place(path, target, data, old, writing)
    if writing is not None:
        writing.written[path] = Version(hashlib.sha256(data).hexdigest(), stamp(status), birth_of(target))


def _replace_or_in_place(
    path: str, target: str, data: memoryview, old: os.stat_result | None, writing: Writing | None
) -> os.stat_result:
    try:
        return _replace(path, target, data, old, writing)
    except ChangedOutside:
        raise
    except OSError as error:
        if old is None or error.errno not in _IN_PLACE:
            raise
        return _write_in_place(path, target, data, writing)


def _status(target: str) -> os.stat_result | None:
    try:
        return os.stat(target)
    except FileNotFoundError:
        return None


def _check(path: str, target: str, writing: Writing | None) -> None:
    """The last look before the old content goes."""
    if writing is None:
        return
    status = _status(target)
    if status is None:
        if writing.needs(path):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), target)
        return
    expected = _expected(path, writing)
    if expected is not None and stamp(status) != expected.stamp and sha256_of(target) != expected.sha256:
        raise _changed_outside(target)


def _check_was_read(path: str, target: str, writing: Writing | None) -> None:
    if writing is not None and path in writing.halves and path not in (writing.own, *writing.expected):
        writing.unread.add(path)
        raise _changed_outside(target)


def _expected(path: str, writing: Writing | None) -> Version | None:
    return None if writing is None else writing.expected.get(path)


def _changed_outside(target: str) -> ChangedOutside:
    return ChangedOutside(errno.EBUSY, "changed by another program", target)


def _put(temporary: str, target: str, ours: str, expected: Version | None) -> None:
    """The new file at the place of the old one. What a program wrote since the last look is put back.

    ``ours``: SHA-256 of the new file. Where two files cannot change places, such a moment stays: microseconds, or
    milliseconds on a busy machine.
    """
    if expected is None or not exchange(temporary, target):
        os.replace(temporary, target)
        return
    # Nobody can open the old file by its name any more; who had it open for writing may not be done.
    if not is_written_by_others(temporary) and _holds(temporary, expected.sha256):
        with suppress(OSError):
            os.unlink(temporary)
        return
    exchange(temporary, target)
    if not _holds(temporary, ours):
        # Again, in between: the latest stays.
        exchange(temporary, target)
    raise _changed_outside(target)


def _holds(path: str, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def _replace(
    path: str, target: str, data: memoryview, old: os.stat_result | None, writing: Writing | None
) -> os.stat_result:
    """Returns the status of the file that was written, even if another stands at the target already."""
    folder = os.path.dirname(target)
    temporary = os.path.join(folder, PREFIX + secrets.token_hex(8))
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if old is None else 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            if old is not None:
                _copy_attributes(target, temporary, old)
            file.flush()
            os.fsync(file.fileno())
            # Windows renames no file that is open.
            if os.name == "nt":
                file.close()
            _check(path, target, writing)
            expected = None if old is None else _expected(path, writing)
            _put(temporary, target, hashlib.sha256(data).hexdigest(), expected)
            status = os.stat(target) if file.closed else os.fstat(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)
    return status


def _copy_attributes(source: str, temporary: str, old: os.stat_result) -> None:
    """Owner first, since a change of owner clears set-id bits; the mode last."""
    if hasattr(os, "chown"):
        mine = os.stat(temporary)
        if (mine.st_uid, mine.st_gid) != (old.st_uid, old.st_gid):
            try:
                os.chown(temporary, old.st_uid, old.st_gid)
            except OSError:
                with suppress(OSError):
                    os.chown(temporary, -1, old.st_gid)
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for name in os.listxattr(source):
                with suppress(OSError):
                    os.setxattr(temporary, name, os.getxattr(source, name))
    with suppress(OSError):
        os.chmod(temporary, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: str) -> None:
    """So that the rename survives a power cut. Not every system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_in_place(path: str, target: str, data: memoryview, writing: Writing | None) -> os.stat_result:
    """Overwrites without emptying first; room on the disk is taken before the first byte changes.

    What another process appends meanwhile stays behind it, but for a few microseconds after the check.
    """
    with open_regular(target) as old:
        before = old.read()
    with open_regular(target, "r+b", buffering=0) as file:
        _check(path, target, writing)
        if len(data) > len(before) and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(file.fileno(), 0, len(data))
            except OSError as error:
                file.truncate(len(before))
                if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                    raise
        try:
            _overwrite(file, data, shorter=len(data) < len(before))
        except OSError:
            with suppress(OSError):
                _overwrite(file, memoryview(before), shorter=True)
            raise
        return os.fstat(file.fileno())


def _overwrite(file: IO[bytes], data: memoryview, *, shorter: bool) -> None:
    file.seek(0)
    done = 0
    while done < len(data):
        done += file.write(data[done:])
    if shorter:
        file.truncate(len(data))
    os.fsync(file.fileno())
