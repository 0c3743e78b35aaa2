"""HUB: a stock JupyterHub with nothing configured for us: its proxy, its cookies, its shares, its stopped servers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from ..support.hub import GetPerson, Hub, Person
from ..support.hub_guest import HubGuest, Shared, browser, share

GetGuest = Callable[..., Awaitable[HubGuest]]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = Hub(tmp_path_factory.mktemp("hub")).start()
    yield hub
    hub.stop()


@pytest.fixture
async def shared(host: Person) -> Shared:
    return await share(host, "a.txt")


@pytest.fixture
def guest(shared: Shared, stack: AsyncExitStack) -> GetGuest:
    async def join(name: str, member: Person | None = None) -> HubGuest:
        http = member.http if member else await stack.enter_async_context(browser())
        return await HubGuest(shared, http).join(name)

    return join


async def until_saved(hub: Hub, words: str) -> None:
    """The file on the host's disk holds the words."""
    for _ in range(1200):
        if words in (hub.home("ada") / "a.txt").read_text():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words} is not in the file")


async def test_hub_1_the_link_stands_at_the_hubs_address_below_the_hosts_prefix(hub: Hub, shared: Shared) -> None:
    assert shared.link.startswith(f"{hub.origin}/user/ada/cohost/g/{shared.id}/join#")


async def test_hub_2_a_guest_without_account_and_a_member_edit_together(
    hub: Hub, person: GetPerson, guest: GetGuest
) -> None:
    """[HUB-2] [HUB-3] by room sockets through the hub's proxy; the member's hub cookies are there and do not matter."""
    member = await person("bo")
    stranger, bo = await guest("Eve without account"), await guest("Bo", member)
    assert "jupyterhub-session-id" in {cookie.key for cookie in bo.http.cookie_jar}
    one, two = await stranger.room("a.txt"), await bo.room("a.txt")
    try:
        text = one.text
        text += "by the stranger\n"
        await two.until(lambda: "by the stranger" in str(two.text))
        text = two.text
        text += "by the member\n"
        await one.until(lambda: "by the member" in str(one.text))
        await until_saved(hub, "by the member")
    finally:
        await one.stop()
        await two.stop()


async def test_hub_3_a_member_with_a_running_server_of_their_own_joins(person: GetPerson, guest: GetGuest) -> None:
    """[HUB-3] Their browser holds cookies of their own server and of the hub; they are a guest all the same."""
    member = await person("bo")
    await member.start_server()
    try:
        async with member.http.get(f"{member.hub.origin}/user/bo/lab") as page:
            assert page.status == 200
        assert "jupyterhub-user-bo" in {cookie.key for cookie in member.http.cookie_jar}
        room = await (await guest("Bo", member)).room("a.txt")
        await room.stop()
    finally:
        await member.stop_server()


async def test_hub_4_the_hosts_own_browser_is_not_made_a_guest(host: Person, shared: Shared) -> None:
    async with host.http.get(f"{host.hub.origin}/user/ada/lab") as page:
        assert page.status == 200
    own = HubGuest(shared, host.http)
    status, body = await own.post("join", {"secret": shared.link.partition("#")[2], "name": "Ada"})
    assert (status, body["code"]) == (403, "forbidden") and "signed in as the host" in body["message"]


async def test_hub_5_a_removed_member_is_out(
    person: GetPerson, shared: Shared, guest: GetGuest, record_property: Callable[[str, object], None]
) -> None:
    """The time it took stands in the report: within a second on a machine that does nothing else."""
    member = await guest("Bo", await person("bo"))
    room = await member.room("a.txt")
    try:
        asked = time.monotonic()
        await shared.remove(member.participant)
        await room.until(lambda: bool(room.closes), timeout=60)
        record_property("seconds until out", round(time.monotonic() - asked, 3))
        assert room.closes[0][0] == 4411
        status, body = await member.post("documents", {"path": "a.txt", "type": "file", "format": "text"})
        assert (status, body["code"]) == (401, "removed")
    finally:
        await room.stop()


async def test_hub_6_no_share_is_made_and_a_member_gets_no_right_on_the_hosts_server(
    host: Person, person: GetPerson, guest: GetGuest
) -> None:
    member = await person("bo")
    await guest("Bo", member)
    status, shares = await host.ask("GET", "/hub/api/shares/ada/")
    assert status == 200 and shares["items"] == []
    for path in ("api/contents", "api/terminals", "cohost/api/sessions"):
        assert (await member.ask("GET", f"/user/ada/{path}"))[0] == 403, path


async def test_hub_7_the_session_goes_on_when_the_hosts_server_is_started_again(
    hub: Hub, host: Person, guest: GetGuest
) -> None:
    """[HUB-7] The guest does nothing but try again with the same cookie; what was typed is there."""
    stranger = await guest("Eve")
    room = await stranger.room("a.txt")
    try:
        text = room.text
        text += "before the stop\n"
        await room.until(lambda: room.all_acknowledged)
        await host.stop_server()
        await room.until(lambda: bool(room.closes), timeout=60)
        assert room.closes[0][0] == 1001
        await host.start_server()
        await room.until(lambda: room.synced.is_set(), timeout=60)
        text += "after the stop\n"
        await until_saved(hub, "after the stop")
        assert (hub.home("ada") / "a.txt").read_text().count("before the stop") == 1
    finally:
        await room.stop()


async def test_hub_8_a_hub_below_a_prefix_and_a_named_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    """HUB-8, HUB-11: with a policy on the servers' command line, where users' own settings do not reach."""
    config = 'c.JupyterHub.allow_named_servers = True\nc.Spawner.args += ["--CohostPolicy.highest_role=view"]\n'
    named = Hub(tmp_path_factory.mktemp("named"), ("ada",), "/jh/", config)
    user_config = named.home("ada") / ".jupyter" / "jupyter_server_config.py"
    user_config.parent.mkdir(parents=True)
    user_config.write_text("c.CohostPolicy.highest_role = 'run'\n")
    named.start()
    try:
        async with browser() as http, browser() as other:
            host = await Person(named, "ada", http).sign_in()
            await host.start_server("second")
            (named.home("ada") / "a.txt").write_text("hello\n")
            assert (await host.ask("GET", "/user/ada/second/cohost/api/policy"))[1]["roles"] == ["viewer"]
            shared = await share(host, "a.txt", "second", invite={"role": "viewer", "knock": False})
            assert shared.link.startswith(f"{named.origin}/user/ada/second/cohost/g/")
            room = await (await HubGuest(shared, other).join("Eve")).room("a.txt")
            assert str(room.text) == "hello\n"
            await room.stop()
    finally:
        named.stop()


async def test_hub_16_who_tries_secrets_through_the_proxy_is_limited_and_nobody_else(
    shared: Shared, stack: AsyncExitStack
) -> None:
    """[HUB-16] Everybody has one address here, and says another; the host and a guest with the link come in."""
    http = await stack.enter_async_context(browser())

    async def wrong(number: int) -> int:
        headers = {"X-Forwarded-For": f"10.0.0.{number}", "X-Real-Ip": f"10.0.1.{number}"} if number else {}
        body = {"secret": "wrong", "carrier": "bearer"}
        async with http.post(shared.base + "join", json=body, headers=headers) as answer:
            return answer.status

    assert [await wrong(0) for _ in range(30)] == [404] * 30
    flood = [asyncio.create_task(wrong(number)) for number in [0] * 60]
    room = await (await HubGuest(shared, http).join("Bo")).room("a.txt")
    await room.stop()
    assert (await shared.host.ask("GET", f"{shared.api}/sessions/{shared.id}"))[0] == 200
    assert set(await asyncio.gather(*flood)) == {429}
    assert set(await asyncio.gather(*(wrong(number) for number in range(1, 9)))) == {429}
