"""A folder's entries for a guest, read in a thread: a contents manager reads many of them in the event loop.

Only for Jupyter's own contents managers of local files; those of others are asked themselves.
"""

from __future__ import annotations

import asyncio
import heapq
import mimetypes
import os
import stat
from collections.abc import Callable
from typing import Any

from jupyter_core.paths import is_file_hidden
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.filemanager import AsyncFileContentsManager, FileContentsManager
from tornado import web

Model = dict[str, Any]
_OWN = (FileContentsManager, AsyncFileContentsManager)
#: Folders that are read at a time, for all guests.
_AT_ONCE = asyncio.Semaphore(2)


def reads_as_jupyter(manager: Any) -> bool:
    """Whether its listings are those of jupyter_server's local managers."""
    kind = type(manager)
    return any(
        isinstance(manager, own) and all(getattr(kind, name) is getattr(own, name) for name in ("get", "_dir_model"))
        for own in _OWN
    )


async def entries(manager: Any, folder: str, shows: Callable[[str], bool], most: int) -> list[Model]:
    """The first ``most`` by name that ``shows`` lets through; as the contents API has them, without content."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_entries, manager, folder, shows, most)


async def of_others(manager: Any, folder: str, shows: Callable[[str], bool], most: int) -> list[Model]:
    """The same of a contents manager that is asked itself."""
    async with _AT_ONCE:
        model = await ensure_async(manager.get(folder, content=True))
        return await asyncio.to_thread(lambda: [one for one in model["content"] if shows(one["path"])][:most])


def _entries(manager: Any, folder: str, shows: Callable[[str], bool], most: int) -> list[Model]:
    place = str(manager._get_os_path(folder))
    with os.scandir(place) as found:
        names = heapq.nsmallest(most, (entry.name for entry in found if _is_listed(manager, entry)))
    paths = (f"{folder}/{name}" if folder else name for name in names)
    models = (_model(manager, path) for path in paths if shows(path))
    return [model for model in models if model is not None]


def _is_listed(manager: Any, entry: os.DirEntry[str]) -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
        kind = status.st_mode
        plain = stat.S_ISLNK(kind) or stat.S_ISREG(kind) or stat.S_ISDIR(kind)
        shown = manager.allow_hidden or not is_file_hidden(entry.path, stat_res=status)
        return plain and shown and bool(manager.should_list(entry.name))
    except OSError:
        return False


def _model(manager: Any, path: str) -> Model | None:
    try:
        model: Model = manager._base_model(path)
        is_folder = os.path.isdir(manager._get_os_path(path))
    except (OSError, web.HTTPError):
        return None
    if is_folder:
        return {**model, "type": "directory", "size": None}
    if path.endswith(".ipynb"):
        return {**model, "type": "notebook"}
    return {**model, "type": "file", "mimetype": mimetypes.guess_type(path)[0]}
