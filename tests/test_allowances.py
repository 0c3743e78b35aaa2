"""What one guest may cost the server: counted by participant, over rooms and connections."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_cohost.core.allowances import Allowances, TooMuch
from jupyterlab_cohost.core.document import YDocument
from jupyterlab_cohost.core.places import MAX_ROOTS
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.close_codes import TOO_FAST, TOO_LARGE, TOO_SLOW
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.protocol.varint import MalformedMessage
from jupyterlab_cohost.storage.merge import merge

from .support.fakes import FakeClient
from .support.hostile import ANY, struct, update
from .support.memory_hog import flood
from .test_large_updates import scattered
from .test_rooms import World, until

_KEYS = 300
LIMITS = replace(DEFAULT_LIMITS, save_delay_ms=20, guest_structs=3.5 * _KEYS, guest_structs_per_s=0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(a_txt="hello", b_txt="b")
    made.rooms = Rooms(made.journal, made.store, merge, LIMITS)
    yield made
    await made.rooms.shutdown()


def entries(client: int, clock: int, number: int) -> bytes:
    """A frame with so many new entries of the map ``state``."""
    parts = [struct(ANY, b"\x01\x7e", parent="state", key=f"{client}-{clock + i}") for i in range(number)]
    return messages.encode_update(update(client, clock, parts))


async def test_room_48_what_a_guest_adds_is_counted_over_rooms_and_connections(world: World) -> None:
    ann, first, second, third = (
        FakeClient(Role.EDITOR, "Ann"),
        *(FakeClient(Role.EDITOR, "Mallory") for _ in range(3)),
    )
    one, other = await world.join("a.txt", ann, first, second), await world.join("b.txt", third)
    one.handle(first, entries(71, 0, _KEYS))
    assert first.closed is None
    one.disconnect(first)
    before = one.document.diff()
    for room, client in ((one, second), (other, third)):
        room.handle(client, entries(72, 0, _KEYS))
        assert client.closed is TOO_LARGE
    assert one.document.diff() == before
    one.handle(ann, entries(73, 0, _KEYS))
    assert ann.closed is None


async def test_room_48_who_may_run_code_is_not_weighed(world: World) -> None:
    runner = FakeClient(Role.RUNNER, "Rita")
    room = await world.join("a.txt", runner)
    room.handle(runner, entries(71, 0, 4 * _KEYS))
    assert runner.closed is None


async def test_room_48_typing_on_weighs_next_to_nothing(world: World) -> None:
    ann = FakeClient(Role.EDITOR, "Ann")
    room = await world.join("a.txt", ann)
    for place in range(6 * _KEYS):
        room.handle(ann, ann.insert("x", 2 + place))
    assert ann.closed is None


def test_room_48_a_little_comes_back_with_time() -> None:
    now = 0.0
    allowances = Allowances(replace(LIMITS, guest_structs=10, guest_structs_per_s=2), lambda: now)
    mallory = FakeClient(Role.EDITOR, "Mallory")
    allowances.of(mallory).add_structs(10)
    with pytest.raises(TooMuch):
        allowances.of(mallory).add_structs(2)
    now = 1.0
    allowances.of(mallory).add_structs(2)


def test_room_48_a_document_has_few_roots() -> None:
    document = YDocument("file", lambda _update: None)
    document.set_content("x")
    null = b"\x01\x7e"
    with pytest.raises(MalformedMessage):
        document.apply(update(7, 0, [struct(ANY, null, parent=f"r{i}") for i in range(MAX_ROOTS + 1)]))
    document.apply(update(7, 0, [struct(ANY, null, parent=f"r{i}") for i in range(MAX_ROOTS - 3)]))


def test_room_48_nothing_stays_of_what_is_refused() -> None:
    document = YDocument("file", lambda _update: None)
    document.set_content("x")

    def refused(number: int) -> None:
        parts = [struct(ANY, b"\x01\x7e", parent="state", key=f"{number}-{i}") for i in range(400)]
        with pytest.raises(MalformedMessage):
            document.apply(update(7, 0, [*parts, struct(ANY, b"\x01\x7e", parent="source", key="no")]))

    for number in range(10):
        refused(number)
    tracemalloc.start()
    for number in range(10, 40):
        refused(number)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 500_000, "30 times 400 entries would be 3 MB"


async def test_room_49_what_waits_of_somebody_who_is_gone_is_dropped(world: World) -> None:
    world.rooms._limits = DEFAULT_LIMITS
    runner = FakeClient(Role.RUNNER, "Rita")
    room = await world.join("a.txt", runner)
    room.handle(runner, scattered(runner, 20_000))
    room.handle(runner, scattered(runner, 20_000))
    assert room._edits.busy
    room.disconnect(runner)
    await until(lambda: not room._edits.busy, 240)
    assert str(room.document.content_now()).count("ab") < 20_000


async def test_room_49_waiting_messages_are_counted_by_participant(world: World) -> None:
    frame = messages.encode_update(flood("keys", 7, 0)[0])
    limits = replace(DEFAULT_LIMITS, guest_waiting_bytes=len(frame) + 100)
    world.rooms = Rooms(world.journal, world.store, merge, limits)
    first, second = FakeClient(Role.EDITOR, "Mallory"), FakeClient(Role.EDITOR, "Mallory")
    ann = FakeClient(Role.EDITOR, "Ann")
    room, other = await world.join("a.txt", first, ann), await world.join("b.txt", second)
    room.handle(first, frame)
    assert room._edits.busy and first.closed is None, "one message may always wait"
    other.handle(second, frame)
    await until(lambda: second.closed is TOO_FAST)
    other.handle(ann, frame)
    assert ann.closed is None


async def test_room_49_whole_documents_wait_for_nobody_without_end(world: World) -> None:
    """A viewer opens documents on many sockets and reads none."""
    limits = replace(DEFAULT_LIMITS, guest_waiting_bytes=1000)
    world.rooms = Rooms(world.journal, world.store, merge, limits)
    first, second, third = (FakeClient(Role.VIEWER, "Mallory") for _ in range(3))
    ann = FakeClient(Role.VIEWER, "Ann")
    room, other = await world.join("a.txt", first, ann), await world.join("b.txt", second)
    first.waiting, second.waiting = 600, 500
    other.connect(third)
    for client in (third, ann):
        place = other if client is third else room
        place.handle(client, messages.encode_step1(b"\0"))
    assert third.closed is TOO_SLOW and ann.closed is None
    other.disconnect(third)
    second.waiting = 0
    fourth = FakeClient(Role.VIEWER, "Mallory")
    other.connect(fourth)
    other.handle(fourth, messages.encode_step1(b"\0"))
    assert fourth.closed is None and str(fourth.text) == "b"


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for the peak of its memory")
@pytest.mark.parametrize("how", ["keys", "values"])
def test_room_48_an_editor_who_comes_back_again_and_again_fills_no_memory(how: str) -> None:
    """8 MB, of which a server without bounds makes more than 300 MiB that stay."""
    command = [sys.executable, "-m", "tests.support.memory_hog", how, "8000000"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, timeout=300)
    assert done.returncode == 0, done.stderr
    grown, out = map(int, done.stdout.split())
    assert out > 0 and grown < 200, (grown, out)
