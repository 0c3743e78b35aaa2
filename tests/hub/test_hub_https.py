"""HUB: https, the hub's own and a proxy's before it; names of their own for users; prefixes; named servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from ..support.certificate import Certificate, make_certificate
from ..support.hub import Hub, Person
from ..support.hub_guest import HubGuest, Shared, share
from ..support.tls_front import TlsFront

NAMED = "c.JupyterHub.allow_named_servers = True\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    return make_certificate(folder, "hub.localhost", "*.hub.localhost")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, certificate: Certificate) -> Iterator[Hub]:
    """https from the hub's own proxy, below a prefix, each user under a name of their own, named servers."""
    work = tmp_path_factory.mktemp("https")
    hub = Hub(work, prefix="/jh/", config=NAMED, certificate=certificate, domain="hub.localhost").start()
    yield hub
    hub.stop()


@pytest.fixture
async def shared(hub: Hub) -> AsyncIterator[Shared]:
    async with hub.client() as http:
        ada = await Person(hub, "ada", http).sign_in()
        await ada.start_server("second")
        (hub.home("ada") / "a.txt").write_text("hello\n")
        yield await share(ada, "a.txt", "second")


async def edits_and_saves(guest: HubGuest, file: Path, words: str) -> None:
    """Over a WebSocket, as far as the host's disk."""

    def saved() -> bool:
        return words in file.read_text()

    room = await guest.room("a.txt")
    try:
        text = room.text
        text += words
        for _ in range(1200):
            if saved():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{words} is not in the file")
    finally:
        await room.stop()


async def attributes(guest: HubGuest) -> tuple[str, set[str]]:
    """Joins; the cookie's ``name=value`` and its attributes, in small letters, the path as it is."""
    headers = {"Origin": guest.origin, "Sec-Fetch-Site": "same-origin"}
    body = {"secret": guest.shared.link.partition("#")[2], "name": "Eve"}
    async with guest.http.post(guest.shared.base + "join", json=body, headers=headers) as answer:
        assert answer.status == 200
        (cookie,) = answer.headers.getall("Set-Cookie")
    first, *rest = (part.strip() for part in cookie.split(";"))
    return first, {part if part.startswith("Path=") else part.lower() for part in rest}


async def test_hub_12_links_stand_at_the_users_own_name_by_https(hub: Hub, shared: Shared) -> None:
    expected = f"https://ada.hub.localhost:{hub.port}/jh/user/ada/second/cohost/g/{shared.id}/join#"
    assert shared.link.startswith(expected)
    status, reach = await shared.host.ask("GET", f"{shared.api}/reachability")
    assert status == 200 and reach["kind"] == "jupyterhub" and reach["base"] == expected.partition("cohost/")[0]


async def test_hub_12_the_cookie_is_for_https_this_gateway_and_no_script(hub: Hub, shared: Shared) -> None:
    async with hub.client() as http:
        first, rest = await attributes(HubGuest(shared, http))
        assert first.startswith(f"cohost-{shared.id}=")
        assert {"secure", "httponly", "samesite=strict", f"Path={urlsplit(shared.base).path}"} <= rest
        assert not [part for part in rest if part.startswith("domain")]


async def test_hub_12_a_guest_edits_over_wss(hub: Hub, shared: Shared) -> None:
    async with hub.client() as http:
        guest = await HubGuest(shared, http).join("Eve")
        await edits_and_saves(guest, hub.home("ada") / "a.txt", "by wss\n")


async def test_hub_13_another_users_name_is_another_site(hub: Hub, shared: Shared) -> None:
    """[HUB-13] Neither a WebSocket nor a change is taken from there, cookie or not, nor from plain http."""
    async with hub.client() as http:
        guest = await HubGuest(shared, http).join("Eve")
        document = {"path": "a.txt", "type": "file", "format": "text"}
        _, made = await guest.post("documents", document)
        own = urlsplit(guest.origin).netloc
        for origin in (f"https://bo.{own.removeprefix('ada.')}", hub.origin.removesuffix("/jh"), f"https://{own}.evil"):
            async with http.post(guest.shared.base + "documents", json=document, headers={"Origin": origin}) as answer:
                assert answer.status == 403, origin
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(f"{guest.shared.base}rooms/{made['id']}", headers={"Origin": origin})
            assert refused.value.status == 403


@pytest.fixture(scope="module")
def front(certificate: Certificate) -> Iterator[TlsFront]:
    front = TlsFront(certificate)
    yield front
    front.stop()


async def test_hub_14_a_proxy_with_tls_before_the_hub(
    tmp_path: Path, certificate: Certificate, front: TlsFront
) -> None:
    """[HUB-14] It passes Host and X-Forwarded-Proto, as JupyterHub needs it; the hub itself speaks http."""
    public = f'c.JupyterHub.public_url = "https://127.0.0.1:{front.port}/jh/"\n'
    hub = Hub(tmp_path, ("ada",), "/jh/", public).start()
    front.start(hub.port)
    seen = Hub(tmp_path, ("ada",), "/jh/", port=front.port, certificate=certificate)
    try:
        async with seen.client() as http, seen.client() as other:
            ada = await Person(seen, "ada", http).sign_in()
            await ada.start_server()
            (hub.home("ada") / "a.txt").write_text("hello\n")
            shared = await share(ada, "a.txt")
            assert shared.link.startswith(f"https://127.0.0.1:{front.port}/jh/user/ada/cohost/g/")
            guest = HubGuest(shared, other)
            _, rest = await attributes(guest)
            assert {"secure", "httponly", "samesite=strict", f"Path={urlsplit(shared.base).path}"} <= rest
            await edits_and_saves(guest, hub.home("ada") / "a.txt", "through two proxies\n")
            # From inside, by another address, the link is the public one all the same.
            inside = await share(Person(hub, "ada", http, ada.token), "a.txt")
            assert inside.link.startswith(f"https://127.0.0.1:{front.port}/jh/user/ada/cohost/g/")
    finally:
        hub.stop()
