"""Small SQLite databases of this user's own, beside the notary's: what is sealed, what is paired."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from .journal_place import create_private, put_aside


def in_memory(schema: str) -> sqlite3.Connection:
    """For threads; the caller locks."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.executescript(schema)
    return database


def open_private(file: Path, schema: str) -> tuple[sqlite3.Connection, Path | None]:
    """For threads; the caller locks. With the name that a file was given which could not be read; None: it could.

    Raises OSError, or sqlite3.Error when the file cannot be used now.
    """
    try:
        return _opened(file, schema), None
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        aside = put_aside(file)
        return _opened(file, schema), aside


def _opened(file: Path, schema: str) -> sqlite3.Connection:
    create_private(file)
    database = sqlite3.connect(file, timeout=5, check_same_thread=False)
    try:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = normal")
        database.executescript(schema)
    except sqlite3.Error:
        database.close()
        raise
    return database
