"""What this user's Jupyter servers vouch for as a whole, and which paths guests have written.

nbformat's notary joins all keys and values with nothing between them, so that a harmless and a hostile notebook can
have one signature. A seal is an HMAC, with a key of our own, over a notebook's canonical JSON. It is found by content,
so it survives a restart, a rename and a copy. One database beside the notary's, for all servers and content roots of
the user. See docs/adr/0015-seals.md.
"""

from __future__ import annotations

import hmac
import logging
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..core.content import fingerprint
from .private_database import in_memory, open_private

_log = logging.getLogger("jupyterlab_cohost.trust")
_KEY_BYTES, _VERSION = 32, 1
#: A document that people write for hours is sealed every second; its latest ones are enough (Git goes back to some).
_PER_PATH, _MOST, _LOOK_EVERY = 100, 200_000, 1000
#: Notebooks that JupyterLab's own extensions mark, and what nbformat takes out when it writes.
_TRANSIENT = ("signature", "orig_nbformat", "orig_nbformat_minor")
_SCHEMA = """
create table if not exists seals (mac blob primary key, path text not null, at real not null) without rowid;
create index if not exists seals_of_path on seals (path, at);
create table if not exists guests (path text primary key) without rowid;
"""


class Seals:
    """``folder``: of the user's own; None keeps everything in memory. Paths are any stable, ``/``-separated names.

    Nothing raises. What cannot be read vouches for nothing, and every path then counts as written by guests.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.closed = folder, False
        self._lock = threading.Lock()
        #: What could not be written, or not yet.
        self._guests: set[str] = set()
        self._latest: bytes | None = None
        self._sealed = 0
        self._key, self._database = secrets.token_bytes(_KEY_BYTES), in_memory(_SCHEMA)
        self._lost = False
        if folder is not None:
            try:
                self._key, self._database = _key(folder), self._open(folder / "seals.sqlite3")
            except (OSError, sqlite3.Error) as error:
                _log.error("Outputs are not vouched for over a restart: %s cannot be used (%s)", folder, error)
                self._lost = True

    def _open(self, file: Path) -> sqlite3.Connection:
        database, aside = open_private(file, _SCHEMA)
        if aside is not None:
            _log.error("%s could not be read and was set aside; what is signed has to be trusted anew", aside)
            with database:
                database.execute("insert or ignore into guests values ('')")
        return database

    # Whole notebooks

    def seal(self, path: str, notebook: dict[str, Any]) -> None:
        """Everything in it is vouched for. May take long for a large one: for a thread."""
        mac = self._mac(notebook)
        with self._guarded():
            if mac == self._latest:
                return
            with self._database as database:
                database.execute("insert or replace into seals values (?, ?, ?)", (mac, path, time.time()))
                self._thin_out(database, path)
            self._latest = mac

    def _thin_out(self, database: sqlite3.Connection, path: str) -> None:
        old = "select mac from seals where path = ? order by at desc limit -1 offset ?"
        database.execute(f"delete from seals where mac in ({old})", (path, _PER_PATH))
        self._sealed += 1
        if self._sealed % _LOOK_EVERY == 0:
            old = "select mac from seals order by at desc limit -1 offset ?"
            database.execute(f"delete from seals where mac in ({old})", (_MOST,))

    def is_sealed(self, notebook: dict[str, Any]) -> bool:
        """Whether it was sealed, wherever it stood. May take long for a large one."""
        mac, found = self._mac(notebook), None
        with self._guarded():
            found = self._database.execute("select 1 from seals where mac = ?", (mac,)).fetchone()
        return found is not None

    def _mac(self, notebook: dict[str, Any]) -> bytes:
        text = f"cohost seal {_VERSION}\0{fingerprint(_plain(notebook))}"
        return hmac.digest(self._key, text.encode(), "sha256")

    # Paths

    def guest_wrote(self, path: str) -> None:
        """Somebody who may not run code wrote there, or may have: from now on the notary's word is not enough."""
        self._guests.add(path)
        with self._guarded(), self._database as database:
            database.execute("insert or ignore into guests values (?)", (path,))

    def is_guests(self, path: str) -> bool:
        """Whether a guest may have written what stands there."""
        if self._lost or path in self._guests:
            return True
        found: object = True
        with self._guarded():
            found = self._database.execute("select 1 from guests where path in (?, '')", (path,)).fetchone()
        return found is not None

    def moved(self, old: str, new: str) -> None:
        """A file or folder has another path now, or a twin there. May be told twice, and late.

        The old path stays a guest's: one may have written there again before this is told.
        """
        self._guests |= {new + path[len(old) :] for path in self._guests if _is_below(path, old)}
        below = (old, f"{old}/", f"{old}0")  # "0" is the character after "/"
        with self._guarded(), self._database as database:
            database.execute(
                "insert or ignore into guests select ? || substr(path, ?) from guests "
                "where path = ? or (path >= ? and path < ?)",
                (new, len(old) + 1, *below),
            )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                _log.error("What is vouched for could not be read or written: %s", error)

    def close(self) -> None:
        """Lets go of the database."""
        with self._lock:
            self.closed = True
            self._database.close()


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _plain(notebook: dict[str, Any]) -> dict[str, Any]:
    """As it stands in the file: without what never goes there."""
    metadata = {key: value for key, value in notebook.get("metadata", {}).items() if key not in _TRANSIENT}
    return {**notebook, "metadata": metadata, "cells": [_plain_cell(cell) for cell in notebook.get("cells", [])]}


def _plain_cell(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key != "trusted"}
    return {**{key: value for key, value in cell.items() if key != "execution_state"}, "metadata": metadata}


def _key(folder: Path) -> bytes:
    """Made once, in one step, readable for its owner only; of two servers that begin at once one makes it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):
        folder.chmod(0o700)
    file, new = folder / "seals.key", folder / f"seals.key.{os.getpid()}-{secrets.token_hex(4)}"
    if not file.exists():
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as made:
            made.write(secrets.token_bytes(_KEY_BYTES))
            made.flush()
            os.fsync(made.fileno())
        try:
            os.link(new, file)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            os.replace(new, file)
        finally:
            new.unlink(missing_ok=True)
    key = file.read_bytes()
    if len(key) != _KEY_BYTES:
        raise OSError(f"{file} is damaged")
    return key
