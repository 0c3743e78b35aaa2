"""Guests of a session on a hub: they have an address, maybe cookies of the hub, and no right on any server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from .hub import Person
from .room_client import TestClient


def browser() -> aiohttp.ClientSession:
    """Keeps cookies by their path, as browsers do, on an address without a name too."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


@dataclass
class Shared:
    """A session of ``host``; ``link`` is what people are sent."""

    host: Person
    api: str
    id: str
    link: str

    @property
    def base(self) -> str:
        return self.link.partition("#")[0].removesuffix("join")

    async def remove(self, participant: str) -> None:
        status, body = await self.host.ask("DELETE", f"{self.api}/sessions/{self.id}/participants/{participant}")
        assert status == 204, body


async def share(host: Person, path: str, server: str = "", **more: Any) -> Shared:
    """As the host's page does."""
    api = "/".join(["/user", host.name, *([server] if server else []), "cohost", "api"])
    invite = {"role": "editor", "knock": False}
    body = {"scope": [{"path": path}], "kind": "persistent", "invite": invite, **more}
    status, session = await host.ask("POST", f"{api}/sessions", body)
    assert status == 201, session
    return Shared(host, api, session["id"], session["invites"][0]["link"])


@dataclass
class HubGuest:
    """Somebody who has the link open. ``http`` may hold cookies of the hub besides the guest's own."""

    shared: Shared
    http: aiohttp.ClientSession
    participant: str = ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.shared.link)
        return f"{parts.scheme}://{parts.netloc}"

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        """``path`` below the gateway."""
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        async with self.http.post(self.shared.base + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def join(self, name: str) -> HubGuest:
        status, body = await self.post("join", {"secret": self.shared.link.partition("#")[2], "name": name})
        assert status == 200, body
        self.participant = body["participant"]["id"]
        return self

    async def room(self, path: str) -> TestClient:
        """In the room of the file, as soon as it is synced."""
        status, document = await self.post("documents", {"path": path, "type": "file", "format": "text"})
        assert status == 200, document
        address = f"{self.shared.base}rooms/{document['id']}".replace("http", "ws", 1)
        cookies = self.http.cookie_jar.filter_cookies(address.replace("ws", "http", 1))  # type: ignore[arg-type]
        sent = "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies.values())
        headers = {"Cookie": sent, "Origin": self.origin}
        return await TestClient(lambda: address, headers, client=self.shared.host.hub.client).start()
