"""The judge of the plans finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text

from .book import ANOTHER_PROGRAM, Book, Edit
from .cells import copy_of, new_cell


class Copy:
    """A person's document, written down in a book as ``person`` does."""

    def __init__(self, book: Book, name: str, *others: Copy) -> None:
        self.book, self.name, self.doc = book, name, Doc[Any]()
        self.edits: list[Edit] = []
        self._remote = False
        self._subscription = self.doc.observe(self._updated)
        for other in others:
            self.take(other)

    @property
    def text(self) -> Text:
        text: Text = self.doc.get("source", type=Text)
        return text

    @property
    def cells(self) -> Array[Any]:
        cells: Array[Any] = self.doc.get("cells", type=Array)
        return cells

    def _updated(self, event: Any) -> None:
        if self._remote:
            self.book.history.feed_once(event.update)
        else:
            self.edits.append(self.book.edited(self.name, event.update))
            self.edits[-1].fate = "sure"

    def take(self, other: Copy) -> None:
        self._remote = True
        self.doc.apply_update(other.doc.get_update(self.doc.get_state()))
        self._remote = False

    def type(self, at: int = 0) -> str:
        token = self.book.token(self.name)
        self.text.insert(at, token)
        return token

    @property
    def problems(self) -> list[str]:
        return self.book.problems(self.doc.get_update())


@pytest.fixture
def book() -> Book:
    return Book()


def test_what_two_typed_and_one_deleted_is_right(book: Book) -> None:
    ann = Copy(book, "ann")
    ann.type()
    bob = Copy(book, "bob", ann)
    bob.type(3)
    ann.take(bob)
    del ann.text[0:3]
    bob.take(ann)
    assert ann.problems == bob.problems == []


def test_an_edit_that_never_arrived_is_lost(book: Book) -> None:
    ann = Copy(book, "ann")
    token = ann.type()
    server = Copy(book, "server")
    assert server.problems == [f"ann's {token!r} is lost: 0 of 1"]
    ann.edits[0].fate = "unsure"
    assert server.problems == []


def test_a_deletion_that_never_arrived_is_found(book: Book) -> None:
    ann = Copy(book, "ann")
    token = ann.type()
    bob = Copy(book, "bob", ann)
    del bob.text[0:3]
    assert ann.problems == [f"ann's {token!r} was deleted and is there"]


def test_a_deletion_that_a_merge_undid_is_found(book: Book) -> None:
    """The server puts the character there anew, with an identity of its own."""
    ann = Copy(book, "ann")
    token = ann.type()
    server = Copy(Book(), "server", ann)
    del server.text[0:3]
    server.text.insert(0, token)
    del ann.text[0:3]
    ann.take(server)
    assert ann.problems == [f"ann's {token!r} is there 1 times, not 0"]


def test_a_doubled_line_is_found(book: Book) -> None:
    ann = Copy(book, "ann")
    token = ann.type()
    server = Copy(Book(), "server", ann)
    server.text.insert(0, token)
    ann.take(server)
    assert ann.problems == [f"ann's {token!r} is there 2 times, not 1"]


def test_what_was_refused_is_not_there(book: Book) -> None:
    ann = Copy(book, "ann")
    token = ann.type()
    ann.edits[0].fate = "refused"
    assert ann.problems == [f"ann's {token!r} was refused and is there"]


def test_a_cell_goes_with_its_deletion_and_only_what_stood_in_it(book: Book) -> None:
    ann = Copy(book, "ann")
    ann.cells.append(new_cell("code", book.token("ann")))
    ann.cells.append(new_cell("code", book.token("ann")))
    bob = Copy(book, "bob", ann)
    for cell in bob.cells:
        text: Text = cell["source"]
        text += book.token("bob")
    del ann.cells[0]
    ann.take(bob)
    assert ann.problems == []
    server = Copy(Book(), "server", ann)
    del server.cells[0]
    ann.take(server)
    assert len(ann.problems) == 2


def test_two_who_move_one_cell_make_two_of_it_and_that_is_all(book: Book) -> None:
    """So it is in JupyterLab, which copies; the book follows each copy."""
    ann = Copy(book, "ann")
    ann.cells.append(new_cell("code", book.token("ann")))
    bob = Copy(book, "bob", ann)
    for one in (ann, bob):
        with one.doc.transaction():
            copy = copy_of(one.cells[0])
            del one.cells[0]
            one.cells.append(copy)
    ann.take(bob)
    assert len(ann.cells) == 2
    assert ann.problems == []


def test_the_server_may_bring_to_a_copy_what_its_maker_had_not_seen_of_a_program(book: Book) -> None:
    ann = Copy(book, "ann")
    ann.cells.append(new_cell("code", book.token("ann")))
    bob = Copy(book, "bob", ann)
    program, person = book.token(ANOTHER_PROGRAM, in_file=True), book.token("nobody")
    server = Copy(Book(), "server", ann)
    server.cells[0]["source"].insert(0, program)
    with bob.doc.transaction():
        copy = copy_of(bob.cells[0])
        del bob.cells[0]
        bob.cells.append(copy)
    bob.take(server)
    server.take(bob)
    for token, problems in ((program, 0), (person, 1), (program, 2)):
        server.cells[0]["source"].insert(0, token)
        bob.take(server)
        assert len(bob.problems) == problems


def test_what_a_program_adds_to_a_cell_may_go_with_it_when_nobody_saw_it(book: Book) -> None:
    """Plan 184: somebody deleted the cell in that very moment."""
    ann = Copy(book, "ann")
    ann.cells.append(new_cell("code", book.token("ann"), cell_id="c1"))
    token = book.token(ANOTHER_PROGRAM, in_file=True)
    book.added_to[token] = "c1"
    assert ann.problems == [f"another program's {token!r} is lost: 0 of 1"]
    del ann.cells[0]
    assert ann.problems == []


def test_what_stood_twice_by_a_conflict_may_do_so_again_when_one_was_deleted(book: Book) -> None:
    """Plan 1654: somebody deleted one, and taking the program's change back kept both again, as was told."""
    ann = Copy(book, "ann")
    token = book.token("the file", in_file=True)
    server = Copy(Book(), "server", ann)
    for _ in range(2):
        server.text.insert(0, token)
    ann.take(server)
    assert ann.problems == [f"the file's {token!r} is there 2 times, not 1"]
    book.conflict([token], str(ann.text))
    assert ann.problems == []
    del ann.text[: len(token.encode())]
    server.take(ann)
    server.text.insert(0, token)
    ann.take(server)
    assert ann.problems == []


def test_one_key_holds_the_last_value_of_those_that_were_set(book: Book) -> None:
    ann = Copy(book, "ann")
    meta = ann.doc.get("meta", type=Map)
    meta["metadata"] = Map({"key": book.token("ann")})
    bob = Copy(book, "bob", ann)
    bob.doc.get("meta", type=Map)["metadata"]["key"] = book.token("bob")
    meta["metadata"]["key"] = book.token("ann")
    ann.take(bob)
    assert ann.problems == []
    server = Copy(Book(), "server", ann)
    server.doc.get("meta", type=Map)["metadata"] = Map({})
    ann.take(server)
    assert len(ann.problems) == 2
