"""A guest's contents: the host's contents manager, limited to what the session shares, without the host's paths."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_core.utils import ensure_async
from tornado import web

from ...core.content import without_unknown_outputs
from ...protocol.errors import BadRequest, CohostError, Conflict, Forbidden, NotFound, StorageFailed, TooLarge
from ...protocol.roles import Capability
from ...protocol.sentences import sentence
from ...storage.json_values import check_values
from ...storage.signing import signing_of
from .large_answers import LARGE_BYTES
from .listing import entries, of_others, reads_as_jupyter
from .paths import Guard, not_shared
from .steady import Steady

Model = dict[str, Any]

_log = logging.getLogger(__name__)
_KEYS = ("name", "path", "type", "writable", "created", "last_modified", "mimetype", "content", "format", "size")
_HASH_KEYS = ("hash", "hash_algorithm")
_UPLOAD_KEYS = ("type", "format", "content", "chunk", "mimetype")


class SessionFiles:
    """What one guest sees and does. Raises NotFound, Forbidden, Conflict, TooLarge, BadRequest, StorageFailed; the
    contents manager's own words (they name the host's folders) never pass."""

    def __init__(
        self,
        manager: Any,
        guard: Guard,
        file_bytes: int,
        entries: int,
        is_open: Callable[[str], bool],
        steady: Steady,
    ) -> None:
        self._manager, self._guard, self._file_bytes, self._is_open = manager, guard, file_bytes, is_open
        self._signing = signing_of(manager)
        self._entries, self._steady = entries, steady

    async def get(
        self,
        path: str,
        *,
        content: bool,
        type: str | None = None,
        format: str | None = None,
        hash: bool = False,
        large: Callable[[int], Awaitable[None]] | None = None,
    ) -> Model:
        """A model of the contents API. ``large`` is waited for, with the size, before a large file is read."""
        way = self._guard.way(path)
        if way is not None:
            return await self._folder_on_the_way(way, content)
        whole = content or hash
        async with self._steady.using():
            path, model = await self._model(path, type)
            if model["type"] == "directory":
                return await self._folder(path, model, content)
            size = model.get("size") or 0
            waits = whole and large is not None and size >= LARGE_BYTES
            if not waits:
                return await self._file(path, model, content, type, format, hash)
        if large is not None:
            await large(size)
        # Another file may be there by now.
        async with self._steady.using():
            path, model = await self._model(path, type or model["type"])
            return await self._file(path, model, content, type, format, hash)

    async def _model(self, path: str, type: str | None) -> tuple[str, Model]:
        """The plain path, and what is there, without content."""
        path = await self._guard.locate(path)
        return path, await self._ask(path, self._manager.get, path, content=False, type=type)

    async def _file(
        self, path: str, model: Model, content: bool, type: str | None, format: str | None, hash: bool
    ) -> Model:
        if content or hash:
            self._check_size(model.get("size"))
            await self._check_values(path, model)
            # In a task that ends with it: anyio ends the thread that it reads in when the task does, and the server
            # waits for the thread at its end, but the answer may take as long as its reader likes.
            model = await asyncio.ensure_future(self._ask(path, self._read, path, content, type, format, hash))
        self._still_shared(path)
        return self._clean(model)

    async def _folder(self, path: str, model: Model, content: bool) -> Model:
        model = self._clean(model)
        if not content:
            return model
        read = entries if reads_as_jupyter(self._manager) else of_others
        found = await self._ask(path, read, self._manager, path, self._guard.shows, self._entries)
        shown = await asyncio.to_thread(lambda: [self._clean(entry) for entry in found])
        self._still_shared(path)
        return {**model, "content": shown, "format": "json"}

    async def _check_values(self, path: str, model: Model) -> None:
        """Of what will be read as JSON."""
        place = self._guard.os_path(path)
        if place is not None and model["type"] == "notebook":
            await self._ask(path, asyncio.to_thread, check_values, place, path.rpartition("/")[2])

    def _still_shared(self, path: str) -> None:
        """Reading takes time, and the scope may be another one behind it."""
        if not self._guard.can(path, Capability.READ):
            raise not_shared(path)

    async def new_untitled(self, folder: str, type: str, ext: str) -> Model:
        """Makes an empty file, notebook or folder; the server picks the name."""
        async with self._steady.using():
            folder = await self._folder_to_write(folder)
            if type not in ("", "file", "notebook", "directory") or (ext and not ext.replace(".", "", 1).isalnum()):
                raise BadRequest("This cannot be made here.")
            make = self._manager.new_untitled
            with self._signing.for_guest(folder):
                model = await self._ask(folder, make, path=folder, type=type, ext=ext)
            self._signing.guest_wrote(model["path"])
            return self._clean(model)

    async def copy(self, source: str, folder: str) -> Model:
        """Copies a file into a shared folder. A folder is not copied: links inside it would be followed."""
        async with self._steady.using():
            source = await self._guard.locate(source)
            folder = await self._folder_to_write(folder)
            model = await self._ask(source, self._manager.get, source, content=False)
            if model["type"] == "directory":
                raise Forbidden("Guests can copy files, not folders.")
            self._check_size(model.get("size"))
            with self._signing.for_guest(folder):
                copied = await self._ask(source, self._manager.copy, source, folder)
            self._signing.guest_wrote(copied["path"])
            return self._clean(copied)

    async def save(self, path: str, model: Model) -> tuple[Model, bool]:
        """Uploads; the flag tells whether the file is new. One that is open together is changed there only."""
        async with self._steady.using():
            path = await self._guard.locate(path, Capability.EDIT)
            if self._is_open(path):
                raise Conflict(
                    sentence("“%1” is open in this session: change it there, or upload it under another name.", path)
                )
            exists = bool(await self._ask(path, self._manager.exists, path))
            if not exists:
                await self._guard.below_shared_folder(path)
            upload = {key: model[key] for key in _UPLOAD_KEYS if key in model}
            await self._check_upload(path, upload, exists)
            _distrust(upload)
            write = self._manager.save if exists else self._manager.new
            with self._signing.for_guest(path):
                model = await self._ask(path, write, upload, path)
            return self._clean(model), not exists

    async def rename(self, path: str, new_path: str, follow: Callable[[str, str], Awaitable[None]]) -> Model:
        """Moves inside what the session shares; ``follow(old, new)`` takes along what belongs to it."""
        async with self._steady.moving():
            path = await self._guard.below_shared_folder(path)
            new_path = await self._guard.new_place(new_path)
            # Before, so that there is no moment in which it stands there as the host's own.
            self._signing.moved(path, new_path)
            model = await self._ask(path, self._manager.update, {"path": new_path}, path)
            # Once more: somebody may have written there at that moment.
            self._signing.moved(path, new_path)
            await follow(path, model["path"].strip("/"))
            return self._clean(model)

    async def delete(self, path: str) -> None:
        async with self._steady.using():
            path = await self._guard.below_shared_folder(path)
            await self._ask(path, self._manager.delete, path)

    async def _read(self, path: str, content: bool, type: str | None, format: str | None, hash: bool) -> Model:
        asked = {"content": content, "type": type, "format": format}
        try:
            return dict(await ensure_async(self._manager.get(path, **asked, require_hash=hash)))
        except TypeError:  # a contents manager from before hashes
            return dict(await ensure_async(self._manager.get(path, **asked)))

    async def _folder_on_the_way(self, folder: str, content: bool) -> Model:
        model = self._clean(await self._ask(folder, self._manager.get, folder, content=False, type="directory"))
        entries = [await self._entry(child) for child in self._guard.children_on_the_way(folder)] if content else None
        shown = None if entries is None else [entry for entry in entries if entry is not None]
        return {**model, "writable": False, "content": shown, "format": "json" if content else None}

    async def _entry(self, path: str) -> Model | None:
        try:
            if self._guard.way(path) is None:
                await self._guard.locate(path)
            model = self._clean(await self._ask(path, self._manager.get, path, content=False))
        except CohostError:
            return None
        return {**model, "writable": model["writable"] and self._guard.way(path) is None}

    def _clean(self, model: Model) -> Model:
        path = model["path"].strip("/")
        kept = {key: model.get(key) for key in _KEYS} | {key: model[key] for key in _HASH_KEYS if key in model}
        _distrust(kept)
        return {**kept, "path": path, "writable": bool(model["writable"]) and self._guard.can(path, Capability.EDIT)}

    async def _folder_to_write(self, path: str) -> str:
        path = await self._guard.locate(path, Capability.EDIT)
        if not await self._ask(path, self._manager.dir_exists, path):
            raise not_shared(path)
        return path

    async def _check_upload(self, path: str, upload: Model, exists: bool) -> None:
        content = upload.get("content")
        size = len(content) if isinstance(content, str) else 0
        if upload.get("type") == "directory" and exists:
            raise Conflict(sentence("“%1” exists already.", path))
        if upload.get("chunk", 1) not in (None, 1) and exists:
            model = await self._ask(path, self._manager.get, path, content=False)
            size += int(model.get("size") or 0)
        self._check_size(size)

    def _check_size(self, size: int | None) -> None:
        if size is not None and size > self._file_bytes:
            raise TooLarge(
                sentence("This file is larger than this session allows (%1 MiB).", self._file_bytes // 2**20)
            )

    async def _ask(self, about: str, question: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        """Asks the contents manager and says in our words what it refuses."""
        try:
            return await ensure_async(question(*args, **named))
        except CohostError:
            raise
        except web.HTTPError as error:
            raise _in_our_words(error.status_code, about) from None
        except Exception:
            _log.exception("the contents manager failed for a guest")
            raise StorageFailed(sentence("The host's server could not do this with “%1”.", about)) from None


def _in_our_words(status: int, path: str) -> CohostError:
    if status == 400:
        return BadRequest(
            sentence("“%1” cannot be used in this form. It may be binary, or not a valid notebook.", path)
        )
    if status == 403:
        return Forbidden(sentence("The host's server does not allow this with “%1”.", path))
    if status == 404:
        return NotFound(sentence("“%1” does not exist.", path))
    if status == 409:
        return Conflict(sentence("That name is taken, or “%1” is in use.", path))
    if status == 413:
        return TooLarge(sentence("“%1” is larger than the host's server accepts.", path))
    return StorageFailed(sentence("The host's server could not do this with “%1”.", path))


def _distrust(model: Model) -> None:
    """Trust never travels inside a notebook: a guest's upload must not get the host's signature by claiming it."""
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict):
        return
    without_unknown_outputs(content)
    cells = content.get("cells")
    for cell in cells if isinstance(cells, list) else ():
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        if isinstance(metadata, dict):
            metadata.pop("trusted", None)
