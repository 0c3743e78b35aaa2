"""Every character that counts, by the identity that Yjs gave it: who made it, where it stands, who took it out.

A copy (a cell that is moved or split) has a new identity, an undone deletion too, so nothing has to be excused because
several people worked in the same place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from jupyterlab_cohost.core.structs import ANY, STRING, TYPE, Id, Struct, read_update

#: Tokens are characters from here on; what plans type besides is plain.
FIRST, LAST = 0x4E00, 0x55FF
Range = tuple[int, int, int]


@dataclass
class History:
    """Fed with every update that any copy saw. ``tokens`` of an identity are more than one for a JSON value."""

    tokens: dict[Id, str] = field(default_factory=dict)
    parent: dict[Id, Id | str] = field(default_factory=dict)
    #: Values of maps: one key holds one of them, the last one.
    key: dict[Id, tuple[Id | str, str]] = field(default_factory=dict)
    #: What cells say their id is, by the identity of the cell.
    cell_ids: dict[Id, str] = field(default_factory=dict)
    _keys: dict[Id, str] = field(default_factory=dict)
    _seen: set[bytes] = field(default_factory=set)

    def feed(self, update: bytes) -> tuple[set[Id], list[Range]]:
        """What an update brings with tokens in it, and what it deletes."""
        read = read_update(update, limited=False)
        made: set[Id] = set()
        for client, structs in read.structs.items():
            for struct in structs:
                made |= self._take(update, client, struct)
        return made, read.deletes

    def feed_once(self, update: bytes) -> None:
        """The same from many copies is read once."""
        if update not in self._seen:
            self._seen.add(update)
            self.feed(update)

    def _take(self, update: bytes, client: int, struct: Struct) -> set[Id]:
        parent = struct.parent
        key = struct.key
        for neighbour in (struct.origin, struct.right):
            if parent is None and neighbour is not None:
                parent, key = self.parent.get(neighbour), self._keys.get(neighbour)
        if parent is not None:
            for clock in range(struct.clock, struct.clock + struct.length):
                self.parent[client, clock] = parent
                if key is not None:
                    self._keys[client, clock] = key
        if key == "id" and struct.kind == ANY and isinstance(parent, tuple):
            self.cell_ids[parent] = _short_string(update[struct.start : struct.end])
        made = set()
        for place, found in tokens_of(update, client, struct):
            made.add(place)
            self.tokens[place] = found
            if parent is not None and key is not None:
                self.key[place] = (parent, key)
        return made

    def within(self, place: Id) -> Iterator[Id]:
        """The place itself and the types around it."""
        at: Id | str | None = place
        while isinstance(at, tuple):
            yield at
            at = self.parent.get(at)


def tokens_of(update: bytes, client: int, struct: Struct) -> Iterator[tuple[Id, str]]:
    """``(identity, tokens)`` of what a struct holds."""
    data = update[struct.start : struct.end]
    if struct.kind == STRING:
        for offset, character in enumerate(_last_units(data, struct.length)):
            if is_token(character):
                yield (client, struct.clock + offset), character
    elif struct.kind in (ANY, TYPE):
        found = "".join(character for character in data.decode("utf-8", "ignore") if is_token(character))
        if found and struct.kind == ANY:
            yield (client, struct.clock), found


def _short_string(data: bytes) -> str:
    """The JSON string that a value ends with: a byte that says so, one for the length, and UTF-8."""
    for length in range(1, min(len(data) - 1, 127)):
        if data[-length - 2 : -length] == bytes([119, length]):
            return data[-length:].decode("utf-8", "replace")
    return ""


def is_token(character: str) -> bool:
    return FIRST <= ord(character) <= LAST


def _last_units(data: bytes, count: int) -> str:
    """The last ``count`` characters; plans type nothing that takes two units of UTF-16."""
    at = len(data)
    while count:
        at -= 1
        if data[at] & 0xC0 != 0x80:
            count -= 1
    return data[at:].decode("utf-8")


def visible(update: bytes) -> tuple[dict[Id, str], set[Id]]:
    """The tokens that stand in a document, from its whole update, and the types."""
    read = read_update(update, limited=False)
    gone = in_ranges(read.deletes)
    found: dict[Id, str] = {}
    types: set[Id] = set()
    for client, structs in read.structs.items():
        for struct in structs:
            found.update({place: token for place, token in tokens_of(update, client, struct) if place not in gone})
            if struct.kind == TYPE and (client, struct.clock) not in gone:
                types.add((client, struct.clock))
    return found, types


def in_ranges(ranges: list[Range]) -> set[Id]:
    """All identities in deleted ranges."""
    return {(client, clock + step) for client, clock, length in ranges for step in range(length)}
