"""Other files that a contents manager reads and writes with a document: the paired script of a notebook (jupytext).

They are found by what it does: which files it reads when it is asked for the document, and which it writes when it
saves that. Each has a version of its own; a change of one by another program is a change of the document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..core.ports import Kind
from .atomic import Version
from .watcher import FileWatcher

#: Files (os paths) that are read in this context, when somebody asks (threads started by anyio and asyncio inherit it).
_reading: ContextVar[set[str] | None] = ContextVar("cohost_reading", default=None)


@contextmanager
def noting_reads() -> Iterator[set[str]]:
    """Gives the set of the files that are read inside."""
    found: set[str] = set()
    token = _reading.set(found)
    try:
        yield found
    finally:
        _reading.reset(token)


@contextmanager
def noting_no_reads() -> Iterator[None]:
    """What is read inside belongs to no document."""
    token = _reading.set(None)
    try:
        yield
    finally:
        _reading.reset(token)


def note_read(os_path: str) -> None:
    """The contents manager reads this file."""
    found = _reading.get()
    if found is not None:
        found.add(os_path)


def hash_of(own: str, others: dict[str, Version | None]) -> str:
    """One hash of a document: of its own file alone, where it has no companions."""
    if not others:
        return own
    parts = [own, *(f"{path}={version.sha256 if version else ''}" for path, version in sorted(others.items()))]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def changed_halves(last: dict[str, str], now: dict[str, Version | None]) -> list[str]:
    """Which of a document's files were changed since they were left so (SHA-256 by file); none where one has no past.

    The others are behind then.
    """
    if len(last) < 2 or not now.keys() <= last.keys():
        return []
    return [path for path, version in now.items() if version is not None and version.sha256 != last[path]]


def newer_half(changed: list[str]) -> str | None:
    """The notebook, when it alone was changed; else None.

    A manager that goes by their age would take the older script's word, or nobody's.
    """
    return changed[0] if len(changed) == 1 and changed[0].endswith(".ipynb") else None


class Companions:
    """Of all documents of a store; a document is its path and kind."""

    def __init__(self, watcher: FileWatcher) -> None:
        self._watcher = watcher
        self._of: dict[tuple[str, Kind], dict[str, Version | None]] = {}
        self._watches: dict[str, list[_Watched]] = {}

    def of(self, path: str, kind: Kind) -> dict[str, Version | None]:
        """What each held when it was last read or written with the document; None: it was not there."""
        return dict(self._of.get((path, kind), {}))

    def found(self, path: str, kind: Kind, versions: dict[str, Version | None]) -> None:
        """What they hold now. New ones are watched from now on."""
        if versions:
            self._of.setdefault((path, kind), {}).update(versions)
            for watched in self._watches.get(path, ()):
                watched.add(versions)

    def watch(self, path: str, changed: Callable[[], None]) -> Callable[[], None]:
        """Tells of changes of all companions of the documents at ``path``; returns the way to stop."""
        watched = _Watched(self._watcher, changed)
        self._watches.setdefault(path, []).append(watched)
        for (one, _), versions in self._of.items():
            if one == path:
                watched.add(versions)

        def stop() -> None:
            watched.stop()
            self._watches[path].remove(watched)
            if not self._watches[path]:
                self._forget(path)

        return stop

    def _forget(self, path: str) -> None:
        del self._watches[path]
        for kind in ("notebook", "file"):
            self._of.pop((path, kind), None)


class _Watched:
    """One room's interest."""

    def __init__(self, watcher: FileWatcher, changed: Callable[[], None]) -> None:
        self._watcher, self._changed = watcher, changed
        self._stops: dict[str, Callable[[], None]] = {}

    def add(self, os_paths: Iterable[str]) -> None:
        for os_path in os_paths:
            if os_path not in self._stops:
                self._stops[os_path] = self._watcher.watch(os_path, self._changed)

    def stop(self) -> None:
        for stop in self._stops.values():
            stop()
        self._stops.clear()
