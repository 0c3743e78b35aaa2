"""GATE: one stream of pushes in place of polling."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from ..support.gateway import Guest, World, nobody

Guests = Callable[[str], Guest]


async def event(socket: Any, kind: str) -> dict[str, Any]:
    async def look() -> dict[str, Any]:
        async for message in socket:
            told: dict[str, Any] = json.loads(message.data)
            if told["type"] == kind:
                return told
        raise AssertionError(f"closed with {socket.close_code}")

    return await asyncio.wait_for(look(), 20)


async def test_gate_30_the_stream_tells_the_role_and_changes_of_the_scope_only(guest: Guests, world: World) -> None:
    editor = guest("editor")
    async with aiohttp.ClientSession() as http, editor.connect(http, "events") as socket:
        assert (await event(socket, "me"))["role"] == "editor"
        for path in ("private/pushed.txt", "shared/pushed.txt"):
            body = {"type": "file", "format": "text", "content": ""}
            await asyncio.to_thread(world.host, "PUT", f"api/contents/{path}", body)
        assert (await event(socket, "contents"))["path"] == "shared/pushed.txt"
        await asyncio.to_thread(world.change_role, editor, "viewer")
        assert (await event(socket, "me"))["role"] == "viewer"
        for path in ("private/pushed.txt", "shared/pushed.txt"):
            await asyncio.to_thread(world.host, "DELETE", f"api/contents/{path}")


@pytest.mark.parametrize("role", ["viewer", "editor", "runner"])
async def test_gate_33_the_stream_answers_a_ping_and_hears_nothing_else(guest: Guests, role: str) -> None:
    async with aiohttp.ClientSession() as http, guest(role).connect(http, "events") as socket:
        for said in ('{"type":"pong"}', '{"type":"me","role":"host"}', "", "{"):
            await socket.send_str(said)
        await socket.send_bytes(b'{"type":"ping"}')
        await socket.send_str('{"type":"ping"}')
        kinds: list[str] = []
        while "pong" not in kinds:
            kinds.append(json.loads((await socket.receive(timeout=20)).data)["type"])
        assert set(kinds) <= {"me", "people", "person", "host", "pong"}
        assert kinds.count("pong") == 1


async def test_gate_31_a_ticket_opens_one_socket_once(guest: Guests) -> None:
    viewer = guest("viewer")
    ticket = viewer.request("POST", "ws-ticket").json()["ticket"]
    other = Guest(viewer.port, viewer.session, viewer.participant, "", nobody)
    async with aiohttp.ClientSession() as http:
        async with other.connect(http, f"events?ticket={ticket}") as socket:
            assert (await event(socket, "me"))["user"]["username"] == viewer.participant
        for used in (ticket, "", "made-up"):
            try:
                async with other.connect(http, f"events?ticket={used}"):
                    raise AssertionError("a used ticket was taken")
            except aiohttp.WSServerHandshakeError as refused:
                assert refused.status == 401


async def test_gate_32_a_cookie_needs_our_origin_on_a_socket_and_on_a_change(world: World) -> None:
    from ..support.gateway import cookie

    viewer = world.guest("editor", carrier=cookie)
    async with aiohttp.ClientSession() as http:
        for origin in ("https://evil.example", "null", ""):
            try:
                async with viewer.connect(http, "events", headers={"Origin": origin}):
                    raise AssertionError(f"taken from {origin!r}")
            except aiohttp.WSServerHandshakeError as refused:
                assert refused.status == 403
    for more in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": ""}):
        assert viewer.request("POST", "api/contents/shared", {"type": "file"}, **more).status == 403


async def test_gate_62_a_guest_who_opens_sockets_without_end_is_refused_and_nobody_else(world: World) -> None:
    greedy, honest = world.guest("viewer"), world.guest("viewer")
    many = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=many) as http, contextlib.AsyncExitStack() as stack:
        for _ in range(100):
            await stack.enter_async_context(greedy.connect(http, "api/events/subscribe"))
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await stack.enter_async_context(greedy.connect(http, "api/events/subscribe"))
        assert refused.value.status == 429
        await stack.enter_async_context(honest.connect(http, "api/events/subscribe"))
