"""Shared folders by what they are, not only by their names: the shell renames them without telling anybody.

A folder is known by its inode and time of birth, so that none that takes its name is mistaken for it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from .identity import birth_of

Identity = tuple[int, int]


def identity_of(os_path: str) -> Identity | None:
    """Of a folder, not of a link to one; None where the system cannot tell."""
    try:
        status = os.lstat(os_path)
    except (OSError, ValueError):
        return None
    birth = birth_of(os_path) if stat.S_ISDIR(status.st_mode) else None
    return None if birth is None else (status.st_ino, birth)


class SharedFolders:
    """Paths are relative to ``root``, with ``/``."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[str, Identity] = {}

    def share(self, paths: Iterable[str]) -> None:
        """These are shared now, and no others. What is known of one stays: something else may stand there by now."""
        known = {path: self._known.get(path) or identity_of(self._os_path(path)) for path in paths}
        self._known = {path: identity for path, identity in known.items() if identity is not None}

    def followed(self, old_path: str, new_path: str) -> tuple[str, str]:
        """A file was moved from one path to the other: the rename of the shared folder that it was in, if that is why,
        else of the file.
        """
        for folder, rest in _above(old_path):
            identity = self._known.get(folder)
            if identity is None or not new_path.endswith(f"/{rest}"):
                continue
            moved = new_path[: -len(rest) - 1]
            if identity_of(self._os_path(moved)) == identity and identity_of(self._os_path(folder)) != identity:
                self._known[moved] = identity
                return folder, moved
        return old_path, new_path

    def _os_path(self, path: str) -> str:
        return os.path.join(self._root, *path.split("/")) if path else self._root


def _above(path: str) -> Iterator[tuple[str, str]]:
    """The folders that a path is in, from the top, each with the rest of the path."""
    parts = path.split("/")
    for end in range(1, len(parts)):
        yield "/".join(parts[:end]), "/".join(parts[end:])
