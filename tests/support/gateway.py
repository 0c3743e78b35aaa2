"""A server with a session and its guests, and the ways in which a guest's requests reach the gateway."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from .server import HEADERS, JupyterProcess

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "code", "execution_count": None, "id": "one", "metadata": {}, "outputs": [], "source": "6 * 7"}
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
#: Ask for a WebSocket by hand: the status is what matters.
HEADERS_OF_SOCKETS = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Protocol": "v1.kernel.websocket.jupyter.org",
}
SECRET = "what the host did not share"


@dataclass(frozen=True)
class Answer:
    """``headers``: lower-case names; ``cookies``: the ``name=value`` pairs that were set."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    def json(self) -> Any:
        return json.loads(self.body)


def send(port: int, method: str, path: str, headers: dict[str, str], body: Any = None) -> Answer:
    """The path goes out exactly as it stands. A ``dict`` goes as JSON, ``bytes`` as they are."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if data is not None or method in ("POST", "PUT", "PATCH"):
            headers = {**headers, "Content-Length": str(len(data or b""))}
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(data)
        answer = connection.getresponse()
        if answer.status == 101:
            return Answer(101, {}, b"")
        cookies = tuple(value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie", []))
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read(), cookies)
    finally:
        connection.close()


@dataclass(frozen=True)
class Guest:
    """``carrier`` makes the headers that carry the credential; None: a stranger."""

    port: int
    session: str
    participant: str
    credential: str
    carrier: Callable[[Guest], dict[str, str]]

    @property
    def base(self) -> str:
        return f"/cohost/g/{self.session}"

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """``path`` below the gateway; keyword ``If_None_Match`` is the header ``If-None-Match``."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return send(self.port, method, f"{self.base}/{path}", {**self.carrier(self), **more}, body)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def connect(self, http: aiohttp.ClientSession, path: str, **options: Any) -> Any:
        """An aiohttp WebSocket context."""
        headers = {**self.carrier(self), **options.pop("headers", {})}
        return http.ws_connect(
            f"http://127.0.0.1:{self.port}{self.base}/{path}", headers=headers, max_msg_size=0, **options
        )


def cookie(guest: Guest) -> dict[str, str]:
    """As the gateway's own page sends it."""
    origin = f"http://127.0.0.1:{guest.port}"
    return {
        "Host": f"127.0.0.1:{guest.port}",
        "Cookie": f"cohost-{guest.session}={guest.credential}",
        "Origin": origin,
        "Sec-Fetch-Site": "same-origin",
    }


def bearer(guest: Guest) -> dict[str, str]:
    """As a JupyterLab elsewhere sends it."""
    return {"Host": f"127.0.0.1:{guest.port}", "Authorization": f"Bearer {guest.credential}"}


def nobody(guest: Guest) -> dict[str, str]:
    return {"Host": f"127.0.0.1:{guest.port}"}


Carrier = Callable[[Guest], dict[str, str]]
CARRIERS: dict[str, Carrier] = {"cookie": cookie, "bearer": bearer}


class World:
    """One server; ``session`` shares ``shared/`` and ``deep/er/one.ipynb``."""

    def __init__(self, work: Path) -> None:
        self.server, self._secrets = JupyterProcess(work), dict[tuple[str, str], str]()
        fill(self.server.root)
        self.server.start()
        self.session = self.share(["shared", "deep/er/one.ipynb"])

    def host(self, method: str, path: str, body: Any = None) -> Answer:
        """A request with the host's token; ``path`` below the server's root."""
        headers = {**HEADERS, "Host": f"127.0.0.1:{self.server.port}", "Content-Type": "application/json"}
        return send(self.server.port, method, f"/{path}", headers, body)

    def share(self, paths: list[str]) -> str:
        answer = self.host("POST", "cohost/api/sessions", {"scope": [{"path": path} for path in paths]})
        assert answer.status == 201, answer.body
        return str(answer.json()["id"])

    def guest(
        self, role: str, session: str | None = None, carrier: Callable[[Guest], dict[str, str]] = bearer
    ) -> Guest:
        """A new participant with this role."""
        session = session or self.session
        join = {"secret": self._secret(session, role), "name": f"the {role}", "carrier": "bearer"}
        address = f"/cohost/g/{session}/join"
        answer = send(self.server.port, "POST", address, {"Host": f"127.0.0.1:{self.server.port}"}, join)
        assert answer.status == 200, answer.body
        joined = answer.json()
        return Guest(self.server.port, session, joined["participant"]["id"], joined["credential"], carrier)

    def _secret(self, session: str, role: str) -> str:
        if (session, role) not in self._secrets:
            answer = self.host("POST", f"cohost/api/sessions/{session}/invites", {"role": role, "knock": False})
            self._secrets[session, role] = answer.json()["link"].partition("#")[2]
        return self._secrets[session, role]

    def remove(self, guest: Guest) -> None:
        address = f"cohost/api/sessions/{guest.session}/participants/{guest.participant}"
        assert self.host("DELETE", address).status == 204

    def change_role(self, guest: Guest, role: str) -> None:
        address = f"cohost/api/sessions/{guest.session}/participants/{guest.participant}"
        assert self.host("PATCH", address, {"role": role}).status == 200

    def end(self, session: str) -> None:
        assert self.host("DELETE", f"cohost/api/sessions/{session}").status == 204

    def stop(self) -> None:
        self.server.stop()


def fill(root: Path) -> None:
    """The host's files."""
    for folder in ("shared/sub", "shared/.hidden", "deep/er", "private"):
        (root / folder).mkdir(parents=True)
    for name in ("shared/nb.ipynb", "deep/er/one.ipynb", "deep/er/two.ipynb", "private/other.ipynb"):
        (root / name).write_text(json.dumps(NOTEBOOK))
    (root / "shared/a.py").write_text("print('a')\n")
    (root / "shared/sub/b.txt").write_text("0123456789")
    (root / "shared/binary.bin").write_bytes(bytes(range(256)))
    (root / "shared/page.html").write_text("<script>alert(1)</script>")
    (root / "shared/.hidden/x.txt").write_text(SECRET)
    (root / "private/secret.txt").write_text(SECRET)
    (root / "shared/link").symlink_to("../private", target_is_directory=True)
    (root / "shared/secret-link.txt").symlink_to("../private/secret.txt")
    (root / "shared/dangling.txt").symlink_to("../private/not-yet.txt")
    (root / "shared/inside-link.py").symlink_to("a.py")
