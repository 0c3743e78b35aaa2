"""The files and folders that a host names, looked up through the contents manager."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jupyter_core.utils import ensure_async
from tornado import web

from ...core.scope import ItemType, Scope, ScopeItem, normal_path
from ...protocol.errors import BadRequest, NotFound, StorageFailed
from ...protocol.sentences import sentence

_COUNT_AT_MOST = 5000
_COUNT_FOR_S = 1.0


async def existing_items(contents: Any, wanted: Iterable[tuple[object, ItemType | None]]) -> list[ScopeItem]:
    """The items with the type that they have. Raises NotFound naming the first that is not there, BadRequest."""
    return [await existing_item(contents, path, wanted_type) for path, wanted_type in wanted]


async def existing_item(contents: Any, path: object, wanted: ItemType | None = None) -> ScopeItem:
    """Raises BadRequest (hidden, or not a path), NotFound (not there, or of another type)."""
    normal = normal_path(path)
    if normal and await ensure_async(contents.is_hidden(normal)):
        raise BadRequest(sentence("“%1” is hidden, and hidden files cannot be shared.", normal))
    found = await item_type(contents, normal)
    if found is None or (wanted is not None and wanted != found):
        what = {"file": "file", "directory": "folder", None: "file or folder"}[wanted]
        raise NotFound(sentence("There is no %1 “%2”.", what, normal))
    return ScopeItem(normal, found)


async def item_type(contents: Any, path: str) -> ItemType | None:
    """None when there is nothing."""
    if await ensure_async(contents.dir_exists(path)):
        return "directory"
    return "file" if await ensure_async(contents.file_exists(path)) else None


async def missing(contents: Any, scope: Scope) -> list[str]:
    """Items that are not there now."""
    return [item.path for item in scope.items if await item_type(contents, item.path) != item.type]


@dataclass
class Count:
    """``more``: counting stopped before the end."""

    files: int = 0
    more: bool = False


async def count_files(contents: Any, scope: Scope) -> Count:
    """How many files guests would see; gives up after a second or 5,000 files."""
    count, until = Count(), time.monotonic() + _COUNT_FOR_S
    folders = [item.path for item in scope.items if item.type == "directory"]
    count.files = len(scope.items) - len(folders)
    while folders:
        if count.files >= _COUNT_AT_MOST or time.monotonic() > until:
            count.more = True
            break
        for entry in await _entries(contents, folders.pop()):
            if not scope.covers(entry["path"]):
                continue
            if entry["type"] == "directory":
                folders.append(entry["path"])
            else:
                count.files += 1
    return count


async def _entries(contents: Any, folder: str) -> list[dict[str, Any]]:
    try:
        model = await ensure_async(contents.get(folder, content=True, type="directory"))
    except web.HTTPError:
        return []
    except OSError as error:
        raise StorageFailed("The folder could not be read.") from error
    return list(model["content"])
