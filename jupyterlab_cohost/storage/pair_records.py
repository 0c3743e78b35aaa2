"""How the host paired documents, and what a save left in both halves: it outlives a restart. Of the user's own folder.

Names of files are those of the seals. Nothing raises: what cannot be read means that nothing was paired by the host.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..core.scope import moved_path
from .private_database import in_memory, open_private

_log = logging.getLogger("jupyterlab_cohost.pairs")
_SCHEMA = """
create table if not exists pairs (path text primary key, formats text not null) without rowid;
create table if not exists halves (path text primary key, hashes text not null) without rowid;
"""


class PairRecords:
    """``folder``: None keeps everything in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._pairs: dict[str, dict[str, str]] = {}
        self._database = in_memory(_SCHEMA)
        if folder is not None:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._database, aside = open_private(folder / "pairs.sqlite3", _SCHEMA)
            except (OSError, sqlite3.Error) as error:
                _log.error("What is paired is not known over a restart: %s cannot be used (%s)", folder, error)
            else:
                if aside is not None:
                    _log.error("%s could not be read and was set aside; pairs count from the next save", aside)

    def pair(self, path: str) -> dict[str, str]:
        """The files that a document is kept in by the host's word, itself among them, each with its format's name."""
        known = self._pairs.get(path)
        return dict(self._read("select formats from pairs where path = ?", path) if known is None else known)

    def set_pair(self, formats: Mapping[str, str]) -> None:
        """The host keeps one document in these files."""
        for path in formats:
            if self._pairs.get(path) != formats:
                self._write("insert or replace into pairs values (?, ?)", path, json.dumps(formats))
                self._pairs[path] = dict(formats)

    def halves(self, path: str) -> dict[str, str]:
        """What the last save left: SHA-256 by file, of all that it wrote; empty when that is not known."""
        return self._read("select hashes from halves where path = ?", path)

    def set_halves(self, path: str, hashes: Mapping[str, str]) -> None:
        """A save left this."""
        self._write("insert or replace into halves values (?, ?)", path, json.dumps(hashes))

    def moved(self, old: str, new: str) -> None:
        """A file or folder has another path now. May be told twice."""
        with self._guarded():
            rows = self._database.execute("select path, formats from pairs").fetchall()
            changed = [(path, text) for path, text in rows if old in text or path.startswith(old)]
            with self._database as database:
                for path, text in changed:
                    formats = {moved_path(one, old, new): name for one, name in json.loads(text).items()}
                    database.execute("delete from pairs where path = ?", (path,))
                    there = (moved_path(path, old, new), json.dumps(formats))
                    database.execute("insert or replace into pairs values (?, ?)", there)
        self._pairs.clear()

    def _read(self, query: str, path: str) -> dict[str, str]:
        found = None
        with self._guarded():
            found = self._database.execute(query, (path,)).fetchone()
        return {} if found is None else {str(key): str(value) for key, value in json.loads(found[0]).items()}

    def _write(self, query: str, path: str, text: str) -> None:
        with self._guarded(), self._database as database:
            database.execute(query, (path, text))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except (sqlite3.Error, ValueError) as error:
                _log.error("What is paired could not be read or written: %s", error)

    def close(self) -> None:
        """Lets go of the database."""
        with self._lock:
            self._database.close()
