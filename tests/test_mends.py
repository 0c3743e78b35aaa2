"""ROOM-39, ROOM-40: whatever a client writes into a notebook, every page can show it and the file is valid."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.core import mends
from jupyterlab_cohost.core.changed_parts import ChangedParts
from jupyterlab_cohost.core.document import YDocument, content_of
from jupyterlab_cohost.core.forks import is_unsound
from jupyterlab_cohost.core.large_updates import AT_ONCE_BYTES
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.protocol.varint import MalformedMessage
from jupyterlab_cohost.storage.merge import merge

from .support.fakes import FakeClient
from .support.hostile import ANY, DELETED, base, struct, update
from .test_rooms import ACK, LIMITS, World, code_cell, notebook, until

Change = Callable[[Any], object]
STREAM = {"output_type": "stream", "name": "stdout", "text": "hi"}


class Party:
    """A room's document, a hostile editor's copy, and that of a bystander who hears what the room says."""

    def __init__(self, start: Doc[Any] | None = None) -> None:
        self.said: list[bytes] = []
        self.document = YDocument("notebook", self.said.append, yields=True)
        self.document.load((start or base("notebook")).get_update())
        self.document.mend_everything()
        self.editor, self.bystander = Doc[Any](), Doc[Any]()
        for doc in (self.editor, self.bystander):
            doc.apply_update(self.document.diff())
        self.said.clear()

    @property
    def cells(self) -> Array[Any]:
        """The editor's."""
        return self.editor.get("cells", type=Array)

    @property
    def meta(self) -> Map[Any]:
        """The editor's."""
        return self.editor.get("meta", type=Map)

    def edit(self, change: Change) -> None:
        """What the editor does reaches the room; what the room says then reaches both. Raises MalformedMessage."""
        before = self.editor.get_state()
        with self.editor.transaction():
            change(self)
        self.send(self.editor.get_update(before))

    def send(self, sent: bytes) -> None:
        """Any update. Raises MalformedMessage."""
        self.document.apply(sent)
        self.document.mend()
        said, self.said[:] = list(self.said), []
        for one in said:
            self.editor.apply_update(one)
            self.bystander.apply_update(one)

    def raw(self, doc: Doc[Any] | None = None) -> list[Any]:
        """Every cell as it stands."""
        return [cell.to_py() for cell in (doc or self.bystander).get("cells", type=Array)]


def check(party: Party) -> None:
    """What holds whatever happened."""
    history = party.document.diff()
    late = Doc[Any]()
    late.apply_update(history)
    told = [json.dumps(party.raw(doc), allow_nan=False) for doc in (late, party.editor, party.bystander)]
    # A copy keeps its own numbers as it made them.
    one, other, third = (json.loads(cells, parse_int=float) for cells in told)
    assert one == other == third, "all copies are alike"
    assert_showable(late)
    content: Any = content_of("notebook", history)
    nbformat.validate(nbformat.from_dict(json.loads(json.dumps(content, allow_nan=False))))
    assert not is_unsound("notebook", history), "once mended it stays"


def assert_showable(doc: Doc[Any]) -> None:
    """As @jupyter/ydoc and JupyterLab's models read it."""
    for cell in doc.get("cells", type=Array):
        assert isinstance(cell, Map)
        assert type(cell.get("id")) is str and cell.get("cell_type") in ("code", "markdown", "raw")
        assert isinstance(cell.get("source"), Text) and isinstance(cell.get("metadata"), Map)
        assert not any(isinstance(value, (Map, Array, Text)) for _, value in cell["metadata"].items())
        attachments = cell.get("attachments", {})
        if cell["cell_type"] != "code":
            assert isinstance(attachments, dict) and all(isinstance(one, dict) for one in attachments.values())
            continue
        assert isinstance(cell.get("outputs"), Array)
        for output in cell["outputs"]:
            assert output.get("output_type") in ("stream", "display_data", "execute_result", "error")
    meta = doc.get("meta", type=Map)
    assert meta.get("nbformat") == 4 and isinstance(meta.get("metadata"), Map)


def cell(**changed: Any) -> Map[Any]:
    """A code cell with other parts; what is ``...`` is left out."""
    parts = {
        **{"cell_type": "code", "id": "new", "source": Text("2"), "metadata": Map({}), "outputs": Array([])},
        **{"execution_count": None, **changed},
    }
    return Map({key: value for key, value in parts.items() if value is not ...})


def printed() -> Map[Any]:
    """As pages write it."""
    return Map({**STREAM, "text": Text("hi")})


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


OUTPUTS: dict[str, Any] = {
    "none": None,
    "a string": "x",
    "a number": 5,
    "a list": [1],
    "nothing": {},
    "no known type": {"output_type": "update_display_data", "data": {"text/html": "x"}, "metadata": {}},
    "a type that is a number": {"output_type": 5},
    "an error without lines": {"output_type": "error", "ename": "E", "evalue": "v"},
    "an error of one text": {"output_type": "error", "ename": "E", "evalue": "v", "traceback": "x"},
    "an error of numbers": {"output_type": "error", "ename": 1, "evalue": None, "traceback": [5, "x", None]},
    "a stream without text": {"output_type": "stream", "name": "stdout"},
    "a stream of a number": {"output_type": "stream", "name": 3, "text": 5},
    "a stream of lines": {"output_type": "stream", "name": "stdout", "text": ["a", 5, None, "b"]},
    "no data": {"output_type": "display_data", "data": None, "metadata": {}},
    "data that is text": {"output_type": "display_data", "data": "abc", "metadata": {}},
    "no metadata": {"output_type": "display_data", "data": {"text/plain": "x"}},
    "text that is none": {"output_type": "display_data", "data": {"text/plain": {"a": 1}, "text/html": None}},
    "an image that is none": {"output_type": "display_data", "data": {"image/png": {"a": 1}}, "metadata": {}},
    "a type like JSON": {"output_type": "display_data", "data": {"application/\n+json": [1]}, "metadata": {}},
    "a number beyond": {"output_type": "display_data", "data": {"application/json": 2**60}, "metadata": {}},
    "not a number": {"output_type": "display_data", "data": {"application/json": [float("nan")]}, "metadata": {}},
    "deep": {"output_type": "display_data", "data": {"application/json": deep(390)}, "metadata": {}},
    "a count that is text": {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": "x"},
    "keys of its own": {"output_type": "stream", "name": "x", "text": "y", "evil": 1},
}
CELLS: dict[str, Callable[[], Any]] = {
    "nothing": lambda: Map({}),
    "no type": lambda: cell(cell_type=...),
    "another type": lambda: cell(cell_type="evil"),
    "a type that is a number": lambda: cell(cell_type=5),
    "a type that is shared": lambda: cell(cell_type=Text("code")),
    "no id": lambda: cell(id=...),
    "an id that is a number": lambda: cell(id=5),
    "an id that is too long": lambda: cell(id="x" * 65),
    "an id of markup": lambda: cell(id='"><img src=x onerror=alert(1)>'),
    "an id that is there": lambda: cell(id="a"),
    "no source": lambda: cell(source=...),
    "no outputs": lambda: cell(outputs=...),
    "no metadata": lambda: cell(metadata=...),
    "metadata in metadata": lambda: cell(metadata=Map({"x": Map({"y": Array([Text("z")])}), "tags": Text("a")})),
    "a count that is text": lambda: cell(execution_count="x"),
    "a count that is half": lambda: cell(execution_count=1.5),
    "attachments that are none": lambda: cell(cell_type="markdown", outputs=..., attachments=5),
    "attachments that are shared": lambda: cell(
        cell_type="raw", outputs=..., attachments=Map({"a.png": Map({"image/png": "x"})})
    ),
    "attachments of odd kinds": lambda: cell(
        cell_type="markdown", attachments={"a": {"image/png": "x", "text/html": 5}, "b": 3}
    ),
    "a state that is none": lambda: cell(execution_state={"a": 1}),
    "keys of its own": lambda: cell(evil=[1]),
}
CELL_METADATA = {
    **{"jupyter": 5, "tags": 5, "collapsed": "x", "scrolled": "y", "name": "", "execution": {"a": 1}},
    **{"slideshow": 5, "editable": "no", "number": float("inf"), "deep": deep(390)},
}
METADATA = {
    **{"kernelspec": 5, "language_info": None, "orig_nbformat": 0, "title": 5, "authors": "x", "toc": 5},
    **{"widgets": "x", "deep": deep(390)},
}


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("as_map", [True, False])
def test_room_39_an_output_that_no_page_can_show_is_mended_or_goes(name: str, as_map: bool) -> None:
    party, value = Party(), copy.deepcopy(OUTPUTS[name])
    before = party.raw()
    party.edit(lambda party: party.cells[0]["outputs"].append(Map(value) if as_map and type(value) is dict else value))
    check(party)
    after = party.raw()
    assert after[1] == before[1] and {**after[0], "outputs": None} == {**before[0], "outputs": None}
    assert after[0]["outputs"][0] == before[0]["outputs"][0]


@pytest.mark.parametrize("name", CELLS)
def test_room_39_a_cell_that_no_page_can_show_is_mended(name: str) -> None:
    party = Party()
    before = party.raw()
    party.edit(lambda party: party.cells.insert(1, CELLS[name]()))
    check(party)
    after = party.raw()
    assert [after[0], after[2]] == before and len(after) == 3, "nothing else changes, and no cell is lost"


@pytest.mark.parametrize("key", CELL_METADATA)
def test_room_39_a_cell_s_metadata_of_another_kind(key: str) -> None:
    party = Party()
    party.edit(lambda party: party.cells[0]["metadata"].__setitem__(key, CELL_METADATA[key]))
    check(party)


@pytest.mark.parametrize("key", METADATA)
def test_room_39_a_notebook_s_metadata_of_another_kind(key: str) -> None:
    party = Party()
    party.edit(lambda party: party.meta["metadata"].__setitem__(key, METADATA[key]))
    check(party)


FORMATS: list[tuple[str, Any]] = [
    *(("nbformat", value) for value in (3, "x", True, ...)),
    *(("nbformat_minor", value) for value in (1e9, None, 2, "x", ...)),
]


@pytest.mark.parametrize(("key", "value"), FORMATS)
def test_room_39_the_format_stays_what_it_was(key: str, value: Any) -> None:
    party = Party()
    party.edit(lambda party: party.meta.pop(key) if value is ... else party.meta.__setitem__(key, value))
    check(party)
    meta = party.bystander.get("meta", type=Map)
    assert (meta["nbformat"], meta["nbformat_minor"]) == (4, 5)


@pytest.mark.parametrize("key", ["cell_type", "id", "source", "metadata", "outputs"])
@pytest.mark.parametrize("raw", [True, False])
def test_room_39_what_a_cell_cannot_be_without_stays(key: str, raw: bool) -> None:
    party = Party()
    if raw:
        # An entry that is deleted when it comes: so it takes the other's place.
        party.send(update(9, 0, [struct(DELETED, b"\x01", parent=(1, 0), key=key)]))
    else:
        party.edit(lambda party: party.cells[0].pop(key))
    check(party)
    assert [party.raw()[0][one] for one in ("cell_type", "id")] == ["code", "a"]


def test_room_39_a_number_that_javascript_would_read_as_another_kind() -> None:
    """``JSON.stringify`` of a page raises at a BigInt."""
    party = Party()
    beyond = b"\x01\x7a" + (2**60).to_bytes(8, "big")
    party.send(update(9, 0, [struct(ANY, beyond, parent="meta", key="nbformat")]))
    party.send(update(9, 1, [struct(ANY, beyond, parent=(1, 0), key="execution_count")]))
    check(party)
    assert b"\x7a" + (2**60).to_bytes(8, "big") not in party.document.diff()


KEYS = ["cell_type", "id", "source", "metadata", "outputs", "execution_count", "attachments", "execution_state", "evil"]
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats()
    | st.sampled_from(["", "a", "a,b", "code", "markdown", "raw", "stream", "display_data", "error", "auto", "a\nb"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["output_type", "text", "data", "metadata", "text/plain", "application/json", "name", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)
Value = tuple[str, Any]
VALUES = st.tuples(st.sampled_from(["plain", "plain", "map", "array", "text", "gone"]), PLAIN)
WHERE = st.sampled_from(["cell", "cells", "outputs", "output", "cell metadata", "meta", "metadata"])
METADATA_KEYS = ["tags", "name", "jupyter", "collapsed", "scrolled", "execution", "format", "kernelspec", "x"]
METADATA_KEYS += ["language_info", "title", "authors", "orig_nbformat", "widgets"]
OUTPUT_KEYS = ["output_type", "name", "text", "data", "metadata", "execution_count", "ename", "traceback", "evil"]
META_KEYS = ["nbformat", "nbformat_minor", "metadata", "evil"]
STEP = st.tuples(WHERE, st.integers(0, 40), VALUES)


def made(value: Value) -> Any:
    kind, plain = value
    if kind == "map":
        return Map(copy.deepcopy(plain) if isinstance(plain, dict) else {"x": plain})
    if kind == "array":
        return Array(copy.deepcopy(plain) if isinstance(plain, list) else [plain])
    return Text(str(plain)) if kind == "text" else copy.deepcopy(plain)


def put(holder: Any, keys: list[str], place: int, value: Value) -> None:
    key = keys[place % len(keys)]
    if value[0] == "gone":
        holder.pop(key, None)
    else:
        holder[key] = made(value)


def do(party: Party, where: str, place: int, value: Value) -> None:
    """One step of somebody who knows the layout; only at the first cell, and new ones before it."""
    victim = party.cells[0]
    if where == "cell":
        put(victim, KEYS, place, value)
    elif where == "cells":
        parts = value[1] if isinstance(value[1], dict) else {}
        party.cells.insert(0, cell(**{KEYS[place % len(KEYS)]: made(value), "evil": parts}))
    elif where == "outputs" and isinstance(victim.get("outputs"), Array):
        victim["outputs"].insert(0, made(value))
    elif where == "output" and isinstance(victim.get("outputs"), Array) and len(victim["outputs"]):
        output = victim["outputs"][0]
        if isinstance(output, Map):
            put(output, OUTPUT_KEYS, place, value)
    elif where == "cell metadata" and isinstance(victim.get("metadata"), Map):
        put(victim["metadata"], METADATA_KEYS, place, value)
    elif where == "meta":
        put(party.meta, META_KEYS, place, value)
    elif where == "metadata" and isinstance(party.meta.get("metadata"), Map):
        put(party.meta["metadata"], METADATA_KEYS, place, value)


@given(st.lists(st.lists(STEP, min_size=1, max_size=4), min_size=1, max_size=4))
@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
def test_room_39_whatever_stands_there_all_can_show_it_and_the_file_is_valid(plan: list[list[Any]]) -> None:
    party = Party()
    last = party.raw()[-1]
    for steps in plan:
        try:
            party.edit(lambda party, steps=steps: [do(party, *step) for step in steps])
        except MalformedMessage:
            return  # refused: nobody hears of it, and its sender is out
        check(party)
        assert party.raw()[-1] == last, "nothing else changes"


def test_room_39_who_builds_a_cell_step_by_step_loses_nothing() -> None:
    """A program that does not wait for what the room says in between: what it sets counts, not what was mended."""
    party = Party()
    held: list[bytes] = []
    subscription = party.editor.observe(lambda event: held.append(event.update))
    party.cells.append(Map({}))
    mine = party.cells[2]
    for key, value in (
        *(("cell_type", "code"), ("id", "mine"), ("source", Text("words")), ("metadata", Map({"a": 1}))),
        *(("outputs", Array([])), ("execution_count", 3)),
    ):
        mine[key] = value
    mine["outputs"].append(printed())
    party.editor.unobserve(subscription)
    for one in held:
        party.send(one)
    check(party)
    assert party.raw()[2] == {
        **{"cell_type": "code", "id": "mine", "source": "words", "metadata": {"a": 1}, "execution_count": 3},
        "outputs": [STREAM],
    }


def test_room_40_only_what_changed_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter in a long notebook is not even followed; an output more is looked at alone."""
    start: Doc[Any] = Doc()
    start.get("meta", type=Map).update({"nbformat": 4, "nbformat_minor": 5, "metadata": Map({})})
    start.get("cells", type=Array).extend(
        [cell(id=f"c{index}", outputs=Array([printed() for _ in range(20)])) for index in range(300)]
    )
    party = Party(start)
    looked: list[object] = []
    real = mends.sound_output
    monkeypatch.setattr(mends, "sound_output", lambda output: looked.append(output) or real(output))
    party.edit(lambda party: party.cells[299]["outputs"].append(printed()))
    assert looked == [STREAM]
    monkeypatch.setattr(ChangedParts, "open", lambda _self: pytest.fail("the notebook is followed"))
    party.edit(lambda party: party.cells[299]["source"].insert(0, "x"))
    party.edit(lambda party: party.cells[299]["source"].__delitem__(slice(0, 1)))
    assert len(looked) == 1
    check(party)


def test_room_40_many_outputs_are_read_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """To find an output takes time in proportion to those before it: one by one, 100,000 would take minutes."""
    number = 3_000
    start = base("notebook")
    start.get("cells", type=Array)[0]["outputs"].extend([printed() for _ in range(number)])
    party = Party(start)
    reads = 0
    real = Array.__getitem__

    def count(self: Array[Any], key: Any) -> Any:
        nonlocal reads
        reads += 1
        return real(self, key)

    def change(party: Party) -> None:
        party.cells[0]["outputs"].extend([Map({"output_type": "evil"}) for _ in range(200)])
        party.cells[0]["outputs"].extend([Map({**STREAM, "name": 5}) for _ in range(200)])

    before = party.editor.get_state()
    with party.editor.transaction():
        change(party)
        party.cells[0]["cell_type"] = 5
    sent = party.editor.get_update(before)
    monkeypatch.setattr(Array, "__getitem__", count)
    party.document.apply(sent)
    party.document.mend()
    content: Any = party.document.content_now()
    assert reads < 100
    monkeypatch.undo()
    assert [output["name"] for output in content["cells"][0]["outputs"]] == ["stdout"] * (number + 1) + [""] * 200


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(n_ipynb=notebook(code_cell("c1", "x = 1"), code_cell("c2")))
    yield made
    await made.rooms.shutdown()


class Watchful(FakeClient):
    """Looks at its copy after every message of the room."""

    def send(self, frame: bytes) -> bool:
        taken = super().send(frame)
        if len(self.cells):
            assert_showable(self.doc)
        return taken


@pytest.mark.parametrize("name", CELLS)
async def test_room_39_nobody_ever_sees_it_and_all_go_on(world: World, name: str) -> None:
    ann, mallory = Watchful(), FakeClient(Role.EDITOR, "Mallory")
    room = await world.join("n.ipynb", ann, mallory)
    room.handle(mallory, mallory.edit(lambda: mallory.cells.insert(1, CELLS[name]())))
    await until(lambda: len(ann.cells) == 3)
    room.handle(ann, ann.edit(lambda: ann.cells[0]["source"].insert(0, "typed ")))
    await until(lambda: str(mallory.cells[0]["source"]) == "typed x = 1")
    assert mallory.closed is None and ann.closed is None
    assert_showable(mallory.doc)
    files: dict[str, Any] = world.store.files
    await until(lambda: files["n.ipynb"]["cells"][0]["source"] == "typed x = 1")
    nbformat.validate(nbformat.from_dict(files["n.ipynb"]))
    assert [one["id"] for one in files["n.ipynb"]["cells"]] == [one.get("id") for one in ann.cells]


async def test_room_41_cells_with_one_id_are_told_apart_for_everybody(world: World) -> None:
    ann, mallory = FakeClient(), FakeClient(Role.EDITOR, "Mallory")
    room = await world.join("n.ipynb", ann, mallory)
    twins = [cell(id="c1", source=Text("evil")), cell(id="c1", source=Text("more"))]
    room.handle(mallory, mallory.edit(lambda: mallory.cells.extend(twins)))
    await until(lambda: len({one.get("id") for one in ann.cells}) == 4)
    assert [one.get("id") for one in ann.cells][:2] == ["c1", "c2"], "who was there first keeps the id"
    files: dict[str, Any] = world.store.files
    await until(lambda: [one["id"] for one in files["n.ipynb"]["cells"]] == [one.get("id") for one in ann.cells])


async def test_room_40_a_journal_is_mended_when_it_is_loaded_and_what_is_typed_there_stays(world: World) -> None:
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    stored = world.journal.stored[room.id].updates
    await world.rooms.shutdown()
    old: Doc[Any] = Doc()
    for one in stored:
        old.apply_update(one)
    before = old.get_state()
    old.get("cells", type=Array).extend([Map({}), cell(cell_type="evil", source=...)])
    world.journal.stored[room.id].updates.append(old.get_update(before))
    for turn in range(2):
        world.rooms = Rooms(world.journal, world.store, merge, LIMITS)
        late = Watchful()
        opened = await world.join("n.ipynb", late)
        assert len(late.cells) == 4
        opened.handle(late, late.edit(lambda late=late: late.cells[3]["source"].insert(0, "typed ")))
        await until(lambda late=late: late.of_type(ACK)[-1:] == [2])
        assert str(late.cells[3]["source"]) == "typed " * (turn + 1)
        await world.rooms.shutdown()


def many(number: int) -> list[Any]:
    """Cells that are sound, and more than one piece holds."""
    return [cell(id=f"n{index}", source=Text("word " * 20), outputs=Array([printed()])) for index in range(number)]


async def test_room_40_a_large_change_that_comes_in_pieces_is_not_mended_before_it_is_whole(world: World) -> None:
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("n.ipynb", ann, bob)
    frame = bob.edit(lambda: bob.cells.extend([*many(300), cell(cell_type=..., id="bad")]))
    assert len(frame) > AT_ONCE_BYTES
    room.handle(bob, frame)
    await until(lambda: len(ann.cells) == 303 and not room._edits.busy)
    await until(lambda: ann.cells[302].get("cell_type") == "code")
    assert_showable(ann.doc)
    wanted = [one.to_py() for one in bob.cells]
    assert [one.to_py() for one in ann.cells] == wanted
    assert [one["source"] for one in wanted[2:302]] == ["word " * 20] * 300
    assert all(one["outputs"] == [STREAM] for one in wanted[2:302])


async def test_room_40_a_large_change_that_is_cut_is_whole_when_its_sender_is_back(world: World) -> None:
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("n.ipynb", ann, bob)
    frame = bob.edit(lambda: bob.cells.extend(many(400)))
    room.handle(bob, frame)
    await until(lambda: len(ann.cells) > 2)
    room.disconnect(bob)
    await until(lambda: not room._edits.busy)
    assert 2 < len(room.document.cells()) < 402, "it was cut"
    assert_showable(room.document._doc)
    again = FakeClient(Role.EDITOR, "Bob")
    again.doc.apply_update(bob.doc.get_update())
    await world.join("n.ipynb", again)
    await until(lambda: len(ann.cells) == 402 and not room._edits.busy)
    cells = [one.to_py() for one in ann.cells][2:]
    assert [one["source"] for one in cells] == ["word " * 20] * 400
    assert all(one["outputs"] == [STREAM] and one["cell_type"] == "code" for one in cells)
