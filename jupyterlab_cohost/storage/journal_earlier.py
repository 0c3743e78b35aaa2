"""What a file held before the last saves: a program may have read that, and write when the server was killed since.

Everything here runs in the journal's thread, inside its transaction, but ``decode``.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass

from ..core.ports import EarlierContent, Kind
from .journal_codec import Undecodable, content_from, unpack

#: Longer than ``core.earlier`` looks back; of documents that nobody saves any more.
_KEPT_S, _KEPT_OTHERS_S = 30.0, 600.0
#: Larger contents (compressed) are not kept.
_MOST_BYTES = 256 * 1024
#: Of so many states, for so long, it is known that the file held them.
_MOST_MARKS, _MARKS_S = 4_000, 7 * 24 * 3600.0


@dataclass(frozen=True)
class RawEarlier:
    """A content as it stands in its row."""

    until: float
    data: bytes
    crc: int


def keep(db: sqlite3.Connection, number: int | None, digest: str) -> None:
    """What the document's row says that the file held, before it says that it holds ``digest``."""
    now = time.time()
    db.execute(
        "INSERT INTO earlier SELECT number, ?, saved_content, saved_crc FROM documents"
        " WHERE number = ? AND saved_hash <> ? AND length(saved_content) <= ?",
        (now, number, digest, _MOST_BYTES),
    )
    oldest = db.execute("SELECT min(until) FROM earlier WHERE document = ?", (number,)).fetchone()[0]
    db.execute(
        "DELETE FROM earlier WHERE until < ? AND (document = ? AND until > ? OR document <> ? AND until < ?)",
        (now - _KEPT_S, number, oldest or now, number, now - _KEPT_OTHERS_S),
    )


def mark(db: sqlite3.Connection, number: int | None, digest: str, new: bytes) -> None:
    """The file holds ``digest`` with the words ``new`` from now on: what it held is noted, unless that is the same."""
    now, here = time.time(), (number,)
    db.execute(
        "INSERT OR REPLACE INTO held SELECT number, ?, saved_mark FROM documents"
        " WHERE number = ? AND saved_hash <> ? AND saved_mark IS NOT NULL",
        (now, number, digest),
    )
    full = db.execute(
        f"SELECT until FROM held WHERE document = ? ORDER BY until DESC LIMIT 1 OFFSET {_MOST_MARKS}", here
    ).fetchone()
    first = max(now - _MARKS_S, full[0] if full else 0.0)
    db.execute("DELETE FROM held WHERE document = ? AND until <= ?", (number, first))
    db.execute("UPDATE documents SET saved_mark = ? WHERE number = ?", (new, number))


def marks(db: sqlite3.Connection, number: int) -> dict[bytes, float]:
    """What the file held, each with the POSIX seconds at which it held it last."""
    by_time = "SELECT mark, max(until) AS last FROM held WHERE document = ? GROUP BY mark ORDER BY last"
    rows = db.execute(by_time, (number,))
    return {bytes(mark): float(until) for mark, until in rows}


def drop(db: sqlite3.Connection, number: int | None) -> None:
    """Nothing is known of the document any more."""
    forget(db, number)
    db.execute("DELETE FROM held WHERE document = ?", (number,))


def forget(db: sqlite3.Connection, number: int | None) -> None:
    """Another program wrote the file, or it has a new history."""
    db.execute("DELETE FROM earlier WHERE document = ?", (number,))


def read(db: sqlite3.Connection, number: int) -> list[RawEarlier]:
    """Oldest first."""
    rows = db.execute("SELECT until, content, crc FROM earlier WHERE document = ? ORDER BY until", (number,))
    return [RawEarlier(*row) for row in rows]


def decode(kind: Kind, rows: list[RawEarlier]) -> tuple[EarlierContent, ...]:
    """Without those that cannot be read: they only help. Needs no database."""
    found = []
    for row in rows:
        with suppress(Undecodable, TypeError):
            found.append(EarlierContent(content_from(kind, unpack(row.data, row.crc)), row.until))
    return tuple(found)
