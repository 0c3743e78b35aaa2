"""The hub service on a real hub, and browsers (without the browser) that sign in by it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from .hub import Person
from .hub_guest import Shared
from .server import free_port

PAGE = Path(__file__).parents[2] / "docs" / "jupyterhub.md"


def _command() -> str:
    """The program, or the same in the environment of another JupyterHub (scripts/hub_python.py), as Python's text."""
    other = os.environ.get("COHOST_HUB_PYTHON")
    command = [other, "-m", "jupyterlab_cohost.cli"] if other else [str(Path(sys.executable).parent / "jupyter-cohost")]
    return ", ".join(map(repr, command))


def service_config(work: Path, groups: dict[str, list[str]], prefix: str = "/", *, starters: bool = False) -> str:
    """The lines of docs/jupyterhub.md as they stand, but for the port, the folder, the hub's prefix and its Python.

    ``starters``: with the lines by which cy may start the server of ada.
    """
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (lines,) = [block for block in blocks if "c.JupyterHub.services" in block]
    if starters:
        (scope,) = re.findall(r'`("oauth_client_allowed_scopes": [^`]+)`', PAGE.read_text("utf-8"))
        (role,) = [block for block in blocks if "servers!user=" in block]
        lines = lines.replace('"oauth_no_confirm": True,', f'"oauth_no_confirm": True, {scope},') + role
        assert scope in lines
    wanted = {
        "10101": str(free_port()),
        "/srv/jupyterhub/cohost": str(work / "service"),
        '"jupyter-cohost"': _command(),
    }
    for written, here in {**wanted, "/services/cohost/": f"{prefix}services/cohost/"}.items():
        assert written in lines
        lines = lines.replace(written, here)
    return f"{lines}c.JupyterHub.load_groups = { {name: {'users': users} for name, users in groups.items()}!r}\n"


@dataclass
class Page:
    """What a browser shows in the end. ``url`` without the fragment."""

    status: int
    url: str
    text: str
    #: Whatever their case.
    headers: Mapping[str, str]

    @property
    def ticket(self) -> str:
        found = re.search(r'name="ticket" value="([^"]+)"', self.text)
        assert found, self.text
        return unescape(found[1])


@dataclass
class Visitor:
    """Somebody's browser with a link open. ``http`` may be signed in to the hub."""

    shared: Shared
    http: aiohttp.ClientSession

    @property
    def origin(self) -> str:
        parts = urlsplit(self.shared.link)
        return f"{parts.scheme}://{parts.netloc}"

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """``path`` below the gateway, as its own page sends it."""
        sent = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", **headers}
        async with self.http.post(self.shared.base + path, json=body, headers=sent) as answer:
            return answer.status, await answer.json()

    async def open(self, address: str, **headers: str) -> Page:
        """By the address bar; redirects are followed."""
        url = address if address.startswith("http") else self.origin + address
        async with self.http.get(url, headers=headers) as answer:
            return Page(answer.status, str(answer.url), await answer.text(), answer.headers)

    async def begin(self, **how: Any) -> str:
        """Presses "Sign in with JupyterHub": where that leads."""
        status, body = await self.post("sign-in", how or {"secret": self.shared.link.partition("#")[2]})
        assert status == 200, body
        return str(body["url"])

    async def press(self, page: Page) -> str:
        """Presses "Continue as …": the assertion, which only the gateway's page gets."""
        address = page.url.partition("?")[0].removesuffix("sign-in") + "continue"
        # As a page with an origin of its own does
        headers = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
        data = {"ticket": page.ticket}
        async with self.http.post(address, data=data, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            gateway, _, assertion = answer.headers["Location"].partition("#assertion=")
        assert self.origin + gateway == self.shared.base + "join" or gateway == self.shared.base + "join"
        return assertion

    async def sign_in(self, **how: Any) -> str:
        """The whole way to the hub and back."""
        return await self.press(await self.open(await self.begin(**how)))

    async def join(self, **how: Any) -> tuple[int, Any]:
        return await self.post("join", {"assertion": await self.sign_in(**how)})


async def limited(host: Person, path: str, kind: str, *names: str, **invite: Any) -> Shared:
    """A session of ``host`` with one limited link."""
    from .hub_guest import share

    audience = {"kind": kind, "names": list(names)}
    return await share(host, path, invite={"role": "editor", "knock": False, "audience": audience, **invite})
