"""Finds a file again that the shell moved: by inode and birth, or by inode, size, time of change and bytes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress

from .atomic import Version, sha256_of
from .identity import birth_of

_MOST_S = 2.0


def moved_to(root: str, path: str, version: Version) -> str | None:
    """Where the file is, below ``root``, that was last seen at ``path`` as ``version``; hidden places are not searched.

    Where the system tells when a file was made, inode and birth are proof enough, also when it was changed since.
    Else a rename keeps inode, size and time of modification; only a file that has all three and the same bytes is
    taken.
    """
    if os.path.islink(path):
        return None
    for entry in _files(root, time.monotonic() + _MOST_S):
        with suppress(OSError):
            if entry.inode() == version.stamp[0] and _is_it(entry, version):
                return entry.path
    return None


def _is_it(entry: os.DirEntry[str], version: Version) -> bool:
    if version.birth is not None:
        return birth_of(entry.path) == version.birth
    _, size, modified, _ = version.stamp
    status = entry.stat(follow_symlinks=False)
    return (status.st_size, status.st_mtime_ns) == (size, modified) and sha256_of(entry.path) == version.sha256


def _files(root: str, until: float) -> Iterator[os.DirEntry[str]]:
    """Breadth first: most files are moved to somewhere near the top."""
    folders = [root]
    for folder in folders:
        if time.monotonic() > until:
            return
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry
