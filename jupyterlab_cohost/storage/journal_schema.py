"""The journal's tables, how they are opened, and how an older version becomes this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from .journal_place import create_private, put_aside

Synchronous = Literal["FULL", "NORMAL"]

VERSION = 6
_PAGES_AT_ONCE = 2_000
_CHECK_AT_OPEN_BYTES = 64 * 1024 * 1024

_TABLES = """
CREATE TABLE schema (version INTEGER NOT NULL);
CREATE TABLE documents (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, kind TEXT NOT NULL,
  epoch TEXT, saved_hash TEXT, saved_content BLOB, saved_crc INTEGER, intended TEXT, conflicts TEXT, saved_mark BLOB,
  reached TEXT, UNIQUE (path, kind));
CREATE TABLE updates (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, snapshot INTEGER NOT NULL,
  data BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE INDEX updates_of_document ON updates (document, seq);
CREATE TABLE vouched (document INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (document, digest)) WITHOUT ROWID;
CREATE TABLE earlier (document INTEGER NOT NULL, until REAL NOT NULL, content BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE INDEX earlier_by_time ON earlier (until);
CREATE TABLE held (
  document INTEGER NOT NULL, until REAL NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (document, until)) WITHOUT ROWID;
CREATE TABLE set_aside (
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, path TEXT NOT NULL, kind TEXT NOT NULL, epoch TEXT, reason TEXT NOT NULL,
  seq INTEGER, snapshot INTEGER, data BLOB, crc INTEGER);
"""


def _add_intended(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE documents ADD COLUMN intended TEXT")


def _add_conflicts(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE documents ADD COLUMN conflicts TEXT")


def _add_earlier(database: sqlite3.Connection) -> None:
    _create(database, "earlier")


def _add_held(database: sqlite3.Connection) -> None:
    _create(database, "TABLE held")
    database.execute("ALTER TABLE documents ADD COLUMN saved_mark BLOB")


def _add_reached(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE documents ADD COLUMN reached TEXT")


def _create(database: sqlite3.Connection, name: str) -> None:
    for statement in _TABLES.split(";\n"):
        if name in statement:
            database.execute(statement)


#: From version n to n + 1. A step runs inside the transaction that also raises the version.
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: _add_intended,
    2: _add_conflicts,
    3: _add_earlier,
    4: _add_held,
    5: _add_reached,
}


class Newer(Exception):
    """The journal was written by a newer version of this software."""


def _connect(file: Path, synchronous: Synchronous) -> sqlite3.Connection:
    create_private(file)
    database = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
    # Exclusive: no shared memory file, so that WAL also works on a network file system.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.execute("PRAGMA journal_size_limit = 4194304")
    return database


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema'").fetchone():
        for statement in _TABLES.split(";\n"):
            if statement.strip():
                database.execute(statement)
        database.execute("INSERT INTO schema VALUES (?)", (VERSION,))
    version = int(database.execute("SELECT version FROM schema").fetchone()[0])
    if version > VERSION:
        raise Newer(f"version {version}")
    for step in range(version, VERSION):
        MIGRATIONS[step](database)
        database.execute("UPDATE schema SET version = ?", (step + 1,))
    database.execute("COMMIT")


def _check(database: sqlite3.Connection, file: Path, suspect: bool) -> None:
    if suspect or file.stat().st_size <= _CHECK_AT_OPEN_BYTES:
        answer = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
        if answer != "ok":
            raise sqlite3.DatabaseError(answer)
    database.execute("SELECT count(*) FROM documents").fetchone()


def make_smaller(database: sqlite3.Connection) -> bool:
    """Gives some free pages back to the disk, and the whole write-ahead log. False when there are no more."""
    try:
        # Not by execute, which stops after the first page.
        database.executescript(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})")
        left = int(database.execute("PRAGMA freelist_count").fetchone()[0])
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error:
        return False
    return left > 0


def is_unreadable(error: BaseException) -> bool:
    """Whether the database itself is broken, rather than the disk full, locked or read-only."""
    return isinstance(error, Newer) or (
        isinstance(error, sqlite3.DatabaseError)
        and (
            type(error) is sqlite3.DatabaseError
            or "malformed" in str(error)
            or "no such table" in str(error)
            or "no such column" in str(error)
        )
    )


def open_database(
    file: Path, synchronous: Synchronous, *, suspect: bool = False
) -> tuple[sqlite3.Connection, str | None]:
    """Opens or creates; reads all of it when it is ``suspect`` or small.

    Returns the connection and, when a broken file was put aside, a sentence for people.
    Raises sqlite3.Error or OSError when even a new file cannot be made.
    """
    database: sqlite3.Connection | None = None
    try:
        database = _connect(file, synchronous)
        _prepare(database)
        _check(database, file, suspect)
        return database, None
    except (sqlite3.DatabaseError, Newer, TypeError, ValueError, KeyError) as error:
        if database is not None:
            database.close()
        if isinstance(error, sqlite3.DatabaseError) and not is_unreadable(error):
            raise
        aside = put_aside(file)
        why = "a newer version wrote it" if isinstance(error, Newer) else "it is damaged"
        notice = (
            f"The journal could not be read ({why}). It was set aside as {aside.name}; "
            "documents start from their files."
        )
    database = _connect(file, synchronous)
    _prepare(database)
    return database, notice
