"""A large update as many small ones, each of which a document can judge and integrate at once. For threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pycrdt import Doc

from ..protocol.varint import MalformedMessage, write_varuint
from .places import Places
from .structs import STRING, Struct, Update, halved, read_update

#: Bytes of a piece; only one value that cannot be cut makes a larger one. Many small pieces of one text cost more: yrs
#: joins each with what it has, by a copy of all of it.
_MOST_BYTES = 4 * 1024 * 1024
#: Processor time of integrating an update into a copy: in any case, and for each struct.
_MOST_S, _MOST_S_PER_STRUCT = 0.5, 50e-6
#: Ranges that one piece deletes.
_MOST_DELETES = 2_000


class Piece(NamedTuple):
    """An update, as bytes and as it would be read."""

    data: bytes
    read: Update


class Plan(NamedTuple):
    """``order``: new structs by client, in the order in which they depend on each other."""

    data: bytes
    order: list[tuple[int, Struct]]
    deletes: list[tuple[int, int, int]]
    #: Steps past other structs that integrating it takes at most, and one struct more.
    work: int
    work_of_one: int
    #: About how many structs' memory it takes for good.
    weight: float

    @property
    def clients(self) -> set[int]:
        """Whose new structs these are."""
        return {client for client, _ in self.order}

    def pieces(self, most: Callable[[], int]) -> Iterator[Piece]:
        """``most``: how many structs the next piece may have, asked for each. What is deleted comes last."""
        piece = _Growing(most())
        for client, struct in self.order:
            long = struct.kind == STRING and struct.end - struct.start > _MOST_BYTES
            parts = halved(self.data, struct, client, _MOST_BYTES) if long else [(struct, None)]
            for part, written in parts:
                body = self.data[part.start : part.end] if written is None else written
                if piece.is_full(len(body)):
                    yield piece.done()
                    piece = _Growing(most())
                piece.add(client, part, body)
        if piece.number:
            yield piece.done()
        for start in range(0, len(self.deletes), _MOST_DELETES):
            yield _deleting(self.deletes[start : start + _MOST_DELETES])


class _Growing:
    def __init__(self, most: int) -> None:
        self._most, self.number, self._bytes = most, 0, 0
        self._structs: dict[int, list[tuple[Struct, bytes]]] = {}

    def is_full(self, size: int) -> bool:
        return self.number > 0 and (self.number >= self._most or self._bytes + size > _MOST_BYTES)

    def add(self, client: int, struct: Struct, body: bytes) -> None:
        self._structs.setdefault(client, []).append((struct, body))
        self.number += 1
        self._bytes += len(body)

    def done(self) -> Piece:
        data = bytearray(write_varuint(len(self._structs)))
        read: dict[int, list[Struct]] = {}
        for client, mine in self._structs.items():
            data += write_varuint(len(mine)) + write_varuint(client) + write_varuint(mine[0][0].clock)
            structs = read[client] = []
            for struct, body in mine:
                structs.append(struct._replace(start=len(data), end=len(data) + len(body)))
                data += body
        return Piece(bytes(data + b"\x00"), Update(read, [], len(data)))


def _deleting(ranges: list[tuple[int, int, int]]) -> Piece:
    by_client: dict[int, list[tuple[int, int]]] = {}
    for client, clock, length in ranges:
        by_client.setdefault(client, []).append((clock, length))
    data = bytearray(b"\x00" + write_varuint(len(by_client)))
    for client, mine in by_client.items():
        data += write_varuint(client) + write_varuint(len(mine))
        for clock, length in mine:
            data += write_varuint(clock) + write_varuint(length)
    return Piece(bytes(data), Update({}, ranges, 1))


def plan(data: bytes, places: Places) -> Plan:
    """``places``: a copy of those of the document. Raises MalformedMessage, MissingStructs."""
    read = read_update(data)
    places.take(data, read=read)
    return Plan(data, places.order, read.deletes, places.work, places.work_of_one, places.weight)


def try_out(made: Plan, history: bytes, structs: int) -> None:
    """Integrates a plan into a copy, ``structs`` at a time. Raises MalformedMessage for work out of proportion."""
    copy: Doc[Any] = Doc()
    copy.apply_update(history)
    until = time.thread_time() + _MOST_S + _MOST_S_PER_STRUCT * len(made.order)
    for piece in made.pieces(lambda: structs):
        copy.apply_update(piece.data)
        if time.thread_time() > until:
            raise MalformedMessage("an update takes too much work")
