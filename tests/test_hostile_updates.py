"""No guest's update hangs, ends or bloats the host's process, or keeps a document from its file."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.core.document import YDocument
from jupyterlab_cohost.core.layout import MAX_TYPE_DEPTH
from jupyterlab_cohost.core.places import MissingStructs, Places
from jupyterlab_cohost.core.sound import sound
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.close_codes import MALFORMED
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.protocol.varint import MalformedMessage, write_varuint

from .support.fakes import FakeClient
from .support.hostile import ANY, DELETED, DOC, EMBED, GC, STRING, TYPE, base, multi, struct, text, update
from .test_rooms import World, code_cell, notebook, until

_NULL = b"\x01\x7e"
_MAP, _ARRAY = b"\x01", b"\x00"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(a_txt="hello", n_ipynb=notebook(code_cell("c1", "x = 1"), code_cell("c2")))
    made.rooms._limits = replace(DEFAULT_LIMITS, save_delay_ms=20)
    yield made
    await made.rooms.shutdown()


def nested_types(levels: int) -> bytes:
    first = struct(TYPE, _MAP, parent="state", key="k")
    return update(9, 0, [first, *(struct(TYPE, _MAP, parent=(9, i), key="k") for i in range(levels - 1))])


def far_apart(count: int) -> list[bytes]:
    """Structs that claim neighbours at both ends of a long list: every one makes yrs walk along it."""
    mine = [struct(STRING, text("a"), origin=(8, i - 1)) if i else struct(STRING, text("a")) for i in range(count)]
    theirs = [struct(STRING, text("b"), origin=(7, i)) for i in range(count)]
    wide = [struct(STRING, text("c"), origin=(7, i)) for i in range(count // 4)]
    return [multi({7: (0, mine), 8: (0, theirs)}), update(9, 0, wide)]


HOSTILE = {
    "a string in a list": ("n.ipynb", [update(9, 0, [struct(STRING, text("x"), parent="cells")])]),
    "a value among the cells": ("n.ipynb", [update(9, 0, [struct(ANY, b"\x01\x7e", parent="cells")])]),
    "a map entry in a list": ("n.ipynb", [update(9, 0, [struct(TYPE, _MAP, parent="cells", key="k")])]),
    "a list item in a map": ("n.ipynb", [update(9, 0, [struct(ANY, _NULL, parent="meta")])]),
    "a source that is no text": (
        "n.ipynb",
        [update(9, 0, [struct(TYPE, _MAP, parent="cells"), struct(TYPE, _ARRAY, parent=(9, 0), key="source")])],
    ),
    "types nested deeply": ("n.ipynb", [nested_types(MAX_TYPE_DEPTH + 1)]),
    "types nested very deeply": ("a.txt", [nested_types(90_000)]),
    "an embed in a text": ("a.txt", [update(9, 0, [struct(EMBED, text("{}"))])]),
    "a document in a document": ("a.txt", [update(9, 0, [struct(DOC, text("g") + b"\x76\x00", parent="other")])]),
    "a huge deleted length": ("a.txt", [update(9, 0, [struct(DELETED, write_varuint(2**53))])]),
    "a length that wraps": ("a.txt", [update(9, 0, [struct(GC, write_varuint(2**32 + 5))])]),
    "clocks that wrap together": ("a.txt", [update(9, 0, [struct(GC, write_varuint(2**30))] * 5)]),
    "a huge deleted range": ("a.txt", [update(9, 0, [], [(9, 0, 2**53)])]),
    "a client beyond 53 bits": ("a.txt", [update(2**53, 0, [struct(STRING, text("x"))])]),
    "an empty string": ("a.txt", [update(9, 0, [struct(STRING, text(""))])]),
    "a list that promises billions": ("n.ipynb", [update(9, 0, [struct(ANY, b"\x01\x75" + write_varuint(2**40))])]),
    "bytes behind the end": ("a.txt", [update(9, 0, [struct(STRING, text("x"))]) + b"\x00"]),
    "a child of a string": (
        "a.txt",
        [update(9, 0, [struct(STRING, text("x")), struct(ANY, _NULL, parent=(9, 0), key="k")])],
    ),
    "neighbours in two lists": (
        "a.txt",
        [
            update(9, 0, [struct(STRING, text("x")), struct(TYPE, _ARRAY, parent="other")]),
            update(8, 0, [struct(STRING, text("y"), origin=(9, 0), right=(9, 1))]),
        ],
    ),
    "half a character": (
        "a.txt",
        [update(9, 0, [struct(STRING, text("😀"))]), update(8, 0, [struct(STRING, text("x"), origin=(9, 0))])],
    ),
    "half a character deleted": (
        "a.txt",
        [update(9, 0, [struct(STRING, text("😀"))]), update(8, 0, [], [(9, 1, 1)])],
    ),
    "neighbours far apart": ("a.txt", far_apart(10_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_room_30_what_could_harm_is_refused_before_it_is_integrated(world: World, name: str) -> None:
    path, attack = HOSTILE[name]
    ann, mallory, bob = FakeClient(), FakeClient(Role.EDITOR, "Mallory"), FakeClient(Role.EDITOR, "Bob")
    room = await world.join(path, ann)
    await world.join(path, mallory)
    other = await world.join("a.txt" if path == "n.ipynb" else "n.ipynb", bob)
    document = room.document
    for one in attack[:-1]:
        room.handle(mallory, messages.encode_update(one))
    await until(lambda: not room._edits.busy, 240)
    before, content = document.diff(), document.content_now()
    started = time.process_time()
    room.handle(mallory, messages.encode_update(attack[-1]))
    # It builds on what nobody has: asked once, then closed.
    room.handle(mallory, messages.encode_update(attack[-1]))
    await until(lambda: mallory.closed is not None, 240)
    assert time.process_time() - started < 3, "bounded, where it was minutes"
    assert mallory.closed is MALFORMED
    assert ann.closed is None and bob.closed is None
    assert (document.content_now(), len(document.diff())) == (content, len(before)), "nothing is half integrated"
    room.handle(ann, ann.edit(lambda: ann.doc.get("state", type=Map).__setitem__("still", "here")))
    other.handle(bob, bob.edit(lambda: bob.doc.get("state", type=Map).__setitem__("still", "here")))
    assert ann.closed is None and bob.closed is None


async def test_room_30_what_a_viewer_sends_is_read_as_strictly(world: World) -> None:
    eve = FakeClient(Role.VIEWER, "Eve")
    room = await world.join("a.txt", eve)
    room.handle(eve, messages.encode_update(update(9, 0, [struct(GC, write_varuint(2**53))])))
    assert eve.closed is MALFORMED


def test_room_30_the_layout_of_jupyter_ydoc_and_other_roots_is_taken() -> None:
    for kind in ("notebook", "file"):
        document = YDocument(kind, lambda _update: None)
        document.apply(base(kind).get_update())
        peer: Doc[Any] = Doc()
        peer.apply_update(document.diff())
        before = peer.get_state()
        with peer.transaction():
            shapes = peer.get("shapes", type=Array)
            shapes.extend([Map({"points": Array([1.5, 2])}), "a string", Text("t")])
            if kind == "notebook":
                cells = peer.get("cells", type=Array)
                cells[0]["source"].insert(2, "é😀")
                del cells[0]["outputs"][0]
                cells[0]["outputs"].append({"output_type": "error"})
                cells[0]["attachments"] = {"a.png": {"image/png": "x"}}
        document.apply(peer.get_update(before))
        late = YDocument(kind, lambda _update: None)
        late.apply(document.diff())
        assert late.content_now() == document.content_now()


def test_room_30_who_comes_back_may_edit_what_was_deleted() -> None:
    """Parents and neighbours that are garbage by now: such edits become garbage, too, and are no attack."""
    document = YDocument("notebook", lambda _update: None)
    document.apply(base("notebook").get_update())
    away: Doc[Any] = Doc()
    away.apply_update(document.diff())
    peer: Doc[Any] = Doc()
    peer.apply_update(document.diff())
    del peer.get("cells", type=Array)[0]
    document.apply(peer.get_update(away.get_state()))
    reloaded = YDocument("notebook", lambda _update: None)
    reloaded.load(document.diff())
    before = away.get_state()
    old = away.get("cells", type=Array)[0]
    old["source"].insert(1, "typed offline")
    old["metadata"]["new"] = Map({"a": 1})
    old["outputs"].append(Map({"output_type": "stream"}))
    for one in (document, reloaded):
        one.apply(away.get_update(before))
        assert "typed offline" not in json.dumps(one.content_now())


def test_room_30_places_follow_the_order_of_dependencies() -> None:
    places = Places("file")
    chain = {7: (0, [struct(STRING, text("a"), origin=(8, 0))]), 8: (0, [struct(STRING, text("b"))])}
    places.take(multi(chain))
    with pytest.raises(MissingStructs):
        places.take(multi({5: (0, [struct(STRING, text("a"), origin=(6, 0))])}))
    with pytest.raises(MissingStructs):
        places.take(multi({5: (3, [struct(STRING, text("a"))])}))
    with pytest.raises(MalformedMessage):
        places.take(multi({5: (0, [struct(STRING, text("a")), struct(ANY, _NULL)])}))
    places.take(multi({5: (0, [struct(STRING, text("a"), origin=(7, 0))])}))


async def test_room_31_junk_cells_are_mended_and_the_good_ones_are_saved(world: World) -> None:
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)

    def junk() -> None:
        meta = ann.doc.get("meta", type=Map)
        meta["nbformat"], meta["nbformat_minor"] = "four", float("nan")
        ann.cells.extend(
            [
                Map({}),
                Map({"id": 7, "cell_type": "x", "attachments": 3}),
                Map({"id": "c1", "cell_type": "code", "execution_count": 1e999, "metadata": Map({"n": [1e999]})}),
                Map({"cell_type": "code", "outputs": Array([3, Map({}), Map({"output_type": "stream", "text": 3})])}),
                Map({"cell_type": "markdown", "source": Text("good"), "outputs": Array([])}),
            ]
        )

    room.handle(ann, ann.edit(junk))
    assert ann.closed is None
    files: dict[str, Any] = world.store.files
    await until(lambda: len(files["n.ipynb"]["cells"]) == 7)
    saved = files["n.ipynb"]
    assert [cell["source"] for cell in saved["cells"]] == ["x = 1", "", "", "", "", "", "good"]
    nbformat.validate(nbformat.from_dict(json.loads(json.dumps(saved, allow_nan=False))))  # type: ignore[no-untyped-call]
    nbformat.writes(nbformat.from_dict(saved))  # type: ignore[no-untyped-call]
    assert len({cell["id"] for cell in saved["cells"]}) == 7
    saves = len(world.store.saves)
    room.handle(ann, messages.encode_json("save", {"id": "1"}))
    await until(lambda: ann.of_type(108))
    assert len(world.store.saves) == saves, "what is mended is mended the same way each time"


def test_room_31_a_sound_notebook_stays_as_it_is() -> None:
    cell = code_cell(
        "c1", "x", [{"output_type": "display_data", "data": {"application/b+json": [1.5, None]}, "metadata": {}}]
    )
    nameless = {key: value for key, value in cell.items() if key != "id"}
    old = {**notebook(nameless), "nbformat_minor": 2}
    for content in (notebook(cell), old):
        assert sound(json.loads(json.dumps(content))) == content


@pytest.mark.parametrize("state", [b'{"x": NaN}', b'{"x": -Infinity}', b'{"x": 1e999}', b'{"x":' + b"[" * 20_000])
async def test_room_11_awareness_that_browsers_cannot_read_is_refused(world: World, state: bytes) -> None:
    ann, mallory = FakeClient(), FakeClient(name="Mallory")
    room = await world.join("a.txt", ann, mallory)
    body = b"\x01\x07\x01" + write_varuint(len(state)) + state
    room.handle(mallory, messages.encode_awareness(body))
    assert mallory.closed is MALFORMED and ann.closed is None


def test_room_30_random_structs_never_hang_or_end_the_process() -> None:
    """Thousands of nearly right updates, in a process of their own; none takes 2 s of the processor."""
    command = [sys.executable, "-m", "tests.support.hostile", "0", "600"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    assert process.stdout is not None
    taken, line = 0, ""
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        for line in iter(process.stdout.readline, ""):
            watchdog.cancel()
            taken += int(line.split()[1])
            assert float(line.split()[2]) < 2, line
            watchdog = threading.Timer(20, process.kill)
            watchdog.start()
        watchdog.cancel()
        assert process.wait(10) == 0, f"after {line}"
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
    assert taken > 1_000, "most cases get far enough to matter"


def test_room_30_what_the_host_s_file_holds_never_bars_the_room() -> None:
    """A file may hold what no client may send: outputs of a markdown cell, values nested deeply, long lists."""
    odd: Any = {"outputs": [{"x": 1}], **code_cell("odd"), "cell_type": "markdown", "metadata": {"n": list(range(9))}}
    deep: Any = None
    for _ in range(420):
        deep = [deep]
    first: Doc[Any] = Doc()
    with first.transaction():
        first.get("cells", type=Array).append(Map({**odd, "source": Text("a"), "metadata": Map({"deep": deep})}))
    document = YDocument("notebook", lambda _update: None)
    document.load(first.get_update())
    before = first.get_state()
    first.get("cells", type=Array)[0]["source"].insert(1, "b")
    document.apply(first.get_update(before))
    document.load(base("notebook").get_update())
    content: Any = document.content_now()
    assert {"ab", "x = 1 😀"} == {cell["source"] for cell in content["cells"]}


def test_room_30_a_typed_character_in_a_long_document_needs_no_copy_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its estimate is beyond what many structs may have, as there are 150,000 that it could stand among."""
    doc: Doc[Any] = Doc()
    source = doc.get("source", type=Text)
    with doc.transaction():
        for _ in range(150_000):
            source.insert(0, "x")
    document = YDocument("file", lambda _update: None)
    document.load(doc.get_update())
    sent: list[bytes] = []
    subscription = doc.observe(lambda event: sent.append(event.update))
    for place in (7, 100):
        with doc.transaction():
            source.insert(place, "one")
            source.insert(place + 50, "two")
    doc.unobserve(subscription)
    document.apply(sent[0])
    monkeypatch.setattr(document, "diff", lambda *_: pytest.fail("a copy of the whole document"))
    document.apply(sent[1])
    assert document.content_now() == str(source)
