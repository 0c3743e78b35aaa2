"""Yjs updates (version 1) written struct by struct, right or wrong, and a process that tries them with a watchdog.

Run as a program with a range of seeds it prints one line per seed: the seed, how many updates were integrated, and the
seconds of processor time of the slowest.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterable
from typing import Any

from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.core.document import PendingUpdate, YDocument
from jupyterlab_cohost.core.ports import Kind
from jupyterlab_cohost.core.updates import read_state_vector
from jupyterlab_cohost.protocol.varint import MalformedMessage, write_bytes, write_varuint

GC, DELETED, JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, DOC, SKIP = range(11)
Id = tuple[int, int]


def text(value: str) -> bytes:
    return write_bytes(value.encode())


def struct(
    kind: int,
    content: bytes,
    *,
    origin: Id | None = None,
    right: Id | None = None,
    parent: str | Id = "source",
    key: str | None = None,
) -> bytes:
    """One struct; ``content`` as its kind has it."""
    if kind in (GC, SKIP):
        return bytes([kind]) + content
    info = kind | (0x80 if origin else 0) | (0x40 if right else 0) | (0x20 if key is not None else 0)
    out = bytes([info])
    for where in (origin, right):
        if where is not None:
            out += write_varuint(where[0]) + write_varuint(where[1])
    if origin is None and right is None:
        out += b"\x01" + text(parent) if isinstance(parent, str) else b"\x00" + b"".join(map(write_varuint, parent))
        if key is not None:
            out += text(key)
    return out + content


def update(client: int, clock: int, structs: Iterable[bytes], deletes: Iterable[tuple[int, int, int]] = ()) -> bytes:
    """An update of one client."""
    parts = list(structs)
    head = b"\x00"
    if parts:
        head = b"\x01" + write_varuint(len(parts)) + write_varuint(client) + write_varuint(clock) + b"".join(parts)
    ranges = list(deletes)
    tail = [b"".join((write_varuint(c), b"\x01", write_varuint(at), write_varuint(n))) for c, at, n in ranges]
    return head + write_varuint(len(tail)) + b"".join(tail)


def multi(clients: dict[int, tuple[int, list[bytes]]]) -> bytes:
    """An update of several clients: first clock and structs of each."""
    out = write_varuint(len(clients))
    for client, (clock, structs) in clients.items():
        out += write_varuint(len(structs)) + write_varuint(client) + write_varuint(clock) + b"".join(structs)
    return out + b"\x00"


def cell(name: str) -> Map[Any]:
    return Map(
        {
            **{"id": name, "cell_type": "code", "source": Text("x = 1 😀"), "metadata": Map({"tags": ["a"]})},
            **{"outputs": Array([Map({"output_type": "stream", "name": "stdout", "text": Text("hi")})])},
            "execution_count": 1,
        }
    )


def base(kind: Kind) -> Doc[Any]:
    """A document with a bit of everything, of client 1."""
    doc: Doc[Any] = Doc(client_id=1)
    with doc.transaction():
        if kind == "file":
            source = doc.get("source", type=Text)
            source += "hello 😀 world"
            del source[2:4]
        else:
            cells = doc.get("cells", type=Array)
            cells.extend([cell("a"), cell("b"), cell("c")])
            meta = doc.get("meta", type=Map)
            meta["metadata"] = Map({"kernelspec": {"name": "python3"}})
            meta["nbformat"], meta["nbformat_minor"] = 4, 5
            del cells[1]
        doc.get("state", type=Map)["path"] = "a"
    return doc


class Hostile:
    """Makes random updates: often nearly right, so that they come far."""

    KEYS = (None, None, "source", "metadata", "outputs", "id", "cell_type", "text", "k")
    SIZES = (0, 2**20, 2**31, 2**32 + 1, 2**53)
    CLIENTS = (1, 2, 3, 4, 2**32 + 5, 2**53 - 1)
    ROOTS = ("source", "cells", "meta", "state", "other", "")

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.clocks = {1: 60}
        #: What ``taken`` remembers: the document has it now.
        self._latest: tuple[int, int] = (1, 60)

    def taken(self) -> None:
        """The last update was integrated."""
        client, clock = self._latest
        self.clocks[client] = max(self.clocks.get(client, 0), clock)

    def _id(self) -> Id:
        client = self.random.choice(list(self.clocks))
        return client, self.random.randrange(self.clocks[client] + (3 if self.random.random() < 0.02 else 0) or 1)

    def _value(self, depth: int = 0) -> bytes:
        number = self.random.randrange(12)
        if number < 2 and depth < 6:
            count = self.random.randrange(4)
            keyed = number == 1
            body = b"".join((text(f"k{i}") if keyed else b"") + self._value(depth + 1) for i in range(count))
            return (b"\x76" if keyed else b"\x75") + write_varuint(count) + body
        simple = (b"\x7f", b"\x7e", b"\x78", b"\x7d\x05", b"\x77\x01a", b"\x7b" + self.random.randbytes(8))
        odd = (b"\x7c\x7f\xc0\x00\x00", b"\x7b\x7f\xf0" + b"\x00" * 6, b"\x7a" + b"\xff" * 8, b"\x74\x01a")
        return self.random.choice(simple * 3 + odd)

    def _content(self, kind: int) -> tuple[bytes, int]:
        size = self.random.choice((1, 2, 3, 5)) if self.random.random() < 0.9 else self.random.choice(self.SIZES)
        if kind in (GC, DELETED, SKIP):
            return write_varuint(size), size
        if kind == STRING:
            said = self.random.choice(("a", "abc", "😀", "a😀b", "", "é\n"))
            return text(said), len(said.encode("utf-16-le")) // 2
        if kind == TYPE:
            made = self.random.choice((0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 9, 15))
            return write_varuint(made) + (text("n") if made in (3, 5) else b""), 1
        if kind == ANY:
            count = self.random.choice((1, 1, 1, 2, 0))
            return write_varuint(count) + b"".join(self._value() for _ in range(count)), count
        if kind == JSON:
            return b"\x01" + text(self.random.choice(('"a"', "1", "{", "undefined"))), 1
        if kind == FORMAT:
            return text("bold") + text(self.random.choice(("true", "null", "{"))), 1
        if kind == DOC:
            return text("guid") + b"\x76\x00", 1
        return text('{"a":1}'), 1

    def _struct(self, mine: list[Id]) -> tuple[bytes, int]:
        kind = self.random.choice((STRING,) * 5 + (TYPE,) * 5 + (ANY,) * 5 + tuple(range(12)))
        content, length = self._content(kind)
        where = self.random.randrange(6)
        origin = self._near(mine) if where in (0, 1, 2) else None
        right = self._near(mine) if where in (2, 3) else None
        parent: str | Id = self.random.choice(self.ROOTS) if self.random.random() < 0.5 else self._near(mine)
        key = self.random.choice(self.KEYS)
        return struct(kind, content, origin=origin, right=right, parent=parent, key=key), length

    def _near(self, mine: list[Id]) -> Id:
        return self.random.choice(mine) if mine and self.random.random() < 0.5 else self._id()

    def update(self) -> bytes:
        client = self.random.choice(self.CLIENTS if self.random.random() < 0.98 else (2**53 + 1, 2**64 - 1))
        back = self.random.choice((1, 2, -1)) if self.random.random() < 0.1 else 0
        first = clock = max(0, self.clocks.get(client, 0) - back)
        mine: list[Id] = []
        structs = []
        for _ in range(self.random.choice((1, 1, 1, 2, 3, 8))):
            made, length = self._struct(mine)
            structs.append(made)
            mine.append((client, clock))
            clock += length
        self._latest = client, clock
        deletes = [(*self._id(), self.random.choice((1, 1, 1, 2, 2**31)))] if self.random.random() < 0.3 else []
        data = update(client, first, structs, deletes)
        if self.random.random() < 0.05:
            at = self.random.randrange(len(data))
            data = data[:at] + self.random.randbytes(1) + data[at + 1 :]
        return data


def attempt(seed: int, rounds: int = 40) -> tuple[int, float]:
    """Plays updates of one seed into a document; it and a late joiner's must stay readable and judged as sound."""
    kind: Kind = "notebook" if seed % 2 else "file"
    document = YDocument(kind, lambda _update: None)
    document.load(base(kind).get_update())
    hostile = Hostile(seed)
    hostile.clocks[1] = read_state_vector(document.state_vector())[1]
    taken, slowest = 0, 0.0
    for _ in range(rounds):
        started = time.process_time()
        try:
            document.apply(hostile.update())
            hostile.taken()
            taken += 1
        except (MalformedMessage, PendingUpdate):
            continue
        json.dumps(document.content_now(), allow_nan=False)
        late = YDocument(kind, lambda _update: None)
        late.apply(document.diff())
        json.dumps(late.content_now(), allow_nan=False)
        slowest = max(slowest, time.process_time() - started)
    return taken, slowest


def main() -> None:
    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        print(seed, *attempt(seed), flush=True)


if __name__ == "__main__":
    main()
