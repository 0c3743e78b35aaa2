"""ROOM-37: messages with a few bytes changed, against the decoder and a real room, with honest people in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Map

from jupyterlab_cohost.core.document import content_of

from ..support.fakes import FakeClient
from ..test_rooms import World, code_cell, notebook
from .frames import FRAMES
from .target import one_message
from .wire import CRASHES


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


@pytest.mark.parametrize("where", range(4))
@pytest.mark.parametrize("frame", FRAMES, ids=range(len(FRAMES)))
def test_room_37_good_messages_do_no_harm(frame: bytes, where: int) -> None:
    one_message(bytes([where]) + frame)


@pytest.mark.parametrize("file", sorted(CRASHES.glob("*-*")), ids=lambda file: file.name)
def test_room_37_messages_that_did_harm_once(file: Path) -> None:
    """Found by ``npm run fuzz:wire``."""
    one_message(file.read_bytes())


SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(st.lists(mutated(), min_size=1, max_size=6))
async def test_room_37_damaged_messages_in_a_text(frames: list[bytes]) -> None:
    await _attack("a.txt", frames)


@SETTINGS
@given(st.lists(mutated(), min_size=1, max_size=6))
async def test_room_37_damaged_messages_in_a_notebook(frames: list[bytes]) -> None:
    await _attack("n.ipynb", frames)
