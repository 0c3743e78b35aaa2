"""ROLE-46: every endpoint of the host's REST × what a user of the server may do, and nobody else gets anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.web import RequestHandler

from jupyterlab_cohost.http.host_api import handlers
from jupyterlab_cohost.http.host_documents import document_routes

from ..support.gateway import (
    HEADERS_OF_SOCKETS,
    SECRET,
    Answer,
    Guest,
    World,
    bearer,
    cookie,
    nobody,
    send,
)
from ..support.server import TOKEN
from .host_table import HOST_ROWS, HostRow

LEVELS = ("nothing", "read", "write")
METHODS = ("get", "head", "post", "put", "patch", "delete")
#: What the user of a request may do stands in a header of it.
_AUTHORIZER = """
from jupyter_server.auth import Authorizer
class ByHeader(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        level = handler.request.headers.get("X-Level", "write")
        if level == "nothing":
            return False
        return level == "write" or action == "read"
c.ServerApp.authorizer_class = ByHeader
"""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    work = tmp_path_factory.mktemp("hosts")
    config = work / "jupyter" / "config" / "jupyter_server_config.py"
    config.parent.mkdir(parents=True)
    config.write_text(_AUTHORIZER)
    world = World(work)
    yield world
    world.stop()


def names(world: World) -> dict[str, str]:
    """A new session with all that the paths' placeholders stand for."""
    session = world.share(["shared"])
    world.guest("editor", session)
    asked = world.host("POST", f"cohost/api/sessions/{session}/invites", {"role": "viewer", "knock": True}).json()
    join = {"secret": asked["link"].partition("#")[2], "name": "Cy", "carrier": "bearer"}
    knocking = send(world.server.port, "POST", f"/cohost/g/{session}/join", host_header(world), join)
    assert knocking.status == 202
    known = world.host("GET", f"cohost/api/sessions/{session}").json()
    document = {"path": "shared/a.py", "type": "file", "format": "text"}
    return {
        "secret": join["secret"],
        "session": session,
        "invite": asked["id"],
        "participant": known["participants"][0]["id"],
        "knock": known["knocks"][0]["id"],
        "room": world.host("POST", "cohost/api/documents", document).json()["id"],
    }


def asked_secret(filled: dict[str, str]) -> bytes:
    return filled["secret"].encode()


def host_header(world: World) -> dict[str, str]:
    return {"Host": f"127.0.0.1:{world.server.port}"}


def try_it(world: World, row: HostRow, filled: dict[str, str], headers: dict[str, str]) -> Answer:
    is_socket = 101 in row.gets
    more = {name.replace("_", "-"): value for name, value in HEADERS_OF_SOCKETS.items()} if is_socket else {}
    address = "/cohost/" + row.path.format(**filled)
    return send(world.server.port, row.method, address, {**more, **headers}, row.body)


def id_of(row: HostRow) -> str:
    return f"{row.method} {row.path}"


@pytest.mark.parametrize("row", HOST_ROWS, ids=id_of)
def test_role_46_each_user_gets_what_the_table_says(hosts: World, row: HostRow) -> None:
    filled = names(hosts)
    for level, expected in zip(LEVELS, row.gets, strict=True):
        headers = {**host_header(hosts), "Authorization": f"token {TOKEN}", "X-Level": level}
        answer = try_it(hosts, row, filled, headers)
        assert answer.status == expected, (level, answer.status, answer.body[:300])
        if level != "write" or row.method == "GET":
            assert b"join#" not in answer.body, "a link is a way in"
            assert asked_secret(filled) not in answer.body, "no GET carries a secret"


@pytest.mark.parametrize("row", HOST_ROWS, ids=id_of)
def test_role_46_nobody_else_gets_anything(hosts: World, row: HostRow) -> None:
    filled = names(hosts)
    stranger = Guest(hosts.server.port, filled["session"], "", "", nobody)
    removed = hosts.guest("runner", filled["session"])
    hosts.remove(removed)
    people = [hosts.guest(role, filled["session"]) for role in ("viewer", "editor", "runner")]
    tried = [nobody(stranger), {**nobody(stranger), "Authorization": "token wrong"}]
    tried += [carrier(guest) for guest in (*people, removed) for carrier in (bearer, cookie)]
    tried += [{**bearer(people[2]), "X-Level": "write", "Cookie": "username-127-0-0-1=x"}]
    for headers in tried:
        answer = try_it(hosts, row, filled, headers)
        to_login = answer.status == 302 and "/login" in answer.headers["location"]
        assert to_login or answer.status in (401, 403), (headers, answer.status, answer.body[:200])
        text = answer.body.decode("utf-8", "replace")
        assert SECRET not in text and filled["session"] not in text and filled["participant"] not in text


def test_role_46_no_route_is_without_a_row() -> None:
    tried = {(_pattern(row.path), row.method) for row in HOST_ROWS}
    for pattern, handler in (*handlers(), *document_routes()):
        for method in METHODS:
            made = getattr(handler, method) is not getattr(RequestHandler, method)
            if made and not (method != "get" and hasattr(handler, "on_message")):
                assert (pattern, method.upper()) in tried, f"{method} {pattern} has no row"


def _pattern(path: str) -> Any:
    filled = "/cohost/" + re.sub(r"{\w+}", "x", path)
    return next(pattern for pattern, _ in (*handlers(), *document_routes()) if re.fullmatch(pattern, filled))
