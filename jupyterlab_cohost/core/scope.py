"""Which paths a session covers. Purely lexical: whether a symlink leads outside is the caller's to check on the disk.

A path is relative to the host's content root, with ``/``; ``""`` is the root itself. Paths are compared exactly: on a
file system that takes ``A`` for ``a``, or a letter and its accent for one character, the other spelling is refused by
who looks at the disk.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..protocol.errors import BadRequest

ItemType = Literal["file", "directory"]
_MAX_PATH = 4096
#: On Windows; elsewhere it is a letter of a name.
_BACKSLASH_PARTS = os.sep == "\\"


@dataclass(frozen=True)
class ScopeItem:
    """A file, or a folder with everything below it (``path`` is normal)."""

    path: str
    type: ItemType

    def covers(self, path: str) -> bool:
        return path == self.path or (self.type == "directory" and is_below(path, self.path))


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` is strictly inside ``folder``."""
    return path != "" if folder == "" else path.startswith(folder + "/")


def moved_path(path: str, old: str, new: str) -> str:
    """What ``path`` is called after ``old``, a file or folder, was moved to ``new``."""
    return new + path[len(old) :] if path == old or is_below(path, old) else path


def normal_path(path: object) -> str:
    """The path without one leading and one trailing slash. Raises BadRequest for what is not plainly a path."""
    if not isinstance(path, str) or len(path) > _MAX_PATH:
        raise BadRequest("This is not a path.")
    path = path.removeprefix("/").removesuffix("/")
    if path and not all(_is_plain(segment) for segment in path.split("/")):
        raise BadRequest("This path cannot be shared: it is hidden, or has '..', a backslash or a control character.")
    return path


def _is_plain(segment: str) -> bool:
    if segment == "" or segment.startswith(".") or (_BACKSLASH_PARTS and "\\" in segment):
        return False
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in segment)


def folded(path: str) -> str:
    """One spelling for all that some file system takes for the same file. For narrowing only: it errs on "same"."""
    segments = unicodedata.normalize("NFKC", path).casefold().split("/")
    return "/".join(segment.split(":")[0].rstrip(". ") or segment for segment in segments)


class Scope:
    """The files and folders of a session."""

    def __init__(self, items: Iterable[ScopeItem]) -> None:
        self.items = _without_covered(items)

    def covers(self, path: str) -> bool:
        """Whether ``path`` (as the client sent it) is one of the items or below a shared folder. Never raises."""
        try:
            path = normal_path(path)
        except BadRequest:
            return False
        return any(item.covers(path) for item in self.items)

    def leads_to(self, path: str) -> bool:
        """Whether ``path`` is a folder outside the scope on the way to something inside; "" nearly always is."""
        try:
            path = normal_path(path)
        except BadRequest:
            return False
        return not self.covers(path) and any(is_below(item.path, path) for item in self.items)


def _without_covered(items: Iterable[ScopeItem]) -> tuple[ScopeItem, ...]:
    """Drops repeated items and those below a shared folder."""
    unique = list(dict.fromkeys(items))
    return tuple(i for i in unique if not any(o.path != i.path and o.covers(i.path) for o in unique))


def title_of(scope: Scope, root_name: str) -> str:
    """What the session is called when nobody named it. ``root_name``: the name of the folder of everything, or ""."""
    names = [item.path.rsplit("/", 1)[-1] + ("/" if item.type == "directory" else "") for item in scope.items]
    if names[0] == "/":
        return root_name or "all files"
    return " + ".join(names[:3]) + (" + …" if len(names) > 3 else "")
