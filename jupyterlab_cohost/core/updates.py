"""What can be read from Yjs update bytes (version 1) without integrating them.

A document keeps structs whose dependencies are missing, so that is looked at first. What must never reach pycrdt is
found by ``structs`` and ``places``.
"""

from __future__ import annotations

import pycrdt

from ..protocol.varint import read_varuint

EMPTY = b"\x00\x00"
#: Lengths of deleted ranges by client: ``{client: [(clock, length), …]}``.
DeleteSet = dict[int, list[tuple[int, int]]]


def read_state_vector(data: bytes) -> dict[int, int]:
    """``{client: clock}``. Raises MalformedMessage."""
    count, offset = read_varuint(data, 0)
    vector: dict[int, int] = {}
    for _ in range(count):
        client, offset = read_varuint(data, offset)
        vector[client], offset = read_varuint(data, offset)
    return vector


def read_delete_set(data: bytes, offset: int = 0) -> DeleteSet:
    """The delete set at ``offset``. Raises MalformedMessage."""
    clients, offset = read_varuint(data, offset)
    deleted: DeleteSet = {}
    for _ in range(clients):
        client, offset = read_varuint(data, offset)
        count, offset = read_varuint(data, offset)
        ranges = deleted.setdefault(client, [])
        for _ in range(count):
            clock, offset = read_varuint(data, offset)
            length, offset = read_varuint(data, offset)
            ranges.append((clock, length))
    return deleted


def is_missing_from(update: bytes, state: bytes) -> bool:
    """Whether ``update`` has structs, or deletes structs, that a document with state vector ``state`` does not have."""
    rest = pycrdt.get_update(update, state)
    if rest[:1] != b"\x00":
        return True
    vector = read_state_vector(state)
    deleted = read_delete_set(rest, 1)
    return any(clock + length > vector.get(client, 0) for client, ranges in deleted.items() for clock, length in ranges)


def would_change(update: bytes, state: bytes, deleted: bytes) -> bool:
    """Whether ``update`` says anything that a document does not hold.

    ``state``: the document's state vector; ``deleted``: the document's update since ``state`` (its delete set only).
    """
    if update == EMPTY:
        return False
    rest = pycrdt.get_update(update, state)
    if rest[:1] != b"\x00":
        return True
    known = {client: _merged(ranges) for client, ranges in read_delete_set(deleted, 1).items()}
    wanted = read_delete_set(rest, 1)
    return any(not _covers(known.get(client, []), one) for client, ranges in wanted.items() for one in ranges)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Touching ranges as one, in order."""
    merged: list[tuple[int, int]] = []
    for clock, length in sorted(ranges):
        if merged and clock <= merged[-1][0] + merged[-1][1]:
            start = merged[-1][0]
            merged[-1] = (start, max(merged[-1][1], clock + length - start))
        else:
            merged.append((clock, length))
    return merged


def _covers(merged: list[tuple[int, int]], wanted: tuple[int, int]) -> bool:
    clock, length = wanted
    return length == 0 or any(start <= clock and clock + length <= start + size for start, size in merged)
