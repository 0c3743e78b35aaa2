"""What was done, and what must be true in the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Literal

from jupyterlab_cohost.core.structs import Id

from .history import FIRST, History, in_ranges, is_token, visible

#: ``sure``: acknowledged; ``unsure``: its page went away before that; ``refused``: its maker had no right to it.
ANOTHER_PROGRAM = "another program"
_DEPTH_OF_SOURCE = 2
Fate = Literal["sure", "unsure", "refused"]


@dataclass
class Edit:
    """One transaction of a person. ``fate`` is ``unsure`` until it is acknowledged."""

    who: str
    made: set[Id]
    removed: set[Id]
    fate: Fate = "unsure"


@dataclass
class Book:
    """Tokens that another program took out of the file may go (``may_go``). Where people were told of a conflict, what
    stood twice then may (``may_double``), and what somebody had deleted may be there again (``may_return``).
    """

    history: History = field(default_factory=History)
    owner: dict[str, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    #: Typed by nobody here: in the file at the beginning, or another program's.
    in_file: set[str] = field(default_factory=set)
    may_go: set[str] = field(default_factory=set)
    may_double: set[str] = field(default_factory=set)
    may_return: set[str] = field(default_factory=set)
    #: Cells that another program moved or deleted: who types in one without having heard of it types in what is gone.
    taken_out: set[str] = field(default_factory=set)
    #: Cells whose outputs another program replaced: what is printed there at that moment goes with the old ones.
    outputs_replaced: set[str] = field(default_factory=set)
    #: Cells that somebody had deleted and that are there again since another program had changed them.
    brought_back: set[str] = field(default_factory=set)
    #: The cell that another program added a token to.
    added_to: dict[str, str] = field(default_factory=dict)
    #: What people were told, for whoever looks into a failure.
    told: list[str] = field(default_factory=list)

    def token(self, who: str, *, in_file: bool = False) -> str:
        """A character that nobody typed yet."""
        token = chr(FIRST + len(self.owner))
        self.owner[token] = who
        if in_file:
            self.in_file.add(token)
        return token

    def edited(self, who: str, update: bytes) -> Edit:
        """Somebody's transaction."""
        made, removed = self.history.feed(update)
        edit = Edit(who, made, in_ranges(removed))
        self.edits.append(edit)
        return edit

    def conflict(self, lines: list[str], all_lines: str) -> None:
        """People were told that both versions of these lines were kept."""
        near = {token for line in lines for token in line if is_token(token)}
        self.may_return |= near
        self.may_double |= {token for token in near if all_lines.count(token) > 1}

    def taken_back(self) -> None:
        """Somebody undid what another program wrote: cells that it brought, or brought back, go."""
        self.taken_out |= self.brought_back | {f"outside-{ord(token)}" for token in self.owner}
        self.may_go |= {token for token, who in self.owner.items() if who == ANOTHER_PROGRAM}

    def problems(self, document: bytes) -> list[str]:
        """``document``: the whole update of a copy."""
        self.history.feed(document)
        return Judgement(self, *visible(document)).problems()

    def story(self) -> list[str]:
        """Every edit, for whoever looks into a failure."""
        tokens = self.history.tokens
        people = {place for edit in self.edits for place in edit.made}
        servers = [(place, token) for place, token in tokens.items() if place not in people]
        return [
            f"the server: {servers}",
            *self.told,
            *(
                f"{edit.who}, {edit.fate}: "
                f"made {[(place, tokens[place]) for place in sorted(edit.made)]}, "
                f"took out {[(place, tokens[place]) for place in sorted(edit.removed) if place in tokens]}"
                for edit in self.edits
            ),
        ]


class Judgement:
    """The book against what stands in the document in the end: tokens (``there``) and ``types``."""

    def __init__(self, book: Book, there: dict[Id, str], types: set[Id]) -> None:
        self._book, self._there, self._types = book, there, types
        self._made: dict[Fate, set[Id]] = {fate: set() for fate in ("sure", "unsure", "refused")}
        self._removed: dict[str, set[Id]] = {fate: set() for fate in ("sure", "unsure", "refused")}
        for edit in book.edits:
            self._made[edit.fate] |= edit.made
            self._removed[edit.fate] |= edit.removed
        self._twins = self._cells_that_two_moved()
        self._places: dict[str, list[Id]] = defaultdict(list)
        for place, tokens in book.history.tokens.items():
            for token in tokens:
                self._places[token].append(place)

    def problems(self) -> list[str]:
        """Sentences."""
        return [
            f"{self._book.owner.get(token, 'nobody')}'s {token!r} {problem}"
            for token in sorted({*self._places, *self._book.owner})
            for problem in self._of(token)
        ]

    def _is_removed(self, place: Id, fate: str) -> bool:
        removed = self._removed[fate]
        return any(around in removed for around in self._book.history.within(place))

    def _went_with_its_cell(self, place: Id) -> bool:
        """The cell was taken out by the server: another program had done so, or it was one of two of the same id."""
        ids = self._book.history.cell_ids
        cells = [around for around in self._book.history.within(place) if around in ids and around not in self._types]
        return any(ids[cell] in self._book.taken_out or ids[cell] in self._twins for cell in cells)

    def _went(self, place: Id) -> bool:
        return self._went_with_its_cell(place) or self._went_with_an_output(place)

    def _went_with_an_output(self, place: Id) -> bool:
        """A token of a source is in a text that is in a cell; one of an output is farther in."""
        ids = self._book.history.cell_ids
        around = list(self._book.history.within(place))
        deep = [depth for depth, one in enumerate(around) if ids.get(one) in self._book.outputs_replaced]
        return bool(deep) and deep[0] > _DEPTH_OF_SOURCE

    def _was_added_to_what_somebody_took_out(self, token: str) -> bool:
        """Who deletes a cell, or merges it into another, while a program writes into it, does not see that."""
        cells = [cell for cell, name in self._book.history.cell_ids.items() if name == self._book.added_to.get(token)]
        taken = self._removed["sure"] | self._removed["unsure"]
        return bool(cells) and taken.issuperset(cells)

    def _somebody_took_out(self, places: list[Id]) -> bool:
        """And did not put it elsewhere, as who moves a cell does."""
        return any(
            edit.fate == "sure" and not edit.removed.isdisjoint(places) and edit.made.isdisjoint(places)
            for edit in self._book.edits
        )

    def _was_moved_with_its_cell(self, place: Id) -> bool:
        """Who made the copy may not have seen what a program, and others since, did to the cell.

        The server puts it there, under an identity of its own.
        """
        ids = self._book.history.cell_ids
        cells = [around for around in self._book.history.within(place) if around in ids]
        return any(list(ids.values()).count(ids[cell]) > 1 for cell in cells)

    def _cells_that_two_moved(self) -> set[str]:
        alive = Counter(
            cell_id for cell, cell_id in self._book.history.cell_ids.items() if cell not in self._removed["sure"]
        )
        return {cell_id for cell_id, count in alive.items() if count > 1}

    def _of(self, token: str) -> list[str]:
        places = self._places.get(token, [])
        here = [place for place in places if place in self._there]
        if any(place in self._made["refused"] for place in here):
            return ["was refused and is there"]
        if any(self._is_removed(place, "sure") for place in here):
            return ["was deleted and is there"]
        if any(place in self._book.history.key for place in places):
            return self._of_value(token, places, here)
        least, most = self._expected(token, places)
        if len(here) < least:
            return [f"is lost: {len(here)} of {least}"]
        if len(here) > most:
            return [f"is there {len(here)} times, not {most}"]
        return []

    def _expected(self, token: str, places: list[Id]) -> tuple[int, int]:
        """How often it may stand there. What the server makes anew takes the place of what it takes out."""
        book, by_people = self._book, self._made
        least = most = 1 if token in book.in_file else 0
        for place in places:
            gone = self._is_removed(place, "sure")
            perhaps_gone = self._is_removed(place, "unsure") or self._went(place)
            if place in by_people["sure"]:
                most += not gone
                least += not (gone or perhaps_gone)
            elif place in by_people["unsure"]:
                most += not gone
            elif place not in by_people["refused"]:
                # One of two that a conflict had kept: another conflict, of which people are told, too, keeps two again.
                most -= gone and token not in book.may_double
                least -= gone or perhaps_gone
        if token in book.may_go or (not places and self._was_added_to_what_somebody_took_out(token)):
            least = 0
        deleted = any(self._is_removed(place, fate) for place in places for fate in ("sure", "unsure"))
        told = token in book.may_double or (deleted and token in book.may_return)
        alive = any(place in by_people["sure"] and not self._is_removed(place, "sure") for place in places)
        moved = any(self._was_moved_with_its_cell(place) for place in places)
        copied = deleted and not alive and moved
        if moved and self._somebody_took_out(places):
            # Who moved the cell had not seen that: the copy may lose it again.
            least = 0
        back = told or any(self._went_with_its_cell(place) for place in places)
        most += int(copied) + int(back)
        return max(0, least), max(0, most)

    def _of_value(self, token: str, places: list[Id], here: list[Id]) -> list[str]:
        """One key of a map holds one value: the last. It is lost when no value is there that followed it."""
        history, book = self._book.history, self._book
        for place in places:
            if place not in self._made["sure"] or place in here or token in book.may_go:
                continue
            if any(self._is_removed(place, fate) for fate in ("sure", "unsure")) or self._went(place):
                continue
            rivals = {other for other, key in history.key.items() if key == history.key.get(place)}
            tokens = {history.tokens[other] for other in rivals}
            if not tokens & set(self._there.values()) and not tokens & book.may_go:
                return ["is lost, and no other value of its key is there"]
        return []
