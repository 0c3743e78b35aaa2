"""Large updates: judged and integrated while other rooms go on, whole or not at all; too large ones told in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.core import pieces
from jupyterlab_cohost.core.document import YDocument
from jupyterlab_cohost.core.pieces import plan
from jupyterlab_cohost.core.places import Places
from jupyterlab_cohost.core.updates import read_state_vector
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.close_codes import MALFORMED, TOO_LARGE
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role

from .support.fakes import FakeClient
from .support.hostile import STRING, struct, text, update
from .support.room_client import TestClient
from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import host
from .test_rooms import ACK, REFUSED, World, until


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(a_txt="hello", b_txt="b")
    made.rooms._limits = replace(DEFAULT_LIMITS, save_delay_ms=20)
    yield made
    await made.rooms.shutdown()


def scattered(client: FakeClient, number: int) -> bytes:
    """One update of so many structs: everything typed in front of what was typed before."""

    def change() -> None:
        with client.doc.transaction():
            for _ in range(number):
                client.text.insert(0, "ab")

    return client.edit(change)


def mixed(doc: Doc[Any], steps: list[tuple[int, int, str]]) -> None:
    source, cells = doc.get("source", type=Text), doc.get("cells", type=Array)
    with doc.transaction():
        for kind, place, words in steps:
            now = str(source)
            at = len(now[: place % (len(now) + 1)].encode())
            if kind == 0:
                source.insert(at, words * 40)
            elif kind == 1 and now[place % (len(now) + 1) :]:
                del source[at : at + len(now[place % (len(now) + 1)].encode())]
            elif kind == 2:
                cell = {"source": Text(words), "metadata": Map({"k": [words, place]})}
                cells.insert(place % (len(cells) + 1), Map(cell))


_STEP = st.tuples(st.integers(0, 2), st.integers(0, 500), st.text("aö😀\n", min_size=1, max_size=9))
_STEPS = st.lists(_STEP, max_size=25)


@settings(max_examples=60, deadline=None)
@given(_STEPS, _STEPS, _STEPS, st.integers(1, 40), st.integers(5, 90))
def test_room_46_pieces_say_what_the_whole_says(
    before: list[tuple[int, int, str]],
    steps: list[tuple[int, int, str]],
    beside: list[tuple[int, int, str]],
    most: int,
    most_bytes: int,
) -> None:
    """[ROOM-46] Also where a text is cut, and when somebody else works in it between two pieces."""
    page, other, late = Doc[Any](), Doc[Any](), Doc[Any]()
    mixed(page, before)
    document, places = YDocument("notebook", lambda _update: None), Places("notebook")
    document.load(page.get_update())
    places.take(document.diff(), ours=True)
    state = page.get_state()
    mixed(page, steps)
    sent = page.get_update(state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_MOST_BYTES", most_bytes)
        parts = list(plan(sent, places).pieces(lambda: most))
    for number, part in enumerate(parts):
        if number == len(parts) // 2:
            other.apply_update(document.diff())
            mixed(other, beside)
            document.apply(other.get_update(), read=None)
        document.apply(part.data, read=part.read)
    late.apply_update(document.diff())
    for copy in (page, other):
        copy.apply_update(document.diff())
    other.apply_update(sent)
    for copy in (page, other):
        assert read_state_vector(copy.get_state()) == read_state_vector(late.get_state())
        assert str(copy.get("source", type=Text)) == str(late.get("source", type=Text))
        assert copy.get("cells", type=Array).to_py() == late.get("cells", type=Array).to_py()


async def test_room_46_another_room_goes_on_before_a_large_update_is_done(world: World) -> None:
    """[ROOM-46] By the order of events: what others say in that room and in another one is passed on in between."""
    mallory, ann = FakeClient(Role.EDITOR, "Mallory"), FakeClient(Role.EDITOR, "Ann")
    bob, eve = FakeClient(Role.EDITOR, "Bob"), FakeClient(Role.EDITOR, "Eve")
    room, other = await world.join("a.txt", mallory, ann), await world.join("b.txt", bob, eve)
    large = scattered(mallory, 30_000)
    acknowledged = len(mallory.of_type(ACK))
    room.handle(mallory, large)
    room.handle(mallory, mallory.insert("behind "))
    other.handle(bob, bob.insert("other room "))
    room.handle(ann, ann.insert("same room "))
    await until(lambda: "other room " in str(eve.text) and "same room " in str(mallory.text), 240)
    assert room._edits.busy and len(mallory.of_type(ACK)) == acknowledged, "the large one is not done yet"
    assert "behind " not in str(ann.text), "what its sender said next waits for it"
    await until(lambda: str(ann.text) == str(mallory.text) and "behind " in str(ann.text), 240)
    await until(lambda: len(mallory.of_type(ACK)) > acknowledged, 240)
    assert str(ann.text).count("ab") == 30_000 and ann.closed is mallory.closed is None


async def test_room_46_more_structs_than_one_update_could_have(world: World) -> None:
    """[ROOM-46] 120,000 structs of an hour offline are merged beside what others typed, acknowledged and saved."""
    ann, bob = FakeClient(Role.EDITOR, "Ann"), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("a.txt", ann, bob)
    large = scattered(ann, 120_000)
    room.handle(bob, bob.insert("meanwhile "))
    room.handle(ann, large)
    await until(lambda: not room._edits.busy, 600)
    assert ann.closed is None
    await until(lambda: str(bob.text) == str(ann.text), 600)
    assert str(bob.text).count("ab") == 120_000 and "meanwhile " in str(bob.text)
    await until(lambda: world.store.files["a.txt"] == str(bob.text), 600)


async def test_room_46_a_large_update_that_is_broken_at_its_end_changes_nothing(world: World) -> None:
    ann, mallory = FakeClient(), FakeClient(Role.EDITOR, "Mallory")
    room = await world.join("a.txt", ann, mallory)
    before = room.document.diff()
    good = [struct(STRING, text("x" * 100), parent="source"), *([struct(STRING, text("y" * 100), origin=(9, 0))] * 400)]
    room.handle(mallory, messages.encode_update(update(9, 0, [*good, struct(STRING, text("z"), parent=(9, 0))])))
    await until(lambda: mallory.closed is not None, 240)
    assert mallory.closed is MALFORMED and ann.closed is None and room.document.diff() == before


async def test_room_46_a_viewers_large_update_is_refused(world: World) -> None:
    ann, eve = FakeClient(), FakeClient(Role.VIEWER, "Eve")
    room = await world.join("a.txt", ann, eve)
    room.handle(eve, eve.insert("evil " * 100_000))
    await until(lambda: eve.of_type(REFUSED), 240)
    assert room.document.content_now() == "hello" and eve.closed is None


async def test_room_46_the_rest_is_not_taken_from_somebody_who_may_not_edit_any_more(world: World) -> None:
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("a.txt", ann, bob)
    room.handle(bob, scattered(bob, 60_000))
    await until(lambda: "ab" in str(ann.text), 240)
    bob.role = Role.VIEWER
    await until(lambda: bob.of_type(REFUSED), 240)
    assert 0 < str(ann.text).count("ab") < 60_000


@pytest.mark.parametrize("path", ["a.txt", "n.ipynb"])
async def test_room_47_a_document_does_not_grow_beyond_what_can_be_opened(path: str) -> None:
    """[ROOM-47] The sender is told in words; what only deletes is taken; others go on."""
    book: Any = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    world = World(a_txt="hello", n_ipynb=book)
    world.rooms._limits = replace(DEFAULT_LIMITS, save_delay_ms=20, file_bytes=100_000)
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join(path, ann, bob)

    def words(client: FakeClient, said: str) -> bytes:
        if path == "a.txt":
            return client.insert(said)
        return client.edit(lambda: client.doc.get("state", type=Map).update({said[:1]: said}))

    room.handle(ann, words(ann, "a" * 60_000))
    await until(lambda: not room._edits.busy, 240)
    room.handle(bob, words(bob, "b" * 80_000))
    await until(lambda: bob.closed is not None, 240)
    assert bob.closed is TOO_LARGE and ann.closed is None
    assert "b" * 100 not in str(room.document.diff())
    if path == "a.txt":
        room.handle(ann, ann.edit(lambda: ann.text.clear()))
        room.handle(ann, ann.insert("c" * 15_000))
        assert room.document.content_now() == "c" * 15_000
    await world.rooms.shutdown()


async def in_room(server: JupyterProcess, path: str) -> TestClient:
    document = host(server, "POST", "documents", {"path": path, "type": "file", "format": "text"}).body["id"]
    return await TestClient(lambda: f"{server.ws_origin}/cohost/rooms/{document}", HEADERS).start()


async def test_room_46_fifty_megabytes_at_once_on_a_real_server(tmp_path: Path) -> None:
    """[ROOM-46] The people of that room stay connected and get it, those of another room read each other meanwhile."""
    server = JupyterProcess(tmp_path)
    for name in ("a.txt", "b.txt"):
        (server.root / name).write_text("start\n")
    server.start()
    try:
        sender, peer = await in_room(server, "a.txt"), await in_room(server, "a.txt")
        bob, eve = await in_room(server, "b.txt"), await in_room(server, "b.txt")
        sender.text.insert(0, "Z" * 50_000_000)
        relayed = 0
        while not sender.all_acknowledged:
            relayed += 1
            bob.text.insert(0, "!")
            await until(lambda: len(str(eve.text)) == len(str(bob.text)), 240)
        assert relayed > 1, "another room was read before all of it was safe"
        await until(lambda: len(peer.text) == 50_000_006, 240)
        await until(lambda: (server.root / "a.txt").stat().st_size == 50_000_006, 240)
        assert [client.closes for client in (sender, peer, bob, eve)] == [[]] * 4
        for client in (sender, peer, bob, eve):
            await client.stop()
    finally:
        server.stop()


async def test_room_28_a_large_frame_on_a_slow_line_is_a_sign_of_life(tmp_path: Path) -> None:
    """[ROOM-28] The pong waits behind the frame, for longer than the server waits for one."""
    server = JupyterProcess(tmp_path)
    (server.root / "a.txt").write_text("start\n")
    server.start()
    try:
        reader = await in_room(server, "a.txt")
        page: Doc[Any] = Doc()
        page.get("source", type=Text).insert(0, "slow " * 20_000)
        payload = messages.encode_update(page.get_update())
        room = reader.url().split("/", 3)[3]
        stream, out = await asyncio.open_connection("127.0.0.1", server.port)
        upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        token = f"Authorization: {HEADERS['Authorization']}\r\n"
        out.write(f"GET /{room} HTTP/1.1\r\nHost: 127.0.0.1\r\n{upgrade}{key}{token}\r\n".encode())
        assert b"101" in await stream.readuntil(b"\r\n\r\n")
        wire = b"\x82\xff" + len(payload).to_bytes(8, "big") + bytes(4) + payload
        for start in range(0, len(wire), len(wire) // 26 + 1):
            out.write(wire[start : start + len(wire) // 26 + 1])
            await out.drain()
            await asyncio.sleep(0.5)
        await reader.until(lambda: len(reader.text) == 100_006, 240)
        out.close()
        await reader.stop()
    finally:
        server.stop()
