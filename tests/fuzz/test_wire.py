"""ROOM-30: messages with a few bytes changed, against the decoder and a real room, with honest people in it."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.core.document import content_of
from jupyterlab_cohost.protocol import messages

from ..support.fakes import FakeClient
from ..test_rooms import World, code_cell, notebook


def _updates() -> list[bytes]:
    """Updates of many forms: text, maps, arrays, nested types, deletions, values of every kind."""
    doc: Doc[Any] = Doc()
    found: list[bytes] = []

    def note(before: bytes) -> bytes:
        found.append(doc.get_update(before))
        return bytes(doc.get_state())

    state = bytes(doc.get_state())
    text = doc.get("source", type=Text)
    text += "hello wörld"
    state = note(state)
    del text[2:4]
    state = note(state)
    cells = doc.get("cells", type=Array)
    cells.append(Map({"id": "x", "cell_type": "code", "source": Text("y"), "metadata": Map({}), "outputs": Array([])}))
    state = note(state)
    doc.get("meta", type=Map)["metadata"] = {"a": [1, None, True, 2.5, "s", {"b": b"\x00"}]}
    state = note(state)
    cells[0]["source"] += "more"
    note(state)
    return [*found, doc.get_update()]


UPDATES = _updates()
FRAMES = [
    *(messages.encode_update(update) for update in UPDATES),
    *(messages.encode_step2(update) for update in UPDATES[:2]),
    messages.encode_step1(b"\x01\x05\x03"),
    messages.encode_awareness(b'\x01\x05\x01\x0d{"user":"me"}'),
    *(
        messages.encode_json(name, body)
        for name, body in (
            ("hello", {"version": 1}),
            ("save", {"id": "1"}),
            ("vouch", {"digests": ["0" * 64]}),
            ("change", {"id": "1", "change": "x", "action": "undo"}),
        )
    ),
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    frame = bytearray(draw(st.sampled_from(FRAMES)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(frame)))
        kind = draw(st.sampled_from(["change", "insert", "cut"]))
        if kind == "change" and at < len(frame):
            frame[at] = draw(st.integers(0, 255))
        elif kind == "insert":
            frame[at:at] = draw(st.binary(min_size=1, max_size=4))
        elif kind == "cut":
            del frame[at : at + draw(st.integers(1, 8))]
    return bytes(frame)


async def _attack(path: str, frames: list[bytes]) -> None:
    world = World(a_txt="hello", n_ipynb=notebook(code_cell("c1", "x = 1")))
    try:
        ann, mallory, bob = FakeClient(), FakeClient(), FakeClient()
        room = await world.join(path, ann, mallory, bob)
        for frame in frames:
            room.handle(mallory, frame)
        mark = (
            (lambda: ann.text.insert(0, "~"))
            if path == "a.txt"
            else (lambda: ann.doc.get("meta", type=Map).update({"~": 1}))
        )
        room.handle(ann, ann.edit(mark))
        await asyncio.sleep(0)
        for _ in range(200):
            if bob.doc.get_state() == ann.doc.get_state():
                break
            await asyncio.sleep(0.005)
        newcomer = FakeClient()
        await world.join(path, newcomer)
        kind = room.file.record.kind
        contents = [content_of(kind, client.doc.get_update()) for client in (ann, bob, newcomer)]
        assert contents[0] == contents[1] == contents[2] == room.document.content_now()
        assert not room.broken and ann.closed is None and bob.closed is None
        await room.save()
        assert world.store.files[path] == room.document.content_now()
    finally:
        await world.rooms.shutdown()


SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(st.lists(mutated(), min_size=1, max_size=6))
async def test_room_30_damaged_messages_in_a_text(frames: list[bytes]) -> None:
    await _attack("a.txt", frames)


@SETTINGS
@given(st.lists(mutated(), min_size=1, max_size=6))
async def test_room_30_damaged_messages_in_a_notebook(frames: list[bytes]) -> None:
    await _attack("n.ipynb", frames)
