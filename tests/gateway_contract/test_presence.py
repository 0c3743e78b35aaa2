"""PRES: who is here, told to guests within the scope only; asking the others to look at a place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

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
