"""Reads a Yjs update (version 1) into structs, strictly: the format of ``Item`` and ``Content*`` in yjs 13.

What yjs and yrs would read differently is refused here, so that what was checked is what is integrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..protocol.varint import MalformedMessage, read_bytes, read_string, read_varuint, write_bytes, write_varuint
from .values import skip_values

GC, DELETED, JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, DOC, SKIP = range(11)
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_KEY, _KIND = 0x80, 0x40, 0x20, 0x1F
_XML_ELEMENT = 3
_TYPES = frozenset({0, 1, 2, 3, 4, 6})
_MAX_CLOCK = 2**31
_MAX_CLIENT = 2**53
#: Of one update; bounds the memory that reading it takes (a fifth of a kilobyte each).
MAX_STRUCTS = 500_000
#: For every high byte of a UTF-16 unit, whether the unit is the second half of a pair.
_LOW_HALF = bytes(0xDC <= byte <= 0xDF for byte in range(256))
#: Client and clock.
Id = tuple[int, int]


class Struct(NamedTuple):
    """``parent``: a root's name, the id of a type, or None when origins say it. ``key``: of a map's entry.

    ``type``: the number of the shared type that a TYPE creates. ``halves``: for a STRING with pairs of UTF-16 units,
    a byte per unit, 1 for the second of a pair.
    """

    clock: int
    length: int
    kind: int
    origin: Id | None
    right: Id | None
    parent: str | Id | None
    key: str | None
    type: int
    halves: bytes
    #: Where its bytes are in the update.
    start: int
    end: int
    #: Of ANY and JSON: how many values, with those in them; of what else becomes values: its bytes.
    values: int


class Update(NamedTuple):
    """Structs by client; deleted ranges as (client, clock, length), and where their bytes begin."""

    structs: dict[int, list[Struct]]
    deletes: list[tuple[int, int, int]]
    deletes_at: int


def read_update(data: bytes, *, limited: bool = True) -> Update:
    """``limited``: at most MAX_STRUCTS structs and deleted ranges, and bounded values. Raises MalformedMessage."""
    clients, offset = read_varuint(data, 0)
    left = MAX_STRUCTS if limited else len(data)
    structs: dict[int, list[Struct]] = {}
    for _ in range(clients):
        count, offset = read_varuint(data, offset)
        client, offset = _client(data, offset)
        clock, offset = read_varuint(data, offset)
        left -= count
        if left < 0:
            raise MalformedMessage("an update has too many structs")
        if client in structs:
            raise MalformedMessage("an update has a client twice")
        mine = structs[client] = []
        for _ in range(count):
            struct, offset = _struct(data, offset, clock, limited)
            clock += struct.length
            if struct.length < 1 or clock > _MAX_CLOCK:
                raise MalformedMessage("a clock is out of range")
            if struct.kind != SKIP:
                mine.append(struct)
    deletes_at = offset
    deletes, offset = _deletes(data, offset, MAX_STRUCTS if limited else len(data))
    if offset != len(data):
        raise MalformedMessage("an update goes on behind its end")
    return Update(structs, deletes, deletes_at)


def _client(data: bytes, offset: int) -> tuple[int, int]:
    client, offset = read_varuint(data, offset)
    if client >= _MAX_CLIENT:
        raise MalformedMessage("a client id is out of range")
    return client, offset


def _id(data: bytes, offset: int) -> tuple[Id, int]:
    client, offset = _client(data, offset)
    clock, offset = read_varuint(data, offset)
    return (client, clock), offset


def _deletes(data: bytes, offset: int, left: int) -> tuple[list[tuple[int, int, int]], int]:
    clients, offset = read_varuint(data, offset)
    deletes = []
    for _ in range(clients):
        client, offset = _client(data, offset)
        count, offset = read_varuint(data, offset)
        left -= count
        if left < 0:
            raise MalformedMessage("an update deletes too many ranges")
        for _ in range(count):
            clock, offset = read_varuint(data, offset)
            length, offset = read_varuint(data, offset)
            if clock + length > _MAX_CLOCK:
                raise MalformedMessage("a deleted range is out of range")
            deletes.append((client, clock, length))
    return deletes, offset


def _struct(data: bytes, offset: int, clock: int, limited: bool) -> tuple[Struct, int]:
    if offset >= len(data):
        raise MalformedMessage("an update ends too early")
    info = data[offset]
    kind = info & _KIND
    start = offset
    if kind in (GC, SKIP):
        if info != kind:
            raise MalformedMessage("a struct with flags that it cannot have")
        length, offset = read_varuint(data, offset + 1)
        return Struct(clock, length, kind, None, None, None, None, 0, b"", start, offset, 0), offset
    origin, right, parent, key, offset = _head(data, offset + 1, info)
    length, made, halves, values, offset = _content(data, offset, kind, limited)
    return Struct(clock, length, kind, origin, right, parent, key, made, halves, start, offset, values), offset


def _head(data: bytes, offset: int, info: int) -> tuple[Id | None, Id | None, str | Id | None, str | None, int]:
    """Neighbours, parent and key, and the offset behind."""
    origin = right = key = None
    parent: str | Id | None = None
    if info & _HAS_ORIGIN:
        origin, offset = _id(data, offset)
    if info & _HAS_RIGHT_ORIGIN:
        right, offset = _id(data, offset)
    if origin is None and right is None:
        parent, offset = _parent(data, offset)
        if info & _HAS_KEY:
            key, offset = _name(data, offset)
    return origin, right, parent, key, offset


def halved(data: bytes, struct: Struct, client: int, most: int) -> Iterator[tuple[Struct, bytes]]:
    """A long STRING as several, each of at most ``most`` bytes, and how each stands in an update.

    So Yjs itself cuts a struct: what is behind a cut has what is before it as its left neighbour.
    """
    behind = _head(data, struct.start + 1, data[struct.start])[-1]
    head, units = data[struct.start : behind], 0
    _, at = read_varuint(data, behind)
    while at < struct.end:
        end = min(at + most, struct.end)
        while end < struct.end and data[end] & 0xC0 == 0x80:
            end -= 1
        text = data[at:end]
        length = len(text) if text.isascii() else len(text.decode().encode("utf-16-le")) // 2
        clock, halves = struct.clock + units, struct.halves[units : units + length]
        origin = struct.origin if not units else (client, clock - 1)
        if units:
            head = _cut_head(client, clock - 1, struct.right)
        yield struct._replace(clock=clock, length=length, origin=origin, halves=halves), head + write_bytes(text)
        at, units = end, units + length


def _cut_head(client: int, clock: int, right: Id | None) -> bytes:
    head = write_varuint(client) + write_varuint(clock)
    if right is None:
        return bytes([STRING | _HAS_ORIGIN]) + head
    return bytes([STRING | _HAS_ORIGIN | _HAS_RIGHT_ORIGIN]) + head + write_varuint(right[0]) + write_varuint(right[1])


def _parent(data: bytes, offset: int) -> tuple[str | Id, int]:
    by_name, offset = read_varuint(data, offset)
    if by_name > 1:
        raise MalformedMessage("a parent of an unknown kind")
    return _name(data, offset) if by_name else _id(data, offset)


def _name(data: bytes, offset: int) -> tuple[str, int]:
    return read_string(data, offset)


def _content(data: bytes, offset: int, kind: int, limited: bool) -> tuple[int, int, bytes, int, int]:
    """Length, type that is made, second halves of pairs, how many values, and the offset behind."""
    if kind == STRING:
        text, offset = read_string(data, offset)
        if text.isascii():
            return len(text), 0, b"", 0, offset
        units = text.encode("utf-16-le")[1::2]
        halves = units.translate(_LOW_HALF) if len(units) > len(text) else b""
        return len(units), 0, halves, 0, offset
    if kind == ANY:
        count, offset = read_varuint(data, offset)
        offset, values = skip_values(data, offset, count, limited)
        return count, 0, b"", values, offset
    if kind == DELETED:
        count, offset = read_varuint(data, offset)
        return count, 0, b"", 0, offset
    if kind == TYPE:
        made, offset = read_varuint(data, offset)
        if made not in _TYPES:
            raise MalformedMessage("a shared type of an unknown kind")
        return 1, made, b"", 0, _name(data, offset)[1] if made == _XML_ELEMENT else offset
    if kind == BINARY:
        return 1, 0, b"", 0, read_bytes(data, offset)[1]
    if kind in (EMBED, FORMAT):
        value, end = read_bytes(data, offset if kind == EMBED else _name(data, offset)[1])
        return 1, 0, b"", len(value), end
    if kind == JSON:
        start = offset
        count, offset = read_varuint(data, offset)
        for _ in range(count):
            offset = read_bytes(data, offset)[1]
        return count, 0, b"", offset - start, offset
    raise MalformedMessage("a struct of an unknown kind")
