"""PRES: who is here, told to guests within the scope only; asking the others to look at a place."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import aiohttp

from jupyterlab_cohost.core.awareness import decode_update
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.varint import read_bytes, read_string, read_varuint, write_bytes, write_varuint

from ..support.gateway import Guest, World
from ..support.server import HEADERS
from .test_events import event

Guests = Callable[[str], Guest]


async def entry(socket: Any, person: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Waits until somebody's entry is as wanted."""
    while True:
        told: dict[str, Any] = (await event(socket, "person"))["person"]
        if told["id"] == person and wanted(told):
            return told


def room_of(world: World, path: str) -> str:
    answer = world.host("POST", "cohost/api/documents", {"path": path, "type": "file", "format": "text"})
    return str(answer.json()["id"])


async def test_pres_20_a_guest_is_told_who_is_in_which_files_of_the_scope_and_in_no_other(
    guest: Guests, world: World
) -> None:
    viewer, editor = guest("viewer"), guest("editor")
    shared = await asyncio.to_thread(room_of, world, "shared/a.py")
    secret = await asyncio.to_thread(room_of, world, "private/secret.txt")
    host = HEADERS
    rooms = f"{world.server.origin.replace('http', 'ws')}/cohost/rooms"
    async with aiohttp.ClientSession() as http, viewer.connect(http, "events") as socket:
        people = (await event(socket, "people"))["people"]
        assert viewer.participant in [person["id"] for person in people]
        async with http.ws_connect(f"{rooms}/{secret}", headers=host), editor.connect(http, f"rooms/{shared}"):
            told = await entry(socket, editor.participant, lambda person: person["paths"] == ["shared/a.py"])
            assert (told["role"], told["verified"]) == ("editor", False)
            async with viewer.connect(http, "events") as late:
                people = (await event(late, "people"))["people"]
                assert "private" not in str(people)
                assert ["shared/a.py"] in [person["paths"] for person in people]
        while (await event(socket, "person-gone"))["id"] != editor.participant:
            pass


async def test_pres_24_whoever_stands_in_for_the_host_goes_when_the_host_is_in_a_document(
    guest: Guests, world: World
) -> None:
    """With a token, each page of the host has another user name than the session's."""
    viewer = guest("viewer")
    shared = await asyncio.to_thread(room_of, world, "shared/a.py")
    address = f"{world.server.origin.replace('http', 'ws')}/cohost"
    headers = {**HEADERS, "Origin": world.server.origin}

    async def host_told(socket: Any) -> str:
        while True:
            told = await socket.receive_json()
            people = told.get("people", [told.get("person") or {}])
            if hosts := [one["id"] for one in people if one.get("role") == "host"]:
                return str(hosts[0])

    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{address}/api/events", headers=headers),
        viewer.connect(http, "events") as socket,
    ):
        stand_in = await host_told(socket)
        async with http.ws_connect(f"{address}/rooms/{shared}", headers=headers):
            while (await event(socket, "person-gone"))["id"] != stand_in:
                pass


async def test_pres_21_a_guest_of_another_session_is_unknown_unless_met_in_a_file(guest: Guests, world: World) -> None:
    viewer = guest("viewer")
    stranger = await asyncio.to_thread(lambda: world.guest("runner", world.share(["private"])))
    async with aiohttp.ClientSession() as http, stranger.connect(http, "events") as theirs:
        await event(theirs, "people")
        async with viewer.connect(http, "events") as socket:
            people = (await event(socket, "people"))["people"]
            assert stranger.participant not in [person["id"] for person in people]


async def test_pres_22_a_summons_reaches_the_others_who_may_see_the_place_and_not_too_often(
    guest: Guests, world: World
) -> None:
    viewer, editor = guest("viewer"), guest("editor")
    async with aiohttp.ClientSession() as http, viewer.connect(http, "events") as socket:
        await event(socket, "people")
        place = {"path": "shared/a.py", "cell": "c1"}
        assert (await asyncio.to_thread(editor.request, "POST", "summon", place)).status == 204
        told = await event(socket, "summon")
        assert (told["participant"], told["path"], told["cell"]) == (editor.participant, "shared/a.py", "c1")
        assert (await asyncio.to_thread(editor.request, "POST", "summon", place)).status == 429
    for body in ({}, {"path": 3}, {"path": "shared/a.py", "more": 1}, {"path": "shared/a.py", "cell": "x" * 999}):
        assert (await asyncio.to_thread(viewer.request, "POST", "summon", body)).status == 400


async def test_pres_22_the_host_summons_to_what_is_shared_only(guest: Guests, world: World) -> None:
    viewer = guest("viewer")
    async with aiohttp.ClientSession() as http, viewer.connect(http, "events") as socket:
        await event(socket, "people")
        address = f"cohost/api/sessions/{viewer.session}/summon"
        refused = await asyncio.to_thread(world.host, "POST", address, {"path": "private/secret.txt"})
        assert refused.status == 404
        assert (await asyncio.to_thread(world.host, "POST", address, {"path": "shared/a.py"})).status == 204
        assert (await event(socket, "summon"))["path"] == "shared/a.py"


def awareness(number: int, clock: int, state: str) -> bytes:
    """A frame of a raw client."""
    text = state.encode()
    return messages.encode_awareness(
        write_varuint(1) + write_varuint(number) + write_varuint(clock) + write_bytes(text)
    )


async def test_pres_5_a_raw_client_neither_removes_another_nor_takes_the_hosts_name(
    guest: Guests, world: World
) -> None:
    editor, viewer = guest("editor"), guest("viewer")
    shared = await asyncio.to_thread(room_of, world, "shared/a.py")
    rooms = f"{world.server.origin.replace('http', 'ws')}/cohost/rooms"
    hello = messages.encode_json("hello", {"version": 1, "identities": True})
    me = {"username": "host", "name": "Host", "display_name": "Host", "role": "host", "verified": True}
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{rooms}/{shared}", headers=HEADERS) as host,
        viewer.connect(http, f"rooms/{shared}") as witness,
        editor.connect(http, f"rooms/{shared}") as mallory,
    ):
        await witness.send_bytes(hello)
        await host.send_bytes(awareness(7, 1, '{"at": {"cell": "c"}}'))
        seen = Seen(witness)
        await seen.until(lambda: 7 in seen.states)
        assert seen.users["7"]["role"] == "host"
        await mallory.send_bytes(awareness(7, 5, "null"))
        await mallory.send_bytes(awareness(7, 6, '{"at": {"cell": "elsewhere"}}'))
        await mallory.send_bytes(awareness(8, 1, json.dumps({"user": me})))
        await seen.until(lambda: 8 in seen.states)
        assert seen.states == {7: {"at": {"cell": "c"}}, 8: {}}
        assert seen.users["8"]["username"] == editor.participant
        assert (seen.users["8"]["role"], seen.users["8"]["verified"]) == ("editor", False)
        await host.send_bytes(awareness(7, 2, '{"at": {"cell": "d"}}'))
        await seen.until(lambda: seen.states[7] == {"at": {"cell": "d"}})


class Seen:
    """What a raw client was told of who is where."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.states: dict[int, Any] = {}
        self.users: dict[str, dict[str, Any]] = {}

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            frame = (await asyncio.wait_for(self.socket.receive(), 10)).data
            kind, offset = read_varuint(frame, 0)
            if kind == 1:
                self.states.update({entry.id: entry.state for entry in decode_update(read_bytes(frame, offset)[0])})
            elif kind == 115:
                self.users.update(json.loads(read_string(frame, offset)[0])["users"])


@contextlib.asynccontextmanager
async def reading(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[None]:
    """aiohttp answers pings while it is read from."""

    async def read() -> None:
        async for _ in socket:
            pass

    task = asyncio.create_task(read())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_pres_23_people_are_told_the_way_and_the_round_trip_and_the_document_in_front(
    guest: Guests, world: World
) -> None:
    viewer, editor = guest("viewer"), guest("editor")
    first, second = [await asyncio.to_thread(room_of, world, path) for path in ("shared/a.py", "shared/sub/b.txt")]
    async with aiohttp.ClientSession() as http, viewer.connect(http, "events") as socket:
        await event(socket, "people")
        async with editor.connect(http, "events") as theirs, reading(theirs):
            told = await entry(socket, editor.participant, lambda person: person["round_trip_ms"] is not None)
            assert told["via"] == "server" and 0 < told["round_trip_ms"] < 5000
            async with (
                editor.connect(http, f"rooms/{first}") as one,
                editor.connect(http, f"rooms/{second}") as other,
            ):
                await one.send_bytes(awareness(7, 1, '{"at": {"front": true}}'))
                await other.send_bytes(awareness(8, 1, '{"at": {"front": false}}'))
                await entry(socket, editor.participant, lambda person: person["front"] == "shared/a.py")
                await one.send_bytes(awareness(7, 2, '{"at": {}}'))
                await other.send_bytes(awareness(8, 2, '{"at": {"front": true}}'))
                await entry(socket, editor.participant, lambda person: person["front"] == "shared/sub/b.txt")
            await entry(socket, editor.participant, lambda person: person["front"] is None and not person["paths"])
        proxied = {"X-Forwarded-For": "203.0.113.9"}
        async with editor.connect(http, "events", headers=proxied) as theirs, reading(theirs):
            await entry(socket, editor.participant, lambda person: person["via"] == "network")


def does(activity: str, person: dict[str, Any]) -> bool:
    return bool(person["activity"] == activity)


async def test_pres_9_what_somebody_does_is_told_to_those_who_are_in_no_document_with_them(
    guest: Guests, world: World
) -> None:
    viewer, editor = guest("viewer"), guest("editor")
    first, second = [await asyncio.to_thread(room_of, world, path) for path in ("shared/a.py", "shared/sub/b.txt")]
    async with aiohttp.ClientSession() as http, viewer.connect(http, "events") as socket:
        await event(socket, "people")
        async with editor.connect(http, "events"):
            async with editor.connect(http, f"rooms/{first}") as one, editor.connect(http, f"rooms/{second}") as other:
                for clock, says, shown in ((1, "idle", "idle"), (2, "away", "away"), (3, "<b>", "active")):
                    await one.send_bytes(awareness(7, clock, json.dumps({"at": {"activity": says}})))
                    await entry(socket, editor.participant, partial(does, shown))
                await other.send_bytes(awareness(8, 1, '{"at": {"activity": "idle", "front": true}}'))
                told = await entry(socket, editor.participant, lambda person: person["front"] == "shared/sub/b.txt")
                assert told["activity"] == "active", "of several pages the liveliest counts"
                await one.send_bytes(awareness(7, 4, "null"))
                await entry(socket, editor.participant, lambda person: person["activity"] == "idle")
            await entry(socket, editor.participant, lambda person: person["activity"] is None and not person["paths"])
