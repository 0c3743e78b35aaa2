"""PRES: what a room tells about who is where. Identity once; moves merged, and left out first for a slow reader."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterlab_cohost.core.room import Room
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.protocol.varint import write_bytes, write_varuint

from .support.fakes import FakeClient
from .test_rooms import World, until, world  # noqa: F401

IDENTITIES = 115
HELLO = messages.encode_json("hello", {"version": 1, "identities": True})


def say(room: Room, client: FakeClient, number: int, clock: int, state: bytes) -> None:
    body = b"\x01" + write_varuint(number) + write_varuint(clock) + write_bytes(state)
    room.handle(client, messages.encode_awareness(body))


def greet(room: Room, *clients: FakeClient) -> None:
    for client in clients:
        room.handle(client, HELLO)


def moves(client: FakeClient) -> list[bytes]:
    return [frame for frame in client.frames if frame[0] == 1]


def users(client: FakeClient) -> list[dict[str, Any]]:
    return [body["users"] for body in client.of_type(IDENTITIES)]


async def test_pres_10_identity_is_told_once_and_moves_do_not_carry_it(world: World) -> None:  # noqa: F811
    ann, bob, plain = FakeClient(Role.EDITOR), FakeClient(Role.VIEWER, "Bob"), FakeClient(Role.VIEWER, "Plain")
    room = await world.join("a.txt", ann, bob, plain, hello=False)
    greet(room, ann, bob)
    for clock in range(1, 6):
        say(room, ann, 7, clock, b'{"user": {"name": "The host"}, "at": {"cell": "c"}}')
        await until(lambda clock=clock: bob.awareness().get(7, (0,))[0] == clock)
    assert bob.awareness()[7][1] == {"at": {"cell": "c"}}
    (told,) = users(bob)
    assert told["7"]["username"] == "p-Ann" and told["7"]["name"] == "Ann"
    assert {"verified", "role", "color"} <= set(told["7"])
    await until(lambda: plain.awareness()[7][0] == 5)
    assert plain.awareness()[7][1]["user"] == told["7"], "a client of another make finds it in the state"
    assert users(plain) == []
    late = FakeClient(Role.VIEWER, "Late")
    await world.join("a.txt", late, hello=False)
    assert "7" not in str(users(late)) and late.awareness()[7][1]["user"]["name"] == "Ann"


async def test_pres_10_a_newcomer_is_told_who_is_there_before_where(world: World) -> None:  # noqa: F811
    ann, bob = FakeClient(Role.EDITOR), FakeClient(Role.VIEWER, "Bob")
    room = await world.join("a.txt", ann, hello=False)
    greet(room, ann)
    say(room, ann, 7, 1, b"{}")
    late = await world.rooms.connect(room.id, bob)
    assert moves(bob) == []
    greet(late, bob)
    assert list(users(bob)[0]) == ["7"] and bob.awareness()[7] == (1, {})
    kinds = [frame[0] for frame in bob.frames if frame[0] in (1, IDENTITIES)]
    assert kinds == [IDENTITIES, 1]


async def test_pres_11_moves_of_a_tick_leave_in_one_frame_the_newest_of_each(world: World) -> None:  # noqa: F811
    crowd = [FakeClient(Role.VIEWER, f"Person {number}") for number in range(40)]
    room = await world.join("a.txt", *crowd, hello=False)
    greet(room, *crowd)
    for number, client in enumerate(crowd):
        say(room, client, number, 1, b'{"at": {}}')
    await until(lambda: len(crowd[0].awareness()) == len(crowd))
    await asyncio.sleep(0.06)
    before = len(moves(crowd[0]))
    for clock in range(2, 12):
        for number, client in enumerate(crowd):
            say(room, client, number, clock, b'{"at": {"n": %d}}' % clock)
    await until(lambda: all(clock == 11 for clock, _ in crowd[0].awareness().values()))
    assert len(moves(crowd[0])) - before <= 2, "400 moves"


async def test_pres_12_a_slow_reader_is_spared_moves_but_not_who_comes_and_goes(world: World) -> None:  # noqa: F811
    ann, bob, slow = (FakeClient(Role.VIEWER, name) for name in ("Ann", "Bob", "Slow"))
    room = await world.join("a.txt", ann, bob, slow, hello=False)
    greet(room, ann, bob, slow)
    say(room, ann, 7, 1, b"{}")
    await until(lambda: 7 in slow.awareness())
    slow.waiting = 1_000_000
    for clock in range(2, 30):
        say(room, ann, 7, clock, b"{}")
        await asyncio.sleep(0.002)
    say(room, bob, 8, 1, b"{}")
    await until(lambda: bob.awareness()[7][0] == 29 and 8 in slow.awareness())
    assert slow.awareness()[7][0] == 1, "moves are left out"
    slow.waiting = 0
    await until(lambda: slow.awareness()[7][0] == 29)
    slow.waiting = 1_000_000
    room.disconnect(ann)
    await until(lambda: slow.awareness()[7][1] is None)


async def test_pres_5_nobody_removes_or_speaks_for_another(world: World) -> None:  # noqa: F811
    host, mallory, ann = FakeClient(Role.HOST, "Host"), FakeClient(Role.VIEWER, "Mallory"), FakeClient()
    room = await world.join("a.txt", host, mallory, ann, hello=False)
    greet(room, host, mallory, ann)
    say(room, host, 7, 1, b'{"at": {"cell": "c"}}')
    await until(lambda: 7 in ann.awareness())
    say(room, mallory, 7, 2, b"null")
    say(room, mallory, 7, 3, b'{"at": {"cell": "elsewhere"}}')
    say(room, mallory, 8, 1, b'{"user": {"username": "p-Host", "name": "Host", "role": "host", "verified": true}}')
    await until(lambda: 8 in ann.awareness())
    assert ann.awareness()[7] == (1, {"at": {"cell": "c"}})
    told = {client: user for each in users(ann) for client, user in each.items()}
    assert (told["8"]["username"], told["8"]["name"]) == ("p-Mallory", "Mallory")
    assert ann.awareness()[8][1] == {}
