"""Makes every save of a local contents manager atomic, also those that come by its REST API.

jupyter_server's own writer opens the file itself with "w": for a moment it is empty, after a crash it stays so. The
manager keeps its class, hooks, notary and checkpoints; only the function that opens the file for writing is replaced,
on this one instance, and only where no subclass has its own. ``use_atomic_writing = False`` is respected. See docs/adr.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any

from anyio.to_thread import run_sync
from jupyter_server.services.contents.fileio import AsyncFileManagerMixin, FileManagerMixin
from tornado.web import HTTPError

from .atomic import ChangedOutside, atomic_writing
from .companions import note_read
from .regular import NotRegular, open_regular

_MARK, _MARK_REGULAR, _MARK_READS = "_cohost_atomic", "_cohost_regular", "_cohost_reads"


def is_local(contents_manager: Any) -> bool:
    """Whether its files are files of this machine."""
    return isinstance(contents_manager, FileManagerMixin)


def open_regular_files_only(contents_manager: Any) -> None:
    """The manager looks whether it is a file and then opens what stands there, which may be a pipe by then."""
    is_ours = getattr(contents_manager, _MARK_REGULAR, False)
    if is_ours or not is_local(contents_manager) or type(contents_manager).open is not FileManagerMixin.open:
        return

    @contextmanager
    def opening(os_path: str, *args: Any, **options: Any) -> Iterator[IO[Any]]:
        try:
            with contents_manager.perm_to_403(os_path), open_regular(os_path, *args, **options) as file:
                yield file
        except NotRegular as error:
            raise HTTPError(400, "This is not a regular file.") from error

    contents_manager.open = opening
    setattr(contents_manager, _MARK_REGULAR, True)


def note_reads(contents_manager: Any) -> None:
    """Has every file noted that the manager reads (``companions``), once."""
    if not is_local(contents_manager) or getattr(contents_manager, _MARK_READS, False):
        return
    original = contents_manager._read_file

    def _read_file(os_path: str, *args: Any, **options: Any) -> Any:
        note_read(os_path)
        return original(os_path, *args, **options)

    contents_manager._read_file = _read_file
    setattr(contents_manager, _MARK_READS, True)


def make_atomic(contents_manager: Any) -> bool:
    """Replaces the writer, once. False when the manager has its own, or does not write to a local disk."""
    if getattr(contents_manager, _MARK, False):
        return True
    kind = type(contents_manager)
    if not is_local(contents_manager) or kind.atomic_writing is not FileManagerMixin.atomic_writing:
        return False
    original = contents_manager.atomic_writing

    @contextmanager
    def writing(os_path: str, *args: Any, **options: Any) -> Iterator[IO[Any]]:
        if not contents_manager.use_atomic_writing:
            with original(os_path, *args, **options) as file:
                yield file
            return
        try:
            with contents_manager.perm_to_403(os_path), atomic_writing(os_path, *args, **options) as file:
                yield file
        except ChangedOutside as error:
            # As an HTTPError the manager passes it on; anything else it logs as its own failure.
            raise HTTPError(409, "The file was changed by another program.") from error
        except FileNotFoundError as error:
            raise HTTPError(404, "The file or its folder is gone.") from error

    contents_manager.atomic_writing = writing
    if isinstance(contents_manager, AsyncFileManagerMixin):
        _write_in_thread(contents_manager, kind)
    setattr(contents_manager, _MARK, True)
    return True


def _write_in_thread(contents_manager: Any, kind: type[Any]) -> None:
    """The asynchronous manager waits for the disk in the event loop when the file is closed; here the thread does."""
    if kind._save_notebook is AsyncFileManagerMixin._save_notebook:
        save_notebook = partial(FileManagerMixin._save_notebook, contents_manager)

        async def _save_notebook(os_path: str, nb: Any, capture_validation_error: Any = None) -> None:
            await run_sync(save_notebook, os_path, nb, capture_validation_error)

        contents_manager._save_notebook = _save_notebook
    if kind._save_file is AsyncFileManagerMixin._save_file:
        save_file = partial(FileManagerMixin._save_file, contents_manager)

        async def _save_file(os_path: str, content: str, format: str | None) -> None:
            await run_sync(save_file, os_path, content, format)

        contents_manager._save_file = _save_file
