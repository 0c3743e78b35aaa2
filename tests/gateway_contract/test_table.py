"""ROLE: one table of every gateway endpoint × every role, removed, ended, stranger, another session's guest."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tornado.web import RequestHandler

from jupyterlab_cohost.http.gateway.auth import GATEWAY
from jupyterlab_cohost.http.gateway.join import join_routes
from jupyterlab_cohost.http.gateway.routes import gateway_routes

from ..support.gateway import HEADERS_OF_SOCKETS, Answer, Guest, World, cookie, nobody, send
from ..support.server import TOKEN
from .table import ROWS, Row

ROLES = ("viewer", "editor", "runner")
METHODS = ("get", "head", "post", "put", "patch", "delete")
ROUTES = [*join_routes(), *gateway_routes()]


@dataclass
class Cast:
    """Who tries, and what the paths' placeholders stand for."""

    guests: dict[str, Guest]
    outsiders: dict[str, Guest]
    names: dict[str, str]


def route_of(path: str) -> Any:
    filled = path.format(role="x", kernel="x", room="x")
    return next(route for route in ROUTES if re.fullmatch(route[0], f"/cohost/g/x/{filled}".rstrip("/")))


def id_of(row: Row) -> str:
    return f"{row.method} {row.path or 'root'}"


@pytest.fixture(scope="module")
def cast(world: World) -> Iterator[Cast]:
    for role in ROLES:
        (world.server.root / f"shared/moved-{role}.txt").write_text("")
        (world.server.root / f"shared/put-{role}.txt").unlink(missing_ok=True)
    body = {"path": "shared/nb.ipynb", "name": "nb.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    kernel = world.host("POST", "api/sessions", body).json()
    room = world.host("POST", "cohost/api/documents", {"path": "shared/a.py", "type": "file"}).json()["id"]
    removed, other = world.guest("runner"), world.guest("runner", world.share(["private"]))
    world.remove(removed)
    ended = world.guest("runner", world.share(["shared"]))
    world.end(ended.session)
    outsiders = {
        "removed": removed,
        "ended": ended,
        "stranger": Guest(removed.port, world.session, "", "", nobody),
        "other session": replace(other, session=world.session),
        "other session's cookie": replace(other, session=world.session, carrier=cookie),
    }
    guests = {role: world.guest(role) for role in ROLES}
    yield Cast(guests, outsiders, {"kernel": kernel["kernel"]["id"], "room": room})
    world.host("DELETE", f"api/sessions/{kernel['id']}")


def try_it(cast: Cast, guest: Guest, row: Row, role: str) -> Answer:
    path = row.path.format(role=role, **cast.names)
    body = {"path": f"shared/renamed-{role}.txt"} if row.method == "PATCH" and "put-" in path else row.body
    is_socket = path.startswith(("rooms/", "events", "chat", "api/events")) or "channels" in path
    more = HEADERS_OF_SOCKETS if is_socket else {}
    return guest.request(row.method, path, body, **more)


@pytest.mark.parametrize("row", [row for row in ROWS if row.path != "leave"], ids=id_of)
@pytest.mark.parametrize("role", ROLES)
def test_role_40_each_role_gets_what_the_table_says(cast: Cast, row: Row, role: str) -> None:
    answer = try_it(cast, cast.guests[role], row, role)
    assert answer.status == row.gets[ROLES.index(role)], answer.body[:300]


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_role_41_nobody_else_gets_anything(cast: Cast, row: Row) -> None:
    for who, guest in cast.outsiders.items():
        answer = try_it(cast, guest, row, "editor")
        expected = 410 if who == "ended" else row.gets[0] if row.public else 401
        if row.public and who == "ended":
            assert answer.status in (410, 200, 404), (who, answer.status)
        else:
            assert answer.status == expected, (who, answer.status, answer.body[:200])
        assert b"what the host did not share" not in answer.body


def test_role_42_leaving_ends_the_credential(world: World) -> None:
    viewer = world.guest("viewer")
    assert viewer.request("POST", "leave").status == 200
    assert viewer.get("me").status == 401


def test_role_43_no_route_is_without_a_row() -> None:
    tried = {(route_of(row.path)[0], row.method) for row in ROWS}
    for pattern, handler in ROUTES:
        for method in METHODS:
            made = getattr(handler, method) is not getattr(RequestHandler, method)
            if made and not _never(handler, method):
                assert (pattern, method.upper()) in tried, f"{method} {pattern.removeprefix(GATEWAY)} has no row"


def _never(handler: Any, method: str) -> bool:
    """The socket handlers inherit methods of JupyterHandler that refuse; only their GET is theirs."""
    return method != "get" and hasattr(handler, "on_message")


def test_gate_40_no_answer_holds_a_path_a_token_or_a_secret_of_the_host(world: World, cast: Cast) -> None:
    server = world.server
    kept = (server.work / "jupyter" / "run" / "jupyter_cookie_secret").read_bytes()
    # The key as it stands in the file, and as cookies are signed with it; as text, and as JSON has it.
    keys = (kept.strip(), hmac.digest(kept, b"", "sha256"))
    shown = [form for key in keys for form in (key.decode("latin-1"), key.hex(), b64encode(key).decode(), repr(key))]
    secrets = [str(server.root), str(server.work), TOKEN, "argon2:", "cookie_secret", *shown]
    for row in ROWS:
        for role, guest in (*cast.guests.items(), *cast.outsiders.items()):
            if row.path == "leave":
                continue
            answer = try_it(cast, guest, row, role.split()[0])
            text = answer.body.decode("utf-8", "replace") + repr(answer.headers) + repr(answer.cookies)
            assert not [secret for secret in secrets if secret in text], (row, role)


@pytest.mark.parametrize(
    "path",
    [
        *("api/contents/private/secret.txt", "lab/api/settings", "lab/api/extensions", "api/terminals", "api/kernels"),
        *("api/sessions", "cohost/api/sessions", "cohost/api/events", "files/shared/a.py", "cohost/api/documents"),
        *("api/config/notebook", "lab/api/workspaces", "api/events/subscribe", "cohost/rooms/{room}", "api/me"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_role_44_a_guests_credential_is_worth_nothing_outside_the_gateway(
    world: World, cast: Cast, path: str, method: str
) -> None:
    from ..support.gateway import bearer

    runner = cast.guests["runner"]
    for carrier in (bearer, cookie):
        answer = send(runner.port, method, "/" + path.format(**cast.names), carrier(runner), {})
        sent_to_login = answer.status == 302 and "/login" in answer.headers["location"]
        assert sent_to_login or answer.status in (401, 403, 404, 405), (answer.status, answer.body[:200])


@pytest.mark.parametrize("row", [row for row in ROWS if not row.public], ids=id_of)
def test_role_47_the_hosts_token_and_cookie_are_worth_nothing_at_the_gateway(
    world: World, cast: Cast, row: Row
) -> None:
    own = nobody(Guest(world.server.port, world.session, "", "", nobody))
    login = send(world.server.port, "GET", f"/lab?token={TOKEN}", {"Host": own["Host"]})
    cookies = "; ".join(part.split(";")[0] for part in login.cookies)
    assert "username" in cookies
    for more in ({"Authorization": f"token {TOKEN}"}, {"Authorization": f"Bearer {TOKEN}"}, {"Cookie": cookies}):
        host = Guest(world.server.port, world.session, "", "", lambda guest, more=more: {**nobody(guest), **more})
        answer = try_it(cast, host, row, "editor")
        assert answer.status in (401, 403, 409), (more, answer.status, answer.body[:200])
        assert b"what the host did not share" not in answer.body
