"""From what the disk or the contents manager said to the sentence that a person reads. The name only, no folder."""

from __future__ import annotations

import errno

from tornado.web import HTTPError

from ..core.ports import Kind
from ..protocol.errors import CohostError, Conflict, NotFound, StorageFailed, Unsupported
from ..protocol.sentences import sentence
from .atomic import ChangedOutside
from .pairs import HalvesDiffer
from .regular import NotRegular

_KEPT = "Your changes are kept and will be saved"
_NOT_WRITABLE = f"Cannot save %1: it is read-only or belongs to someone else. {_KEPT} when it can be written."
_WHY = {
    errno.ENOSPC: f"Cannot save %1: the disk is full. {_KEPT} when there is space.",
    errno.EDQUOT: f"Cannot save %1: your disk quota is used up. {_KEPT} when there is space.",
    errno.EFBIG: f"Cannot save %1: the file would be larger than allowed here. {_KEPT} when it fits.",
    errno.EROFS: f"Cannot save %1: the file system is read-only. {_KEPT} when it can be written.",
    errno.EACCES: _NOT_WRITABLE,
    errno.EPERM: _NOT_WRITABLE,
    errno.EISDIR: "Cannot save %1: there is a folder of this name now. Move it away, or save under another name.",
    errno.EIO: f"Cannot save %1: the disk reported an error. {_KEPT} when it works again.",
}
_REFUSED = (
    f"Cannot save %1: the server's contents manager refused it (HTTP %2). {_KEPT} when it accepts them; the "
    "server's log says why."
)
_FAILED = f"Cannot save %1: the server could not write it. {_KEPT} as soon as it can."
_BROKEN = (
    "%1 is not a valid notebook, so it cannot be opened as one. Open it with the text editor (Open With → Editor) to "
    "repair it; nothing was changed."
)

_DIFFER = (
    "%1 and the script that it is paired with differ, and the notebook is the newer one. Make them agree (for example "
    "with jupytext --sync), or save the script again if it is the right one, and open it again."
)


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
    return NotFound(sentence("%1 does not exist (any more): it was deleted or moved.", name_of(path)))


def changed_outside(path: str) -> Conflict:
    """Another program wrote the file, or one that belongs to it."""
    name = name_of(path)
    return Conflict(sentence("%1 was just changed by another program: both versions are put together first.", name))


def save_error(path: str, error: BaseException) -> CohostError:
    """What a failed save is called."""
    if isinstance(error, CohostError):
        return error
    name, system = name_of(path), cause(error)
    if isinstance(system, ChangedOutside):
        return changed_outside(path)
    if system is not None and system.errno in (errno.ENOENT, errno.ENOTDIR):
        return gone(path)
    if system is not None and system.errno in _WHY:
        return StorageFailed(sentence(_WHY[system.errno], name))
    if isinstance(error, HTTPError):
        if error.status_code == 404:
            return gone(path)
        return StorageFailed(sentence(_REFUSED, name, error.status_code))
    return StorageFailed(sentence(_FAILED, name))


def load_error(path: str, kind: Kind, error: BaseException) -> CohostError:
    """What a failed read is called."""
    if isinstance(error, CohostError):
        return error
    name, system = name_of(path), cause(error)
    if isinstance(error, HalvesDiffer):
        return Unsupported(sentence(_DIFFER, name))
    if isinstance(system, NotRegular):
        return not_a_file(path)
    if system is not None and system.errno in (errno.ENOENT, errno.ENOTDIR):
        return gone(path)
    if system is not None and system.errno in (errno.EACCES, errno.EPERM):
        return StorageFailed(sentence("Cannot open %1: this server may not read it.", name))
    if isinstance(error, HTTPError) and error.status_code == 404:
        return gone(path)
    if isinstance(error, HTTPError) and error.status_code == 400:
        return broken_notebook(path) if kind == "notebook" else not_text(path)
    if isinstance(error, HTTPError) and error.status_code == 403:
        return StorageFailed(sentence("Cannot open %1: this server may not read it.", name))
    return StorageFailed(sentence("Cannot open %1: the server could not read it; its log says why.", name))


def broken_notebook(path: str) -> Unsupported:
    """Not a notebook that nbformat can read."""
    return Unsupported(sentence(_BROKEN, name_of(path)))


def not_text(path: str) -> Unsupported:
    """Binary, or text in another encoding."""
    return Unsupported(
        sentence(
            "%1 is not UTF-8 text (it is binary, or has another encoding): it cannot be edited together.", name_of(path)
        )
    )


def not_a_file(path: str) -> Unsupported:
    """A named pipe, a socket, a device."""
    return Unsupported(
        sentence("%1 is not a file but a pipe, a socket or a device; it cannot be opened.", name_of(path))
    )


def a_folder(path: str) -> Unsupported:
    """A folder in place of a file."""
    return Unsupported(sentence("%1 is a folder; open a file in it.", name_of(path)))
