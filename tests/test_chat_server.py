"""CHAT on a real server: guests and host in one discussion, forgeries refused, no trace left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from jupyterlab_cohost.core.chat_limits import CHAT_LIMITS
from jupyterlab_cohost.protocol.close_codes import TOO_FAST

from .support.chat_client import ChatPage, ChatSocketClient, reference
from .support.gateway import Guest, World
from .support.server import HEADERS

CANARY = "a-canary-that-was-said-and-is-gone-7Qx"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("chat"))
    yield world
    world.stop()


class Pages:
    """Opens pages and closes them at the end."""

    def __init__(self, world: World, stack: AsyncExitStack, http: aiohttp.ClientSession) -> None:
        self.world, self.stack, self.http = world, stack, http

    async def guest(self, guest: Guest) -> ChatSocketClient:
        socket = await self.stack.enter_async_context(guest.connect(self.http, "chat"))
        client = ChatSocketClient(socket)
        await client.enter(guest.session, guest.participant)
        return client

    def until_out(self, client: ChatSocketClient) -> asyncio.Task[dict[str, Any]]:
        """Reads all that comes until somebody else has its place."""
        task = asyncio.create_task(client.hear("full", timeout=300))
        self.stack.callback(task.cancel)
        return task

    async def host(self, session: str) -> ChatSocketClient:
        url = f"{self.world.server.origin}/cohost/api/sessions/{session}/chat"
        client = ChatSocketClient(await self.stack.enter_async_context(self.http.ws_connect(url, headers=HEADERS)))
        await client.enter(session, "")
        return client


@pytest.fixture
async def pages(world: World):  # type: ignore[no-untyped-def]
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        yield Pages(world, stack, http)


async def test_chat_1_what_one_says_all_get_with_the_servers_stamp(world: World, pages: Pages) -> None:
    session = world.share(["shared"])
    ada, ben = world.guest("viewer", session), world.guest("editor", session)
    host, one, two = await pages.host(session), await pages.guest(ada), await pages.guest(ben)
    entry = one.page.entry(text=CANARY)
    await one.post(entry)
    for client in (host, one, two):
        heard = (await client.hear("entry"))["entry"]
        assert heard["body"]["text"] == CANARY and heard["author"] == ada.participant
        assert heard["stamp"]["at"] > 0 and heard["stamp"]["host"] is False


async def test_chat_2_a_forged_author_edit_or_delete_is_refused(world: World, pages: Pages) -> None:
    session = world.share(["shared"])
    ada, eve = world.guest("editor", session), world.guest("editor", session)
    one, two = await pages.guest(ada), await pages.guest(eve)
    theirs = one.page.entry(text="mine")
    await one.post(theirs)
    await two.hear("entry")
    two.page.time = 10
    await two.post(two.page.entry(text="I am Ada", author=ada.participant))
    assert (await two.hear("refused"))["code"] == "forged"
    await two.post(two.page.entry(kind="message", text="with her key", key=one.page.key))
    assert (await two.hear("refused"))["code"] == "forged"
    for forged in (
        two.page.entry("edit", "changed", target=reference(theirs)),
        two.page.entry("delete", target=reference(theirs)),
    ):
        await two.post(forged)
        assert (await two.hear("refused"))["code"] == "not_yours"
    await one.post(one.page.entry(text="nothing came between"))
    assert (await two.hear("entry"))["entry"]["seq"] == 2


async def test_chat_3_the_host_deletes_what_a_guest_wrote(world: World, pages: Pages) -> None:
    session = world.share(["shared"])
    one, host = await pages.guest(world.guest("viewer", session)), await pages.host(session)
    entry = one.page.entry(text="please remove")
    await one.post(entry)
    await host.hear("entry")
    host.page.time = 10
    await host.post(host.page.entry("delete", target=reference(entry)))
    await one.hear("entry")
    heard = (await one.hear("entry"))["entry"]
    assert heard["kind"] == "delete" and heard["stamp"]["host"] is True


async def test_chat_4_removed_means_silent(world: World, pages: Pages) -> None:
    session = world.share(["shared"])
    ada = world.guest("editor", session)
    one, host = await pages.guest(ada), await pages.host(session)
    world.remove(ada)
    assert (await host.hear("left"))["node"]
    while (frame := await one.socket.receive()).type == aiohttp.WSMsgType.TEXT:
        pass
    assert frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED) and one.socket.close_code == 4411


async def test_chat_5_nothing_is_left_in_any_file_after_a_discussion(world: World) -> None:
    session = world.share(["shared"])
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        pages = Pages(world, stack, http)
        one, host = await pages.guest(world.guest("viewer", session)), await pages.host(session)
        for kind in ("message", "broken"):
            await one.post(one.page.entry(text=CANARY) if kind == "message" else {"text": CANARY, "kind": CANARY})
        said = (await host.hear("entry"))["entry"]
        assert said["body"]["text"] == CANARY
        assert (await one.hear("refused"))["code"] == "malformed"
        await passes_by_every_other_way(one, host, said)
        await one.say(CANARY)
        while (await one.socket.receive()).type == aiohttp.WSMsgType.TEXT:
            pass
    found = [path for path in world.server.work.rglob("*") if path.is_file() and holds(path, CANARY)]
    assert found == []
    world.server.stop()
    assert [path for path in world.server.work.rglob("*") if path.is_file() and holds(path, CANARY)] == []
    world.server.start()


async def passes_by_every_other_way(one: ChatSocketClient, host: ChatSocketClient, said: dict[str, Any]) -> None:
    """The history that pages tell each other, a text that is fetched, and a 1-to-1 letter."""
    await host.say({"type": "want", "id": "history", "have": {}})
    wanted = await one.hear("wanted")
    await one.say({"type": "history", "id": wanted["id"], "entries": [said], "done": True})
    assert (await host.hear("history"))["entries"] == [said]
    about = {name: value for name, value in said.items() if name != "body"}
    await host.say({"type": "body_want", "id": "text", "entry": about})
    asked = await one.hear("body_wanted")
    await one.say({"type": "body", "id": asked["id"], "salt": said["body"]["salt"], "text": CANARY})
    assert (await host.hear("body"))["text"] == CANARY
    letter = {"id": "letter", "to": host.page.person if host.page else "", "data": CANARY}
    await one.say({"type": "direct", **letter, "boxes": [{"node": wanted["node"], "box": CANARY}]})
    assert (await host.hear("direct"))["data"] == CANARY


def holds(path: Path, text: str) -> bool:
    return text.encode() in path.read_bytes()


async def test_chat_18_frames_of_the_chat_count_with_all_that_a_guest_sends(tmp_path: Path) -> None:
    config = tmp_path / "limited" / "jupyter" / "config"
    config.mkdir(parents=True)
    (config / "jupyter_server_config.py").write_text("c.Cohost.guest_messages_per_s = 2\n")
    world = World(tmp_path / "limited")
    try:
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
            pages = Pages(world, stack, http)
            session = world.share(["shared"])
            eve, ada = (
                await pages.guest(world.guest("viewer", session)),
                await pages.guest(world.guest("editor", session)),
            )
            for _ in range(30):
                await eve.say({"type": "typing"})
            while (frame := await eve.socket.receive()).type == aiohttp.WSMsgType.TEXT:
                pass
            assert (frame.data, frame.extra) == (4420, TOO_FAST.message)
            await ada.post(ada.page.entry(text="the others go on"))
            assert (await ada.hear("entry"))["entry"]["author"] == ada.page.person
    finally:
        world.stop()


async def test_chat_50_a_hundred_selves_of_one_link_leave_room_for_who_comes_another_way(
    world: World, pages: Pages
) -> None:
    """CHAT-50: the link and the address are the server's word, not the page's."""
    session = world.share(["shared"])
    out = []
    for _ in range(CHAT_LIMITS.people):
        client = await pages.guest(world.guest("viewer", session))
        # Who does not read shows no sign of life.
        out.append(pages.until_out(client))
    same = ChatSocketClient(
        await pages.stack.enter_async_context(world.guest("viewer", session).connect(pages.http, "chat"))
    )
    await same.say(ChatPage(session, "").hello())
    await same.hear("full")
    await pages.guest(world.guest("editor", session))
    await out[0]
    elsewhere = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    pages.http = await pages.stack.enter_async_context(aiohttp.ClientSession(connector=elsewhere))
    await pages.guest(world.guest("viewer", session))
    await out[1]
    assert not any(one.done() for one in out[2:])
