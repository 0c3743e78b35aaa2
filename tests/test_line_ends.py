"""Line ends and byte order marks: two people type, programs write, servers end; the file keeps what nobody touched."""

from __future__ import annotations

import asyncio
import copy
import re
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from jupyterlab_cohost.core.document import content_of
from jupyterlab_cohost.core.forks import joined
from jupyterlab_cohost.core.kept import kept
from jupyterlab_cohost.core.line_ends import BOM, plain_text
from jupyterlab_cohost.core.room import Room
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.core.shown import shown
from jupyterlab_cohost.storage.merge import merge

from .support.fakes import FakeClient
from .test_rooms import LIMITS, World, code_cell, notebook, until, world  # noqa: F401

ENDS = st.sampled_from(["\r\n", "\r", "\n"])
TEXT = st.text(alphabet="ab \n\r\u2028\x0b\x85ö😀" + BOM, max_size=60)
PLAIN = TEXT.map(plain_text).map(lambda text: text.lstrip(BOM))
PLAN = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@given(TEXT)
def test_save_40_a_text_that_nobody_edits_is_the_same_bytes(file: str) -> None:
    """SAVE-40."""
    assert kept(file, shown(file), shown(file)) == file


@given(TEXT, PLAIN)
def test_save_40_what_is_saved_reads_as_what_was_typed(file: str, text: str) -> None:
    """SAVE-40: with whatever ends the file has."""
    assert shown(kept(file, shown(file), text)) == text


@settings(max_examples=1000)
@given(st.text(st.sampled_from("ab\r\n\u2028 "), max_size=14), st.text(st.sampled_from("ab\n\u2028 "), max_size=14))
def test_save_40_no_line_end_is_lost_in_mixed_files(file: str, text: str) -> None:
    """SAVE-40: a lone ``\\r`` before an empty line that ends with ``\\n`` would be one line end with it."""
    assert shown(kept(file, shown(file), text)) == text


def test_save_40_in_a_mixed_file_each_line_keeps_its_own_end() -> None:
    """SAVE-40: and a new one ends as the line in which it was begun."""
    file = "one\r\ntwo\nthree\rfour\r\nfive"
    for text, wanted in {
        "one\ntwo!\nthree\nfour\nfive": "one\r\ntwo!\nthree\rfour\r\nfive",
        "one\nthree\nfour\nfive": "one\r\nthree\rfour\r\nfive",
        "one\ntwothree\nfour\nfive": "one\r\ntwothree\rfour\r\nfive",
        "one\ntw\no\nthree\nfour\nfive": "one\r\ntw\no\nthree\rfour\r\nfive",
        "one\ntwo\nth\nree\nfour\nfive": "one\r\ntwo\nth\rree\rfour\r\nfive",
        "one\ntwo\nthree\nfour\nfive\nsix\n": "one\r\ntwo\nthree\rfour\r\nfive\r\nsix\r\n",
        "": "",
    }.items():
        assert kept(file, shown(file), text) == wanted


class Line:
    """A row of the model: its text, and how it ends; ``None`` for a line that somebody typed."""

    def __init__(self, text: str, end: str | None) -> None:
        self.text, self.end = text, end


class Typing:
    """A text file with two people in it, and what it should hold."""

    def __init__(self, ends: list[str], mark: str) -> None:
        self.mark, self.lines = mark, [Line(f"left{number} right{number}", end) for number, end in enumerate(ends)]
        self.words, self.kinds = 0, set(ends)
        self.world = World(a_txt=self.file())

    def file(self) -> str:
        return self.mark + "".join(line.text + (line.end or "") for line in self.lines)

    async def join(self) -> None:
        self.clients = [FakeClient(name="Ann"), FakeClient(name="Bob")]
        self.room: Room = await self.world.join("a.txt", *self.clients)
        await until(lambda: all(str(client.text) == self.said() for client in self.clients))

    def said(self) -> str:
        return "".join(line.text + "\n" for line in self.lines)

    def has_all(self, who: int) -> bool:
        return str(self.clients[who].text) == self.said()

    def edit(self, who: int, row: int, how: str) -> None:
        client = self.clients[who]
        line = self.lines[row]
        at = sum(len(before.text.encode()) + 1 for before in self.lines[:row])
        self.words += 1
        if how == "word":
            frame, line.text = client.insert(f"w{self.words} ", at), f"w{self.words} {line.text}"
        elif how == "enter":
            middle = line.text.find(" ") + 1
            head, tail = line.text[:middle], line.text[middle:]
            frame = client.insert("\n", at + len(head))
            self.lines[row : row + 1] = [Line(head, None), Line(tail, line.end)]
        elif how == "paste":
            frame = client.insert(f"p{self.words}\rq{self.words}\r\n", at)
            self.lines[row:row] = [Line(f"p{self.words}", None), Line(f"q{self.words}", None)]
        else:
            size = len(line.text.encode()) + 1
            frame = client.edit(lambda: client.text.__delitem__(slice(at, at + size)))
            del self.lines[row]
        self.room.handle(client, frame)

    def write_outside(self, how: str) -> None:
        """Another program, which reads the file and writes it."""
        old = self.world.store.files["a.txt"]
        assert isinstance(old, str)
        if how in ("unix2dos", "dos2unix"):
            end = "\r\n" if how == "unix2dos" else "\n"
            self.world.store.write("a.txt", re.sub(r"\r\n?|\n", end, old))
            for line in self.lines:
                line.end = end
            self.kinds = {end}
        elif how == "mark":
            self.mark = "" if self.mark else BOM
            self.world.store.write("a.txt", self.mark + old.removeprefix(BOM))
        else:
            self.words += 1
            # As the last line; there may be none, but a mark.
            end = (re.findall(r"\r\n?|\n", old) or ["\n"])[-1]
            self.lines.append(Line(f"o{self.words}", end))
            self.world.store.write("a.txt", f"{old}o{self.words}{end}")

    async def settle(self) -> None:
        await self.room.save()
        await until(lambda: all(str(client.text) == self.said() for client in self.clients))
        self.check()

    def check(self) -> None:
        """Ends of old lines are what they were; those of new ones are of a kind that is there."""
        file = self.world.store.files["a.txt"]
        assert isinstance(file, str)
        assert file.startswith(BOM) == bool(self.mark)
        parts = re.split(r"(\r\n?|\n)", file.removeprefix(BOM))
        texts, ends = parts[:-1:2], parts[1::2]
        assert [line.text for line in self.lines] == texts
        for line, end in zip(self.lines, ends, strict=True):
            assert end == line.end if line.end is not None else end in self.kinds or not self.kinds
            line.end = end
        self.kinds = set(ends)

    def is_safe(self) -> bool:
        """Whether the journal has everything."""
        return content_of("file", joined("file", self.world.journal.stored[self.room.id].updates)) == self.said()

    async def restart(self, *, killed: bool) -> None:
        await until(self.is_safe)
        journal, store = copy.copy(self.world.journal), copy.copy(self.world.store)
        journal.stored, store.files = copy.deepcopy(journal.stored), dict(store.files)
        await self.world.rooms.shutdown()
        if killed:
            # What the journal and the file had then.
            self.world.journal, self.world.store = journal, store
        self.world.rooms = Rooms(self.world.journal, self.world.store, merge, LIMITS)
        await self.join()


HOW = ["word", "enter", "paste", "cut"]
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("edit"), st.integers(0, 1), st.integers(0, 9), st.sampled_from(["word", "enter", "paste", "cut"])
        ),
        st.tuples(st.just("outside"), st.sampled_from(["unix2dos", "dos2unix", "mark", "row"])),
        st.tuples(st.just("restart"), st.booleans()),
        st.tuples(st.just("settle")),
    ),
    max_size=12,
)


@given(st.lists(ENDS, min_size=2, max_size=8), st.sampled_from(["", BOM]), STEPS)
@PLAN
def test_save_40_two_people_type_programs_write_servers_end(ends: list[str], mark: str, steps: list[Any]) -> None:
    """SAVE-40: the file keeps its line ends and its mark byte for byte outside of what was typed."""
    asyncio.run(_play(Typing(ends, mark), steps))


async def _play(typing: Typing, steps: list[Any]) -> None:
    await typing.join()
    for step in steps:
        if step[0] == "edit" and typing.lines:
            _, who, row, how = step
            await until(partial(typing.has_all, who))
            typing.edit(who, row % len(typing.lines), how)
        elif step[0] == "outside":
            await typing.settle()
            typing.write_outside(step[1])
            await until(lambda: typing.room.file.saved.content == typing.world.store.files["a.txt"])
        elif step[0] == "restart":
            await asyncio.sleep(0)
            await typing.restart(killed=step[1])
        else:
            await typing.settle()
    await typing.settle()
    await typing.world.rooms.shutdown()


async def test_save_40_what_a_client_types_with_other_ends_is_the_same_for_all(world: World) -> None:  # noqa: F811
    """SAVE-40: its own copy, too; pages never see a line end that their editors count otherwise."""
    ann, bob = FakeClient(), FakeClient(name="Bob")
    room = await world.join("a.txt", ann, bob)
    seen: list[str] = []
    text = bob.text

    def hear(event: Any) -> None:
        seen.extend(str(one.get("insert", "")) for one in event.delta)

    subscription = text.observe(hear)
    for typed in ("one\r\ntwo\r", "\r", "\n", BOM, "three\r"):
        room.handle(ann, ann.insert(typed))
        await until(lambda: str(ann.text) == str(bob.text) == str(room.document.content_now()))
    text.unobserve(subscription)
    assert str(bob.text) == "three\n\none\ntwo\nhello"
    assert not any("\r" in text or BOM in text for text in seen)


async def test_save_40_a_large_paste_with_other_ends_is_the_same_for_all(world: World) -> None:  # noqa: F811
    """SAVE-40: integrated in pieces."""
    ann, bob = FakeClient(), FakeClient(name="Bob")
    room = await world.join("a.txt", ann, bob)
    room.handle(ann, ann.insert("one\r\ntwo\r" * 10_000))
    await until(lambda: len(bob.text) == len("one\ntwo\n") * 10_000 + 5 and str(bob.text) == str(ann.text))
    assert str(bob.text) == "one\ntwo\n" * 10_000 + "hello"


async def test_save_40_a_journal_with_other_ends_is_mended(world: World) -> None:  # noqa: F811
    """SAVE-40: of an older version, which had the file's line ends in the document."""
    file = "one\r\ntwo\r\n"
    world.store.files["a.txt"] = file
    room = await world.join("a.txt", FakeClient())
    await world.rooms.shutdown()
    document = Doc[Any]()
    document.get("source", type=Text).insert(0, file + "three\r\n")
    await world.journal.start(room.id, document.get_update(), world.journal.stored[room.id].saved)  # type: ignore[arg-type]
    world.rooms = Rooms(world.journal, world.store, merge, LIMITS)
    late = FakeClient()
    again = await world.join("a.txt", late)
    await again.save()
    assert (str(late.text), world.store.files["a.txt"]) == ("one\ntwo\nthree\n", file + "three\r\n")


async def test_save_40_the_sources_of_a_notebook_keep_their_ends(world: World) -> None:  # noqa: F811
    """SAVE-40: also those of cells beside the one that is edited; progress bars in outputs are no line ends."""
    bar = {"output_type": "stream", "name": "stdout", "text": "1%\r2%\r\n"}
    file = notebook(
        code_cell("c1", "one\r\ntwo\r\n", [bar]), code_cell("c2", "three\rfour"), code_cell("c3", "five\nsix")
    )
    world.store.files["n.ipynb"] = copy.deepcopy(file)
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    assert [str(cell["source"]) for cell in ann.cells] == ["one\ntwo\n", "three\nfour", "five\nsix"]
    room.handle(ann, ann.edit(lambda: ann.cells[0]["source"].insert(4, "typed\r\n")))
    room.handle(ann, ann.edit(lambda: ann.cells[2]["source"].insert(0, "0 ")))
    await room.save()
    file["cells"][0]["source"], file["cells"][2]["source"] = "one\r\ntyped\r\ntwo\r\n", "0 five\nsix"
    assert world.store.files["n.ipynb"] == file
    assert str(ann.cells[0]["source"]) == "one\ntyped\ntwo\n"


@pytest.mark.parametrize("undo", [False, True])
async def test_save_40_what_was_deleted_and_undone_is_the_same_bytes(world: World, undo: bool) -> None:  # noqa: F811
    """SAVE-40: between two saves, as between none."""
    file = "one\r\ntwo\r\nthree\r\n"
    world.store.files["a.txt"] = file
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    room.handle(ann, ann.edit(lambda: ann.text.__delitem__(slice(4, 8))))
    if undo:
        await room.save()
        assert world.store.files["a.txt"] == "one\r\nthree\r\n"
    room.handle(ann, ann.insert("two\n", 4))
    await room.save()
    assert world.store.files["a.txt"] == file
