"""The host's files through the contents manager: read whole, written atomically, never re-created unasked."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from jupyter_core.utils import ensure_async
from jupyter_server.utils import to_api_path

from ..core.content import without_unknown_outputs
from ..core.ports import Content, Kind, LoadedFile, SavedFile
from ..protocol.errors import StorageFailed, TooLarge
from ..protocol.limits import DEFAULT_LIMITS, Limits
from ..protocol.sentences import sentence
from . import files_notebook as notebooks
from .atomic import Version, Writing, current, remove_left_overs, stamp, version_of
from .files_errors import a_folder, broken_notebook, gone, load_error, name_of, not_text, save_error
from .files_patch import is_local, make_atomic, open_regular_files_only
from .identity import is_written_by_others
from .moves import moved_to
from .regular import check_regular, in_own_thread
from .signing import signing_of
from .watcher import FileWatcher

_log = logging.getLogger("jupyterlab_cohost.files")
_READ_TRIES = 5
#: A program that writes in place is given this long to come to its end.
_SETTLE_EVERY_S, _SETTLE_LOOKS, _SETTLE_LOOKS_OPEN = 0.1, 15, 50
#: How many looks must be alike: of any file, of one that is shorter than before, of one that is empty.
_QUIET, _QUIET_SHORTER, _QUIET_EMPTY = 1, 4, 10


class ContentsStore:
    """Implements ``core.ports.DocumentStore``.

    Raises, besides what the port says: ``Conflict`` from ``save`` when another program wrote the file since this store
    last loaded or saved it (seen in the moment before the replacement): load, merge, save again. ``timeout_s``: how
    long the contents manager may take.
    """

    def __init__(
        self,
        contents_manager: Any,
        root_dir: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
        watcher: FileWatcher | None = None,
        *,
        timeout_s: float = 30.0,
    ) -> None:
        self._manager, self._limits, self._timeout_s = contents_manager, limits, timeout_s
        self._local = is_local(contents_manager)
        self._watcher = watcher or FileWatcher()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._watched: Counter[str] = Counter()
        #: For each room (a notebook may also be open as text), what it last read or wrote.
        self._known: dict[tuple[str, Kind], Version] = {}
        self._swept: set[str] = set()
        self.atomic = make_atomic(contents_manager)
        open_regular_files_only(contents_manager)
        self._signing = signing_of(contents_manager)
        self._hashes = "require_hash" in inspect.signature(contents_manager.get).parameters
        if self._local and not self.atomic:
            _log.warning("%s has a writer of its own: its saves may not be atomic.", type(contents_manager).__name__)

    async def load(self, path: str, kind: Kind) -> LoadedFile:
        """Reads. Raises NotFound, Unsupported (binary, broken notebook, folder), TooLarge, StorageFailed."""
        await self._check_kind_and_size(path, kind)
        self._sweep(path)
        await self._settle(path, kind)
        for _ in range(_READ_TRIES):
            before = await self._version(path)
            with self._signing.loading() as told:
                model = await self._get(path, kind)
            after = await self._version(path)
            if before == after:
                break
        loaded = await asyncio.to_thread(_loaded, path, kind, model, after)
        if kind == "notebook" and isinstance(loaded.content, dict):
            trusted = told[-1] if told else await asyncio.to_thread(self._signing.is_sealed, loaded.content)
            loaded = replace(loaded, trusted=trusted)
        if after is not None:
            self._known[path, kind] = after
        return loaded

    async def _settle(self, path: str, kind: Kind) -> None:
        """Waits while a known file is written in place (``>`` empties it first); one that replaced it is whole."""
        os_path, known = self._os_path(path), self._known.get((path, kind))
        if os_path is None or known is None:
            return
        quiet, seen, looks = 0, None, 0
        with suppress(OSError):
            while True:
                now = stamp(await asyncio.to_thread(os.stat, os_path))
                if now[0] != known.stamp[0]:
                    return
                quiet = quiet + 1 if now == seen else 0
                if quiet >= _quiet_looks(now[1], known.stamp[1]) or looks >= _SETTLE_LOOKS:
                    at_work = now[1] < known.stamp[1] and await asyncio.to_thread(is_written_by_others, os_path)
                    if not at_work or looks >= _SETTLE_LOOKS_OPEN:
                        return
                seen, looks = now, looks + 1
                await asyncio.sleep(_SETTLE_EVERY_S)

    async def save(self, path: str, kind: Kind, content: Content, *, sign: bool, restore: bool = False) -> SavedFile:
        """Writes atomically; returns when the bytes are there. Never two saves of one file at once."""
        lock = self._locks.setdefault(path, asyncio.Lock())
        try:
            await asyncio.wait_for(lock.acquire(), self._timeout_s)
        except asyncio.TimeoutError:
            raise self._too_slow(path) from None
        task = asyncio.create_task(self._save(path, kind, content, sign, restore))

        def done(finished: asyncio.Task[SavedFile]) -> None:
            lock.release()
            if not finished.cancelled():
                finished.exception()

        # A save that hangs keeps the lock, so that it cannot come in later over a newer one.
        task.add_done_callback(done)
        finished, _ = await asyncio.wait({task}, timeout=self._timeout_s)
        if not finished:
            raise self._too_slow(path)
        return task.result()

    async def _save(self, path: str, kind: Kind, content: Content, sign: bool, restore: bool) -> SavedFile:
        os_path = self._os_path(path)
        writing = Writing(must_exist=not restore)
        if os_path is not None and (path, kind) in self._known:
            writing.expected[os_path] = self._known[path, kind]
        model = _model(kind, content, sign)
        token = current.set(writing)
        try:
            if restore:
                await self._make_folders(path)
            elif not await self._exists(path, os_path):
                raise gone(path)
            with self._signing.saving(vouched=sign):
                await ensure_async(self._manager.save(model, path))
        except Exception as error:
            failed = save_error(path, error)
            if isinstance(failed, StorageFailed):
                _log.warning("Saving %s failed: %r", path, error)
            raise failed from error
        finally:
            current.reset(token)
        if sign and isinstance(content, dict):
            await asyncio.to_thread(self._signing.seal, path, content)
        return await self._saved(path, kind, os_path, writing)

    def guest_wrote(self, path: str) -> None:
        """Somebody who may not run code writes there: from now on the notary's word for the file is not enough."""
        self._signing.guest_wrote(path)

    async def rename(self, old_path: str, new_path: str) -> None:
        """A file or folder has another path now."""
        await asyncio.to_thread(self._signing.renamed, old_path, new_path)

    async def _make_folders(self, path: str) -> None:
        parts = path.strip("/").split("/")[:-1]
        for end in range(1, len(parts) + 1):
            folder = "/".join(parts[:end])
            if not await ensure_async(self._manager.dir_exists(folder)):
                await ensure_async(self._manager.save({"type": "directory"}, folder))

    async def moved_to(self, path: str, kind: Kind) -> str | None:
        """Where a local file stands now that was moved by the shell: same inode, same bytes."""
        os_path, known = self._os_path(path), self._known.get((path, kind))
        if os_path is None or known is None:
            return None
        root = self._os_path("")
        found = await asyncio.to_thread(moved_to, str(root), os_path, known)
        if found is None:
            return None
        new_path = str(to_api_path(found, str(root)))
        # It may have been changed as well: the next save compares with what was known of it.
        self._known.setdefault((new_path, kind), known)
        return new_path

    async def _saved(self, path: str, kind: Kind, os_path: str | None, writing: Writing) -> SavedFile:
        if os_path is None:
            digest = await self.hash(path, kind)
            if digest is None:
                raise gone(path)
            return SavedFile(digest)
        version = writing.written.get(os_path) or await self._version(path)
        if version is None:
            raise gone(path)
        self._known[path, kind] = version
        return SavedFile(version.sha256)

    async def hash(self, path: str, kind: Kind) -> str | None:
        """The hash of the file as it is now, or None when it is gone."""
        if self._local:
            version = await self._version(path)
            if version is not None:
                self._known.setdefault((path, kind), version)
            return None if version is None else version.sha256
        try:
            model = await self._get(path, kind)
        except Exception as error:
            failed = load_error(path, kind, error)
            if failed.code == "not_found":
                return None
            raise failed from error
        return (await asyncio.to_thread(_loaded, path, kind, model, None)).hash

    def watch(self, path: str, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls ``changed`` (in the event loop) when the file may have changed outside; returns the way to stop."""
        os_path = self._os_path(path)
        if os_path is not None:
            stop = self._watcher.watch(os_path, changed)
        else:
            stop = self._watcher.poll(lambda: self._last_modified(path), changed)

        self._watched[path] += 1
        on = True

        def stopped() -> None:
            nonlocal on
            if on:
                on = False
                stop()
                self._forget(path)

        return stopped

    def _forget(self, path: str) -> None:
        """When nobody watches a file any more, nothing of it stays in memory."""
        self._watched[path] -= 1
        if self._watched[path] <= 0:
            del self._watched[path]
            self._known.pop((path, "notebook"), None)
            self._known.pop((path, "file"), None)

    async def _check_kind_and_size(self, path: str, kind: Kind) -> None:
        try:
            model = await self._wait(path, self._manager.get(path, content=False))
        except Exception as error:
            raise load_error(path, kind, error) from error
        if model.get("type") == "directory":
            raise a_folder(path)
        os_path = self._os_path(path)
        if os_path is not None:
            try:
                check_regular(os.stat(os_path), os_path)
            except OSError as error:
                raise load_error(path, kind, error) from error
        size = model.get("size") or 0
        if size > self._limits.file_bytes:
            most = self._limits.file_bytes // (1024 * 1024)
            raise TooLarge(
                sentence(
                    "%1 has %2 MiB; the limit for editing together is %3 MiB.",
                    name_of(path),
                    f"{size / 1048576:.0f}",
                    most,
                )
            )

    async def _get(self, path: str, kind: Kind) -> dict[str, Any]:
        how = {"type": "notebook"} if kind == "notebook" else {"type": "file", "format": "text"}
        if self._hashes and not self._local:
            how["require_hash"] = True  # type: ignore[assignment]
        try:
            model: dict[str, Any] = await self._wait(path, self._manager.get(path, content=True, **how))
            return model
        except Exception as error:
            raise load_error(path, kind, error) from error

    async def _wait(self, path: str, answer: Any) -> Any:
        try:
            return await asyncio.wait_for(ensure_async(answer), self._timeout_s)
        except asyncio.TimeoutError:
            raise self._too_slow(path) from None

    def _too_slow(self, path: str) -> StorageFailed:
        return StorageFailed(
            sentence(
                "%1: the file storage has not answered for %2 s. Your changes are kept and will be saved when it does.",
                name_of(path),
                f"{self._timeout_s:.0f}",
            )
        )

    def _os_path(self, path: str) -> str | None:
        return str(self._manager._get_os_path(path.strip("/"))) if self._local else None

    async def _exists(self, path: str, os_path: str | None) -> bool:
        if os_path is not None:
            return await asyncio.to_thread(os.path.isfile, os_path)
        return bool(await self._wait(path, self._manager.file_exists(path)))

    async def _version(self, path: str) -> Version | None:
        """Of a local file; None for one that is not there, and for files that are not local."""
        os_path = self._os_path(path)
        if os_path is None:
            return None
        try:
            return await in_own_thread(partial(version_of, os_path), self._timeout_s)
        except asyncio.TimeoutError:
            raise self._too_slow(path) from None
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise load_error(path, "file", error) from error

    async def _last_modified(self, path: str) -> object:
        try:
            model = await self._wait(path, self._manager.get(path, content=False))
        except Exception as error:
            return getattr(error, "status_code", "unreadable")
        return (model.get("last_modified"), model.get("size"))

    def _sweep(self, path: str) -> None:
        """Removes what a killed server left in the folder, once for each folder."""
        os_path = self._os_path(path)
        if os_path is not None:
            folder = os.path.dirname(os.path.realpath(os_path))
            if folder not in self._swept:
                self._swept.add(folder)
                remove_left_overs(folder)


def _quiet_looks(size: int, before: int) -> int:
    """How often a file of this size in bytes must look the same to be taken for whole."""
    if size >= before:
        return _QUIET
    return _QUIET_SHORTER if size else _QUIET_EMPTY


def _model(kind: Kind, content: Content, sign: bool) -> dict[str, Any]:
    if isinstance(content, str):
        return {"type": "file", "format": "text", "content": content}
    return {"type": kind, "format": "json", "content": notebooks.with_trust(content, sign)}


def _loaded(path: str, kind: Kind, model: dict[str, Any], version: Version | None) -> LoadedFile:
    content = model.get("content")
    if kind == "file":
        if not isinstance(content, str) or model.get("format") not in (None, "text"):
            raise not_text(path)
        return LoadedFile(content, _hash(content, model, version), _modified(model))
    if not notebooks.is_notebook(content):
        raise broken_notebook(path)
    notebook = notebooks.plain(content)
    notebooks.drop_trust(notebook)
    without_unknown_outputs(notebook)
    return LoadedFile(notebook, _hash(notebook, model, version), _modified(model))


def _modified(model: dict[str, Any]) -> float | None:
    at = model.get("last_modified")
    return at.timestamp() if isinstance(at, datetime) else None


def _hash(content: Content, model: dict[str, Any], version: Version | None) -> str:
    if version is not None:
        return version.sha256
    if model.get("hash"):
        return f"{model.get('hash_algorithm')}:{model['hash']}"
    return notebooks.content_hash(content)
