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
from .companions import Companions, changed_halves, hash_of, newer_half, noting_reads
from .files_errors import a_folder, broken_notebook, changed_outside, gone, load_error, name_of, not_text, save_error
from .files_patch import is_local, make_atomic, note_reads, open_regular_files_only
from .identity import is_written_by_others
from .json_values import check_values
from .moves import moved_to
from .pairs import Pairs, hold_pairs, noting_alone, reading_only, without_pairs
from .places import Places
from .regular import check_regular, in_own_thread, reading_at
from .signing import Signing, signing_of
from .watcher import FileWatcher

_log = logging.getLogger("jupyterlab_cohost.files")
_Versions = dict[str, Version | None]
_READ_TRIES = 5
#: A program that writes in place is given this long to come to its end.
_SETTLE_EVERY_S, _SETTLE_LOOKS, _SETTLE_LOOKS_OPEN = 0.1, 15, 50
#: How many looks must be alike: of any file, of one that is shorter than before, of one that is empty.
_QUIET, _QUIET_SHORTER, _QUIET_EMPTY = 1, 4, 10


class ContentsStore:
    """Implements ``core.ports.DocumentStore``.

    Raises, besides what the port says: ``Conflict`` from ``save`` when another program wrote the file since this store
    last loaded or saved it (seen in the moment before the replacement): load, merge, save again. ``contents_manager``:
    one, or a way to ask for the present one. ``timeout_s``: how long it may take.
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
        self._manager_of = contents_manager if callable(contents_manager) else lambda: contents_manager
        self._limits, self._timeout_s = limits, timeout_s
        self._watcher = watcher or FileWatcher()
        self._companions = Companions(self._watcher)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._watched: Counter[str] = Counter()
        #: For each room (a notebook may also be open as text), what it last read or wrote.
        self._known: dict[tuple[str, Kind], Version] = {}
        self._swept: set[str] = set()
        #: Where the files of open documents are.
        self.places = Places(lambda place: self._signing.seals.is_guests(place.replace(os.sep, "/")))
        self._known_manager: Any = None
        self._pairs: Pairs | None = None

    @property
    def _manager(self) -> Any:
        """As it is now: an extension that is loaded after this one may put its own in its place (jupytext does)."""
        manager = self._manager_of()
        if manager is not self._known_manager:
            self._known_manager = manager
            for one in (without_pairs(manager), manager):
                self._is_local, self._is_atomic = is_local(one), make_atomic(one)
                open_regular_files_only(one)
            note_reads(manager)
            self._pairs = hold_pairs(manager, signing_of(manager))
            self._hashes = "require_hash" in inspect.signature(manager.get).parameters
            if self._is_local and not self._is_atomic:
                _log.warning("%s has a writer of its own: its saves may not be atomic.", type(manager).__name__)
        return manager

    def adopt(self) -> None:
        """All extensions are loaded: a contents manager that one of them brought is made ours before anybody saves."""
        _ = self._manager

    def close(self) -> None:
        """Lets go of what is known of trust and pairs."""
        self._signing.seals.close()
        if self._pairs is not None:
            self._pairs.records.close()

    @property
    def _local(self) -> bool:
        return self._manager is not None and self._is_local

    @property
    def _signing(self) -> Signing:
        """The present contents manager's rules."""
        return signing_of(self._manager)

    @property
    def atomic(self) -> bool:
        """Whether saves of the present contents manager are."""
        return self._manager is not None and self._is_atomic

    async def load(self, path: str, kind: Kind) -> LoadedFile:
        """Reads. Raises NotFound, Unsupported (binary, broken notebook, folder), TooLarge, StorageFailed."""
        try:
            os_path = self._os_path(path)
        except Exception as error:
            raise load_error(path, kind, error) from error
        if os_path is None:
            return await self._load(path, kind)
        place = await self._checked_place(path, os_path)
        with reading_at(os_path, place):
            loaded = await self._load(path, kind)
        self.places.found(path, place)
        return loaded

    async def _checked_place(self, path: str, os_path: str) -> str:
        """Raises NotFound when the path leads elsewhere than it did, and out of a session that shares it."""
        place = await asyncio.to_thread(os.path.realpath, os_path)
        if not self.places.may_be(path, place):
            raise gone(path)
        return place

    def place(self, path: str) -> str | None:
        """Where the open document's file is, links resolved."""
        return self.places.of(path)

    async def reached(self, path: str) -> str:
        """Where the file is, links resolved, when a link below the content root leads to it; else ""."""
        plain, place = await asyncio.to_thread(self._plain_and_real, path)
        place = self.places.of(path) or place
        return "" if place == plain else place

    async def is_another(self, path: str, reached: str) -> bool:
        """Whether the path leads elsewhere than when it ``reached`` that, and the journal must not come there."""
        plain, place = await asyncio.to_thread(self._plain_and_real, path)
        return not self.places.may_become(path, reached or plain, place)

    def _plain_and_real(self, path: str) -> tuple[str, str]:
        """Where the file is when no link is on the way below the content root, and where it is."""
        root, os_path = self._os_path(""), self._os_path(path)
        if root is None or os_path is None:
            return "", ""
        return os.path.join(os.path.realpath(root), *path.strip("/").split("/")), os.path.realpath(os_path)

    async def _load(self, path: str, kind: Kind) -> LoadedFile:
        await self._check_kind_and_size(path, kind)
        self._sweep(path)
        await self._settle(path, kind)
        self._recall_companions(path, kind)
        for _ in range(_READ_TRIES):
            before = await self._versions(path, kind)
            changed = changed_halves(self._last_left(path, kind), self._files(path, before))
            with (
                noting_reads() as read,
                reading_only(newer_half(changed)),
                noting_alone() as alone,
                self._signing.loading() as told,
            ):
                model = await self._get(path, kind)
            self._companions.found(path, kind, dict.fromkeys(read - {self._os_path(path)} - before[1].keys()))
            after = await self._versions(path, kind)
            if before == after:
                break
        own, others = after
        loaded = await asyncio.to_thread(_loaded, path, kind, model, own)
        loaded = replace(loaded, half=bool(changed), alone=bool(alone))
        if kind == "notebook" and isinstance(loaded.content, dict):
            # Outputs come from the notebook, but a script that a guest wrote has a hand in the rest.
            theirs = not told or any(self._signing.seals.is_guests(self._signing.key_of(one)) for one in others)
            trusted = await asyncio.to_thread(self._signing.is_sealed, loaded.content) if theirs else all(told)
            loaded = replace(loaded, trusted=trusted)
        if own is not None:
            self._known[path, kind] = own
            self._companions.found(path, kind, others)
            return replace(loaded, hash=hash_of(own.sha256, others))
        return loaded

    def _files(
        self, path: str, versions: tuple[Version | None, dict[str, Version | None]]
    ) -> dict[str, Version | None]:
        """The document's own file and its companions, by os path."""
        os_path = self._os_path(path)
        return versions[1] if os_path is None else {os_path: versions[0], **versions[1]}

    def _last_left(self, path: str, kind: Kind) -> dict[str, str]:
        """SHA-256 of each file of a document when it was read or written last."""
        os_path, own, others = self._os_path(path), self._known.get((path, kind)), self._companions.of(path, kind)
        if os_path is None or not others:
            return {}
        if own is None:
            return self._recalled(path, kind)
        return {os_path: own.sha256, **{one: version.sha256 for one, version in others.items() if version is not None}}

    def _recalled(self, path: str, kind: Kind) -> dict[str, str]:
        """What the last save left, of before a restart."""
        os_path = self._os_path(path)
        if self._pairs is None or kind != "notebook" or os_path is None:
            return {}
        return self._pairs.records.halves(os_path)

    def _recall_companions(self, path: str, kind: Kind) -> None:
        if not self._companions.of(path, kind):
            others = [one for one in self._recalled(path, kind) if one != self._os_path(path)]
            self._companions.found(path, kind, dict.fromkeys(others))

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
        place = "" if os_path is None else await self._checked_place(path, os_path)
        writing = Writing(must_exist=not restore and os_path is not None, own=os_path or "", place=place)
        if os_path is not None and (path, kind) in self._known:
            writing.expected[os_path] = self._known[path, kind]
            await self._expect_companions(path, kind, writing)
        model = _model(kind, content, sign)
        token = current.set(writing)
        try:
            if restore:
                await self._make_folders(path)
            elif not await self._exists(path, os_path):
                raise gone(path)
            with self._signing.saving(vouched=sign), noting_alone() as alone:
                await ensure_async(self._manager.save(model, path))
        except Exception as error:
            failed = save_error(path, error)
            if isinstance(failed, StorageFailed):
                _log.warning("Saving %s failed: %r", path, error)
            raise failed from error
        finally:
            current.reset(token)
            if os_path is not None:
                self._note_written(path, kind, os_path, writing)
        if sign and isinstance(content, dict):
            await asyncio.to_thread(self._signing.seal, path, content)
        saved = await self._saved(path, kind, os_path, writing)
        return replace(saved, alone=bool(alone))

    def host_paired(self, path: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """A page of somebody who may run code changed what says in which files a notebook is kept, too."""
        if self._pairs is not None:
            self._pairs.host_set(path, before, after)

    def guest_wrote(self, path: str) -> None:
        """Somebody who may not run code writes there: from now on the notary's word for the file is not enough."""
        place = self.places.of(path)
        if place is None:
            self._signing.guest_wrote(path)
        else:
            # A link may have been put at the path since.
            self._signing.seals.guest_wrote(place.replace(os.sep, "/"))

    async def rename(self, old_path: str, new_path: str) -> None:
        """A file or folder has another path now."""
        for path in self.places.renamed(old_path, new_path):
            os_path = self._os_path(path)
            if os_path is not None:
                self.places.found(path, await asyncio.to_thread(os.path.realpath, os_path))
        await asyncio.to_thread(self._signing.moved, old_path, new_path)
        if self._pairs is not None:
            await asyncio.to_thread(self._pairs.renamed, old_path, new_path)

    async def _expect_companions(self, path: str, kind: Kind, writing: Writing) -> None:
        """Nothing is written when another program has changed one: a save that is half done would hide that."""
        for other, version in self._companions.of(path, kind).items():
            if version is None:
                continue
            now = await self._version_at(path, other)
            if now is not None and now.sha256 != version.sha256:
                raise changed_outside(path)
            writing.expected[other] = version

    def _note_written(self, path: str, kind: Kind, os_path: str, writing: Writing) -> None:
        """Also after a save that failed half done: the next one must know its own work."""
        written: dict[str, Version | None] = dict(writing.written)
        own = written.pop(os_path, None)
        if own is not None:
            self._known[path, kind] = own
        self._companions.found(path, kind, written | dict.fromkeys(writing.unread))

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
        if self._pairs is not None and self._companions.of(path, kind):
            await asyncio.to_thread(self._pairs.records.set_halves, os_path, self._last_left(path, kind))
        return SavedFile(hash_of(version.sha256, self._companions.of(path, kind)))

    async def hash(self, path: str, kind: Kind) -> str | None:
        """The hash of the file as it is now, or None when it is gone."""
        if self._local:
            version, others = await self._versions(path, kind)
            if version is None:
                return None
            os_path = str(self._os_path(path))
            if not self.places.may_be(path, await asyncio.to_thread(os.path.realpath, os_path)):
                return None
            self._known.setdefault((path, kind), version)
            return hash_of(version.sha256, others)
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
        stop_others = self._companions.watch(path, changed)

        self._watched[path] += 1
        on = True

        def stopped() -> None:
            nonlocal on
            if on:
                on = False
                stop()
                stop_others()
                self._forget(path)

        return stopped

    def _forget(self, path: str) -> None:
        """When nobody watches a file any more, nothing of it stays in memory."""
        self._watched[path] -= 1
        if self._watched[path] <= 0:
            del self._watched[path]
            self.places.forget(path)
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
        if kind == "notebook" and os_path is not None:
            try:
                await self._wait(path, asyncio.to_thread(check_values, os_path, name_of(path)))
            except OSError as error:
                raise load_error(path, kind, error) from error

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
        return None if os_path is None else await self._version_at(path, os_path)

    async def _versions(self, path: str, kind: Kind) -> tuple[Version | None, dict[str, Version | None]]:
        """Of the document's own file, and of its companions."""
        others = [(other, await self._version_at(path, other)) for other in self._companions.of(path, kind)]
        return await self._version(path), dict(others)

    async def _version_at(self, path: str, os_path: str) -> Version | None:
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
