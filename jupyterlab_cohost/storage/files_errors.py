"""From what the disk or the contents manager said to the sentence that a person reads. The name only, no folder."""

from __future__ import annotations

import errno

from tornado.web import HTTPError

from ..core.ports import Kind
from ..protocol.errors import CohostError, Conflict, NotFound, StorageFailed, Unsupported
from .atomic import ChangedOutside
from .regular import NotRegular

_KEPT = "Your changes are kept and will be saved"
_WHY = {
    errno.ENOSPC: f"the disk is full. {_KEPT} when there is space.",
    errno.EDQUOT: f"your disk quota is used up. {_KEPT} when there is space.",
    errno.EFBIG: f"the file would be larger than allowed here. {_KEPT} when it fits.",
    errno.EROFS: f"the file system is read-only. {_KEPT} when it can be written.",
    errno.EACCES: f"it is read-only or belongs to someone else. {_KEPT} when it can be written.",
    errno.EPERM: f"it is read-only or belongs to someone else. {_KEPT} when it can be written.",
    errno.EIO: f"the disk reported an error. {_KEPT} when it works again.",
}


def name_of(path: str) -> str:
    """The file's name without its folder."""
    return path.rstrip("/").rsplit("/", 1)[-1] or "/"


def cause(error: BaseException | None) -> OSError | None:
    """The system's error behind one of the contents manager's."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, OSError):
            return error
        error, seen = error.__cause__ or error.__context__, seen + 1
    return None


def gone(path: str) -> NotFound:
    """The file is not there."""
    return NotFound(f"{name_of(path)} does not exist (any more): it was deleted or moved.")


def save_error(path: str, error: BaseException) -> CohostError:
    """What a failed save is called."""
    if isinstance(error, CohostError):
        return error
    name, system = name_of(path), cause(error)
    if isinstance(system, ChangedOutside):
        return Conflict(f"{name} was just changed by another program: both versions are put together first.")
    if system is not None and system.errno in (errno.ENOENT, errno.ENOTDIR):
        return gone(path)
    if system is not None and system.errno in _WHY:
        return StorageFailed(f"Cannot save {name}: {_WHY[system.errno]}")
    if isinstance(error, HTTPError):
        if error.status_code == 404:
            return gone(path)
        return StorageFailed(
            f"Cannot save {name}: the server's contents manager refused it (HTTP {error.status_code}). {_KEPT} when it "
            "accepts them; the server's log says why."
        )
    return StorageFailed(f"Cannot save {name}: the server could not write it. {_KEPT} as soon as it can.")


def load_error(path: str, kind: Kind, error: BaseException) -> CohostError:
    """What a failed read is called."""
    if isinstance(error, CohostError):
        return error
    name, system = name_of(path), cause(error)
    if isinstance(system, NotRegular):
        return not_a_file(path)
    if system is not None and system.errno in (errno.ENOENT, errno.ENOTDIR):
        return gone(path)
    if system is not None and system.errno in (errno.EACCES, errno.EPERM):
        return StorageFailed(f"Cannot open {name}: this server may not read it.")
    if isinstance(error, HTTPError) and error.status_code == 404:
        return gone(path)
    if isinstance(error, HTTPError) and error.status_code == 400:
        return broken_notebook(path) if kind == "notebook" else not_text(path)
    if isinstance(error, HTTPError) and error.status_code == 403:
        return StorageFailed(f"Cannot open {name}: this server may not read it.")
    return StorageFailed(f"Cannot open {name}: the server could not read it; its log says why.")


def broken_notebook(path: str) -> Unsupported:
    """Not a notebook that nbformat can read."""
    return Unsupported(
        f"{name_of(path)} is not a valid notebook, so it cannot be opened as one. Open it with the text editor (Open "
        "With → Editor) to repair it; nothing was changed."
    )


def not_text(path: str) -> Unsupported:
    """Binary, or text in another encoding."""
    return Unsupported(
        f"{name_of(path)} is not UTF-8 text (it is binary, or has another encoding): it cannot be edited together."
    )


def not_a_file(path: str) -> Unsupported:
    """A named pipe, a socket, a device."""
    return Unsupported(f"{name_of(path)} is not a file but a pipe, a socket or a device; it cannot be opened.")


def a_folder(path: str) -> Unsupported:
    """A folder in place of a file."""
    return Unsupported(f"{name_of(path)} is a folder; open a file in it.")
