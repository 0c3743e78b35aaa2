"""Reading and writing the journal's rows. Everything here runs in the writer's thread, inside its transaction."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..core.ports import Digest, DocumentRecord, Kind, SavedContent
from ..protocol.ids import DocumentId, Epoch, new_id
from . import journal_earlier
from .journal_codec import Undecodable, content_from, unpack
from .journal_earlier import RawEarlier

_CONFLICTS_S = 120.0
_RECORD = "number, id, path, kind, epoch"


@dataclass(frozen=True)
class Known:
    """A document's row as last seen. ``number`` is None when the database was begun anew since."""

    number: int | None
    record: DocumentRecord
    epoch: Epoch | None


@dataclass(frozen=True)
class RawDocument:
    """A history as it stands in the rows: ``updates`` are (snapshot?, data, crc)."""

    record: DocumentRecord
    epoch: Epoch
    updates: list[tuple[int, bytes, int]]
    saved: tuple[str | None, bytes | None, int | None, str | None]
    conflicts: str | None
    vouched: frozenset[Digest]
    earlier: list[RawEarlier]
    held: dict[bytes, float]
    reached: str | None


def _known(row: tuple[Any, ...]) -> Known:
    number, document_id, path, kind, epoch = row
    return Known(number, DocumentRecord(document_id, path, kind), epoch)


def document(db: sqlite3.Connection, path: str, kind: Kind) -> DocumentRecord:
    """The record of a path, made when there is none."""
    row = db.execute(f"SELECT {_RECORD} FROM documents WHERE path = ? AND kind = ?", (path, kind)).fetchone()
    if row is not None:
        return _known(row).record
    return insert(db, DocumentRecord(DocumentId(new_id()), path, kind), None).record


def insert(db: sqlite3.Connection, record: DocumentRecord, epoch: Epoch | None) -> Known:
    """A new row, in place of one that stands at the same path."""
    for row in db.execute(
        "SELECT number FROM documents WHERE path = ? AND kind = ?", (record.path, record.kind)
    ).fetchall():
        _drop(db, row[0])
    cursor = db.execute(
        "INSERT INTO documents (id, path, kind, epoch) VALUES (?, ?, ?, ?)",
        (record.id, record.path, record.kind, epoch),
    )
    return Known(cursor.lastrowid, record, epoch)


def find(db: sqlite3.Connection, document_id: str) -> Known | None:
    """The row of an id."""
    row = db.execute(f"SELECT {_RECORD} FROM documents WHERE id = ?", (document_id,)).fetchone()
    return None if row is None else _known(row)


def read(db: sqlite3.Connection, known: Known | None) -> RawDocument | None:
    """Everything of a document that has a history."""
    if known is None or known.number is None or known.epoch is None:
        return None
    number = (known.number,)
    updates = db.execute("SELECT snapshot, data, crc FROM updates WHERE document = ? ORDER BY seq", number).fetchall()
    columns = "saved_hash, saved_content, saved_crc, intended, conflicts, reached"
    *saved, conflicts, reached = db.execute(f"SELECT {columns} FROM documents WHERE number = ?", number).fetchone()
    vouched = db.execute("SELECT digest FROM vouched WHERE document = ?", number).fetchall()
    digests = frozenset(row[0] for row in vouched)
    earlier = journal_earlier.read(db, known.number)
    what = (saved[0], saved[1], saved[2], saved[3])
    held = journal_earlier.marks(db, known.number)
    return RawDocument(known.record, known.epoch, updates, what, conflicts, digests, earlier, held, reached)


def decode_updates(raw: RawDocument) -> tuple[list[bytes], str | None]:
    """The updates in order, or why they cannot be decoded. Needs no database."""
    updates: list[bytes] = []
    if not raw.updates or not raw.updates[0][0]:
        return [], "the snapshot is missing"
    for position, (snapshot, data, crc) in enumerate(raw.updates):
        try:
            if snapshot:
                updates.append(unpack(data, crc))
            elif zlib.crc32(data) != crc:
                raise Undecodable("checksum")
            else:
                updates.append(bytes(data))
        except (Undecodable, TypeError) as error:
            return [], f"row {position}: {error}"
    return updates, None


def decode_saved(raw: RawDocument) -> tuple[SavedContent | None, bool]:
    """What the file held, and whether it was there but could not be decoded. Needs no database."""
    digest, packed, crc, intended = raw.saved
    if digest is None or packed is None or crc is None:
        return None, False
    try:
        return SavedContent(content_from(raw.record.kind, unpack(packed, crc)), digest, intended), False
    except (Undecodable, TypeError):
        return None, True


def conflicts_of(raw: RawDocument) -> tuple[str, ...]:
    """The places that were written down a moment ago."""
    if raw.conflicts is None:
        return ()
    noted = json.loads(raw.conflicts)
    return tuple(noted["where"]) if 0 <= time.time() - noted["at"] < _CONFLICTS_S else ()


def note_reached(db: sqlite3.Connection, known: Known, reached: str) -> None:
    """Where the file is to which a link leads; "" without one."""
    db.execute("UPDATE documents SET reached = ? WHERE number = ?", (reached, known.number))


def note_conflicts(db: sqlite3.Connection, known: Known, where: Iterable[str]) -> None:
    """Places where another program and people had changed the same, of which people are to be told."""
    noted = json.dumps({"at": time.time(), "where": list(where)})
    db.execute("UPDATE documents SET conflicts = ? WHERE number = ?", (noted, known.number))


def append(db: sqlite3.Connection, number: int | None, update: bytes, crc: int) -> None:
    """One update."""
    db.execute("INSERT INTO updates (document, snapshot, data, crc) VALUES (?, 0, ?, ?)", (number, update, crc))


def last_seq(db: sqlite3.Connection, known: Known) -> int:
    """The number of the newest row of a document, 0 when there is none."""
    row = db.execute("SELECT max(seq) FROM updates WHERE document = ?", (known.number,)).fetchone()
    return int(row[0] or 0)


def replace_history(db: sqlite3.Connection, known: Known, epoch: Epoch, packed: tuple[bytes, int], until: int) -> None:
    """One snapshot in place of all rows up to ``until``; it stands before what came later."""
    later = db.execute(
        "SELECT data, crc FROM updates WHERE document = ? AND seq > ? ORDER BY seq", (known.number, until)
    ).fetchall()
    db.execute("DELETE FROM updates WHERE document = ?", (known.number,))
    db.execute(
        "INSERT INTO updates (document, snapshot, data, crc) VALUES (?, 1, ?, ?)", (known.number, packed[0], packed[1])
    )
    for data, crc in later:
        append(db, known.number, data, crc)
    db.execute("UPDATE documents SET epoch = ? WHERE number = ?", (epoch, known.number))


def save(
    db: sqlite3.Connection,
    known: Known,
    digest: str,
    mark: bytes,
    packed: tuple[bytes, int] | None,
    intended: str | None = None,
    *,
    ours: bool = False,
) -> None:
    """What the file holds: always its hash and the mark of its words, the content when it is given.

    ``ours``: not what another program wrote.
    """
    journal_earlier.mark(db, known.number, digest, mark)
    if ours:
        journal_earlier.keep(db, known.number, digest)
    else:
        journal_earlier.forget(db, known.number)
    if packed is None:
        db.execute("UPDATE documents SET saved_hash = ?, intended = NULL WHERE number = ?", (digest, known.number))
    else:
        db.execute(
            "UPDATE documents SET saved_hash = ?, saved_content = ?, saved_crc = ?, intended = ? WHERE number = ?",
            (digest, packed[0], packed[1], intended, known.number),
        )


def intend(db: sqlite3.Connection, known: Known, fingerprint: str) -> None:
    """What is about to be written to the file."""
    db.execute("UPDATE documents SET intended = ? WHERE number = ?", (fingerprint, known.number))


def vouch(db: sqlite3.Connection, known: Known, digests: Iterable[Digest]) -> None:
    """Adds digests."""
    db.executemany("INSERT OR IGNORE INTO vouched VALUES (?, ?)", [(known.number, digest) for digest in digests])


def rename(db: sqlite3.Connection, old: str, new: str) -> None:
    """Moves a record, or all below a folder."""
    moved = db.execute(
        "SELECT number, path FROM documents WHERE path = ? OR substr(path, 1, ?) = ?", (old, len(old) + 1, old + "/")
    ).fetchall()
    mine = {number for number, _ in moved}
    for _, path in moved:
        for (number,) in db.execute(
            "SELECT number FROM documents WHERE path = ?", (new + path[len(old) :],)
        ).fetchall():
            if number not in mine:
                _drop(db, number)
    # By way of names that no file has, so that moves within one folder tree do not meet half-way.
    for number, _ in moved:
        db.execute("UPDATE documents SET path = ? WHERE number = ?", (f"\0{number}", number))
    for number, path in moved:
        db.execute("UPDATE documents SET path = ? WHERE number = ?", (new + path[len(old) :], number))


def _drop(db: sqlite3.Connection, number: int) -> None:
    db.execute("DELETE FROM updates WHERE document = ?", (number,))
    db.execute("DELETE FROM vouched WHERE document = ?", (number,))
    journal_earlier.drop(db, number)
    db.execute("DELETE FROM documents WHERE number = ?", (number,))


def set_aside(db: sqlite3.Connection, known: Known, reason: str) -> None:
    """Moves a history that cannot be decoded out of the way; the record keeps its id."""
    record = known.record
    db.execute(
        "INSERT INTO set_aside (path, kind, epoch, reason, seq, snapshot, data, crc)"
        " SELECT ?, ?, ?, ?, seq, snapshot, data, crc FROM updates WHERE document = ?",
        (record.path, record.kind, known.epoch, reason, known.number),
    )
    db.execute("DELETE FROM updates WHERE document = ?", (known.number,))
    db.execute("DELETE FROM vouched WHERE document = ?", (known.number,))
    journal_earlier.drop(db, known.number)
    db.execute(
        "UPDATE documents SET epoch = NULL, saved_hash = NULL, saved_content = NULL, saved_crc = NULL, intended = NULL,"
        " saved_mark = NULL WHERE number = ?",
        (known.number,),
    )


def figures(db: sqlite3.Connection) -> dict[str, int]:
    """Counts."""
    return {
        "documents": int(db.execute("SELECT count(*) FROM documents WHERE epoch IS NOT NULL").fetchone()[0]),
        "updates": int(db.execute("SELECT count(*) FROM updates").fetchone()[0]),
    }
