"""Where every struct of a document stands, so that an update can be judged before it is integrated.

Yjs structs say their parent by name, by id, or not at all: then it is that of their neighbours. So per client the
ranges of clocks are kept with their place: a list, or one key of a map. What is typed in one go is one range.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from ..protocol.varint import MalformedMessage, write_varuint
from .layout import FREE, MAX_TYPE_DEPTH, TEXT, Rule, root
from .ports import Kind
from .structs import ANY, DELETED, DOC, GC, STRING, TYPE, Id, Struct, Update, read_update

#: The place of what is garbage, and of what is put beside it.
_NOWHERE = 0
#: Roots of one document; the layout has three, other extensions have a few.
MAX_ROOTS = 64
#: What a place and a root weigh besides their struct; how many values, and bytes, weigh as much as a struct.
_PLACE, _ROOT, _VALUES, _BYTES = 2.0, 1.0, 8, 1024


class MissingStructs(Exception):
    """The update builds on structs that are not there."""


class _Missing(Exception):
    def __init__(self, client: int, clock: int) -> None:
        self.client, self.clock = client, clock


class _Ranges:
    """One client: ``marks`` are twice the place, plus one for what was deleted when it came."""

    __slots__ = ("end", "halves", "halves_at", "last_right", "marks", "starts")

    def __init__(self) -> None:
        #: The right neighbour that the latest text claimed; what has the same is joined with it.
        self.last_right: Id | None = None
        self.starts: list[int] = []
        self.marks: list[int] = []
        self.end = 0
        self.halves_at: list[int] = []
        self.halves: list[bytes] = []

    def add(self, end: int, mark: int) -> None:
        if not self.marks or self.marks[-1] != mark:
            self.starts.append(self.end)
            self.marks.append(mark)
        self.end = end

    def mark(self, clock: int) -> int:
        return self.marks[bisect_right(self.starts, clock) - 1]

    def places(self, first: int, end: int) -> Iterator[int]:
        """Of all ranges that begin before ``end`` and end behind ``first``."""
        for index in range(bisect_right(self.starts, first) - 1, bisect_left(self.starts, end)):
            yield self.marks[index] >> 1

    def splits_pair(self, clock: int) -> bool:
        """Whether a cut before ``clock`` would go through a pair of UTF-16 units."""
        if not self.halves_at:
            return False
        index = bisect_right(self.halves_at, clock) - 1
        within = clock - self.halves_at[index]
        return index >= 0 and within < len(self.halves[index]) and self.halves[index][within] == 1

    def copy(self) -> _Ranges:
        other = _Ranges()
        other.end, other.last_right = self.end, self.last_right
        other.starts, other.marks = self.starts[:], self.marks[:]
        other.halves_at, other.halves = self.halves_at[:], self.halves[:]
        return other

    def size(self) -> tuple[int, int, int]:
        return len(self.starts), self.end, len(self.halves_at)

    def cut(self, size: tuple[int, int, int]) -> None:
        ranges, self.end, halves = size
        del self.starts[ranges:], self.marks[ranges:]
        del self.halves_at[halves:], self.halves[halves:]


def _joined(data: bytes, structs: dict[int, list[Struct]]) -> bytes:
    """The part of an update that holds structs."""
    out = bytearray(write_varuint(len(structs)))
    for client, mine in structs.items():
        out += write_varuint(len(mine)) + write_varuint(client) + write_varuint(mine[0].clock)
        for struct in mine:
            out += data[struct.start : struct.end]
    return bytes(out)


class Places:
    """``take`` judges an update and remembers it; ``take_back`` forgets the last one."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._ranges: dict[int, _Ranges] = {}
        self._types: dict[str | Id, int] = {}
        #: By number of a type: its rule and how deep it is.
        self._rules: list[tuple[Rule, int]] = []
        self._numbers: dict[tuple[int, str | None], int] = {}
        #: By place: the number of the type, and the key.
        self._places: list[tuple[int, str | None]] = [(-1, None)]
        #: By place: how many structs; and how many cuts deletions have made anywhere.
        self._counts: list[int] = [0]
        self._most = self._cuts = 0
        self._sizes: dict[int, tuple[int, int, int]] = {}
        self._made: list[str | Id] = []
        #: New with the latest update: entries; and how many rules and places there were before.
        self._named: list[tuple[int, str | None]] = []
        self._before = (0, 1)
        #: The latest update: its new structs in the order of integration, and their work.
        self._order: list[tuple[int, Struct, int]] = []
        self._deletes_at = 0
        self._ours = False
        #: Of the latest update: steps past other structs that its integration takes at most.
        self.work = 0
        #: Of the latest update: about how many structs' memory it takes for good (``Allowance``).
        self.weight = 0.0
        #: What the latest update changes, but for texts and roots that the layout does not know: numbers of types.
        self.shapes: set[int] = set()
        self._roots = 0

    def copy(self) -> Places:
        """To judge what is not to be remembered."""
        other = Places(self._kind)
        other._ranges = {client: ranges.copy() for client, ranges in self._ranges.items()}
        other._types, other._numbers = dict(self._types), dict(self._numbers)
        other._rules, other._places, other._counts = self._rules[:], self._places[:], self._counts[:]
        other._most, other._cuts, other._roots = self._most, self._cuts, self._roots
        return other

    def take(self, data: bytes, *, ours: bool = False, read: Update | None = None) -> None:
        """Raises MalformedMessage or MissingStructs; nothing is remembered then. ``read``: ``data`` as it was read.

        ``ours``: the server wrote it, or judged it before: a file may hold what a client may not send.
        """
        update = read or read_update(data, limited=not ours)
        self._ours = ours
        self._sizes.clear()
        self._made.clear()
        self._named.clear()
        self._before = (len(self._rules), len(self._places))
        self._order.clear()
        self._deletes_at = update.deletes_at
        self.work, self.weight, self.shapes = 0, float(len(update.deletes)), set()
        self._cuts += len(update.deletes)
        try:
            self._take_structs(update)
            for client, clock, length in update.deletes:
                self._check_deleted(client, clock, length)
        except Exception:
            self.take_back()
            raise

    @property
    def order(self) -> list[tuple[int, Struct]]:
        """The new structs of the latest update by client, in the order in which they depend on each other."""
        return [(client, struct) for client, struct, _ in self._order]

    @property
    def new_structs(self) -> int:
        """How many structs of the latest update are new."""
        return len(self._order)

    @property
    def new_clients(self) -> set[int]:
        """Whose they are."""
        return {client for client, _, _ in self._order}

    def types(self, data: bytes, wanted: Iterable[bytes]) -> bool:
        """Whether the latest update, ``data``, brings text that may have one of these byte strings."""
        strings = [data[struct.start : struct.end] for _, struct, _ in self._order if struct.kind == STRING]
        return any(one in string for one in wanted for string in strings)

    @property
    def work_of_one(self) -> int:
        """Steps that a struct more takes at most."""
        return 2 * (self._most + self._cuts + 1)

    def take_back(self) -> None:
        """As before the last ``take``."""
        for client, size in self._sizes.items():
            self._ranges[client].cut(size)
        for made in self._made:
            del self._types[made]
            self._roots -= isinstance(made, str)
        for named in self._named:
            del self._numbers[named]
        rules, places = self._before
        del self._rules[rules:], self._places[places:], self._counts[places:]
        self._sizes.clear()
        self._made.clear()
        self._named.clear()

    def pieces(self, data: bytes, most: int) -> Iterator[bytes]:
        """The latest update, ``data``, as several of at most ``most`` steps each; what it deletes comes last."""
        piece: dict[int, list[Struct]] = {}
        work = 0
        for client, struct, steps in self._order:
            if work and work + steps > most:
                yield _joined(data, piece) + b"\x00"
                piece, work = {}, 0
            piece.setdefault(client, []).append(struct)
            work += steps
        yield _joined(data, piece) + data[self._deletes_at :]

    def _take_structs(self, update: Update) -> None:
        """In the order in which they depend on each other, as yjs does."""
        left = {client: iter(structs) for client, structs in update.structs.items()}
        stuck: dict[int, tuple[Struct, int, int]] = {}
        waiting: dict[int, list[tuple[int, int]]] = {}
        ready = deque(left)
        while ready:
            client = ready.popleft()
            again = stuck.pop(client, None)
            try:
                if again is not None:
                    struct = again[0]
                    self._take_one(client, struct)
                for struct in left[client]:
                    self._take_one(client, struct)
            except _Missing as missing:
                stuck[client] = (struct, missing.client, missing.clock)
                heappush(waiting.setdefault(missing.client, []), (missing.clock, client))
            queue = waiting.get(client)
            while queue and queue[0][0] < self._of(client).end:
                ready.append(heappop(queue)[1])
        if stuck:
            raise MissingStructs

    def _of(self, client: int) -> _Ranges:
        ranges = self._ranges.get(client)
        if ranges is None:
            ranges = self._ranges[client] = _Ranges()
        if client not in self._sizes:
            self._sizes[client] = ranges.size()
        return ranges

    def _take_one(self, client: int, struct: Struct) -> None:
        ranges = self._of(client)
        clock, length, kind = struct.clock, struct.length, struct.kind
        if clock > ranges.end:
            raise _Missing(client, clock - 1)
        known = ranges.end - clock
        if known >= length:
            return
        mark = 2 * self._place(struct) + (kind == DELETED)
        if known and kind != GC:
            self._check_overlap(struct, known, ranges.marks[-1] >> 1 == mark >> 1)
        place = mark >> 1
        self._check_content(client, struct, place)
        ranges.add(clock + length, mark)
        if place:
            self._counts[place] += 1
            self._most = max(self._most, self._counts[place])
            self._note_shape(place)
        self.weight += self._weight(client, struct, ranges)
        ranges.last_right = struct.right
        work = 2 * (self._counts[place] + self._cuts) if place else 1
        self.work += work
        self._order.append((client, struct, work))
        if struct.halves:
            ranges.halves_at.append(clock)
            ranges.halves.append(struct.halves)

    def _weight(self, client: int, struct: Struct, ranges: _Ranges) -> float:
        """Text that goes on where the last one ended is joined with it."""
        weight = struct.values / _VALUES + (struct.end - struct.start) / _BYTES
        goes_on = struct.kind == STRING and struct.origin == (client, struct.clock - 1)
        return weight if goes_on and struct.right == ranges.last_right else weight + 1

    def _note_shape(self, place: int) -> None:
        number = self._places[place][0]
        rule = self._rules[number][0]
        if rule is not TEXT and rule is not FREE:
            self.shapes.add(number)

    @property
    def work_to_follow(self) -> float:
        """Steps that telling the places of what the latest update changes takes at most (observers sort by paths)."""
        number = len(self.shapes)
        return number * (1 + number.bit_length()) * self._most

    def _check_overlap(self, struct: Struct, known: int, same_place: bool) -> None:
        if struct.kind == TYPE or not same_place or struct.halves[known : known + 1] == b"\1":
            raise MalformedMessage("a struct overlaps another one")

    def _find(self, where: Id, *, before: int) -> int:
        """The place of an id. ``before``: the clock that a cut would be made at."""
        client, clock = where
        ranges = self._ranges.get(client)
        if ranges is None or clock >= ranges.end:
            raise _Missing(client, clock)
        if ranges.splits_pair(before):
            raise MalformedMessage("an update cuts a character in two")
        return ranges.mark(clock) >> 1

    def _place(self, struct: Struct) -> int:
        origin, right = struct.origin, struct.right
        left_place = right_place = _NOWHERE
        if origin is not None:
            left_place = self._find(origin, before=origin[1] + 1)
        if right is not None:
            right_place = self._find(right, before=right[1])
        if left_place and right_place and left_place != right_place:
            raise MalformedMessage("a struct between neighbours that are none")
        if origin is not None or right is not None:
            return left_place or right_place
        return _NOWHERE if struct.kind == GC or struct.parent is None else self._in(struct.parent, struct.key)

    def _in(self, parent: str | Id, key: str | None) -> int:
        number = self._types.get(parent)
        if number is None:
            if not isinstance(parent, str):
                return self._in_deleted(parent)
            self._add_root()
            number = self._types[parent] = len(self._rules)
            self._rules.append((root(self._kind, parent), 0))
            self._made.append(parent)
        keyed = self._rules[number][0].keyed
        if keyed is not None and keyed != (key is not None) and not self._ours:
            raise MalformedMessage("an entry without a key, or a key where there are none")
        place = self._numbers.get((number, key))
        if place is None:
            place = self._numbers[(number, key)] = len(self._places)
            self._places.append((number, key))
            self._named.append((number, key))
            self._counts.append(0)
            self.weight += _PLACE
        return place

    def _add_root(self) -> None:
        if self._roots >= MAX_ROOTS and not self._ours:
            raise MalformedMessage("a document has too many roots")
        self._roots += 1
        self.weight += _ROOT

    def _in_deleted(self, parent: Id) -> int:
        place = self._find(parent, before=parent[1])
        if place and not self._ranges[parent[0]].mark(parent[1]) & 1:
            raise MalformedMessage("a parent that is no shared type")
        return _NOWHERE

    def _check_content(self, client: int, struct: Struct, place: int) -> None:
        kind = struct.kind
        if kind == DOC:
            raise MalformedMessage("documents within documents are not known here")
        if place == _NOWHERE or kind == DELETED:
            return
        number, key = self._places[place]
        rule, depth = self._rules[number]
        fits = rule.takes(kind, key) and not (kind == ANY and rule.keyed and struct.length != 1)
        if not fits and not self._ours:
            raise MalformedMessage("content that cannot stand where it is put")
        if kind == TYPE:
            self._make(rule.made(struct.type, key), depth + 1, (client, struct.clock))

    def _make(self, rule: Rule | None, depth: int, where: Id) -> None:
        if (rule is None or depth > MAX_TYPE_DEPTH) and not self._ours:
            raise MalformedMessage("a shared type that cannot stand where it is put")
        self._types[where] = len(self._rules)
        self._rules.append((rule or FREE, depth))
        self._made.append(where)

    def _check_deleted(self, client: int, clock: int, length: int) -> None:
        ranges = self._ranges.get(client)
        if ranges is None or clock + length > ranges.end:
            raise MissingStructs
        if ranges.splits_pair(clock) or ranges.splits_pair(clock + length):
            raise MalformedMessage("an update cuts a character in two")
        for place in ranges.places(clock, clock + length):
            if place:
                self._note_shape(place)
