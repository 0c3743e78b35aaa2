"""ROLE-45: schemathesis over protocol/openapi.json, as everybody there is: no 5xx, no answer to whom none is due."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from ..support.gateway import SECRET, Guest, World, bearer, cookie, nobody
from ..support.server import HEADERS
from . import bounded

OPENAPI = json.loads((Path(__file__).parents[2] / "protocol" / "openapi.json").read_text("utf-8"))
SCHEMA = schemathesis.openapi.from_dict(OPENAPI)
OPERATIONS = {f"{found.ok().method.upper()} {found.ok().path}": found.ok() for found in SCHEMA.get_all_operations()}
HOST_API = [name for name in OPERATIONS if " /cohost/api/" in name]
GATEWAY = [name for name in OPERATIONS if " /cohost/g/" in name]
#: Whoever has the address may ask these; what they answer without a good secret is that it is not good.
PUBLIC = {
    *(f"{method} /cohost/g/{{session}}/{path}" for method, path in (("GET", "join"), ("POST", "join"))),
    *(f"POST /cohost/g/{{session}}/{path}" for path in ("invite", "knock")),
}
REFUSED = {400, 401, 403, 404, 405, 410, 413, 415, 429}


@dataclass
class Ids:
    """What stands in for a path's parameters. A session that the examples end is made again."""

    world: World
    session: str = ""

    def fill(self, case: schemathesis.Case, real: bool) -> schemathesis.Case:
        if real:
            self._refresh()
            known = {"session": self.session, **self._people()}
            case.path_parameters = {
                name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        return case

    def _refresh(self) -> None:
        found = self.world.host("GET", f"cohost/api/sessions/{self.session or 'none'}")
        if found.status != 200 or any(invite["state"] == "ended" for invite in found.json()["invites"]):
            self.session = self.world.share(["shared"])

    def _people(self) -> dict[str, str]:
        session = self.world.host("GET", f"cohost/api/sessions/{self.session}").json()
        if not session["participants"]:
            self.world.guest("editor", self.session)
            session = self.world.host("GET", f"cohost/api/sessions/{self.session}").json()
        return {"participant": session["participants"][0]["id"], "invite": session["invites"][0]["id"]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("properties"))
    yield world
    log = world.server.log()
    world.stop()
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:4000]


@pytest.fixture(autouse=True)
def _room_for_sessions(world: World) -> None:
    """Ends what the test before has made: a server may have a hundred."""
    for session in world.host("GET", "cohost/api/sessions").json()["sessions"]:
        if session["id"] != world.session:
            world.host("DELETE", f"cohost/api/sessions/{session['id']}")


def run(world: World, operation: str, headers: Callable[[], dict[str, str]], check: Any, fixed: str = "") -> None:
    """Examples of one operation, about half of them with ids that exist (``fixed``: always this session)."""
    ids = Ids(world)

    @bounded()
    @given(case=OPERATIONS[operation].as_strategy(), real=st.booleans())
    def examples(case: schemathesis.Case, real: bool) -> None:
        if fixed:
            case.path_parameters = {**(case.path_parameters or {}), "session": fixed}
        else:
            ids.fill(case, real)
        sent = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
        case.headers = {**sent, **headers()}
        case.cookies = {}
        answer = case.call(base_url=world.server.origin, timeout=40, allow_redirects=False)
        check(case, answer)

    examples()


def no_answer(case: schemathesis.Case, answer: Any) -> None:
    """To somebody who has no right here: refused, and nothing said."""
    to_login = answer.status_code == 302 and "/login" in answer.headers["location"][0]
    # Said to everybody, whatever was asked to be forgotten.
    forgotten = answer.status_code == 200 and answer.json() == {"state": "withdrawn"}
    assert to_login or forgotten or answer.status_code in REFUSED, (case, answer.status_code, answer.text[:300])
    assert SECRET not in answer.text and len(answer.text) < 20_000


def no_fault(case: schemathesis.Case, answer: Any) -> None:
    """To somebody who may ask: an answer of the form that the file says, never a 5xx."""
    if answer.status_code == 101:
        return
    case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
    assert SECRET not in answer.text


@pytest.mark.parametrize("operation", HOST_API)
def test_role_45_nobody_gets_an_answer_from_the_hosts_rest(world: World, operation: str) -> None:
    removed = world.guest("runner")
    world.remove(removed)
    runner = world.guest("runner")
    # Anybody may make up what stands against forged requests of other sites.
    unforged = {"Cookie": "_xsrf=2e2e2e2e", "X-XSRFToken": "2e2e2e2e"}
    for headers in (
        *(lambda: unforged, lambda: {**unforged, "Authorization": "token wrong"}),
        *(lambda: bearer(removed), lambda: {**cookie(runner), "X-XSRFToken": "2e2e2e2e"}),
    ):
        run(world, operation, headers, no_answer)


@pytest.mark.parametrize("operation", sorted(set(GATEWAY) - PUBLIC))
def test_role_45_nobody_gets_an_answer_from_the_gateway(world: World, operation: str) -> None:
    removed = world.guest("runner")
    world.remove(removed)
    other = world.guest("runner", world.share(["private"]))
    stranger = Guest(world.server.port, world.session, "", "", nobody)
    for headers in (lambda: nobody(stranger), lambda: cookie(removed), lambda: bearer(other), lambda: HEADERS):
        run(world, operation, headers, no_answer, fixed=world.session)


@pytest.mark.parametrize("operation", sorted(PUBLIC - {"GET /cohost/g/{session}/join"}))
def test_role_45_nobody_comes_in_without_a_secret(world: World, operation: str) -> None:
    run(world, operation, dict, no_answer)
    run(world, operation, lambda: {"Authorization": "Bearer wrong"}, no_answer, fixed=world.session)


@pytest.mark.parametrize("operation", HOST_API)
def test_role_45_the_host_gets_answers_and_no_faults(world: World, operation: str) -> None:
    run(world, operation, lambda: HEADERS, no_fault)


@pytest.mark.parametrize("role", ["viewer", "editor", "runner"])
@pytest.mark.parametrize("operation", GATEWAY)
def test_role_45_guests_get_answers_and_no_faults(world: World, operation: str, role: str) -> None:
    """Each in the gateway of their own session; who left comes in again."""
    session = world.share(["shared"])
    guests = [world.guest(role, session)]

    def headers() -> dict[str, str]:
        if guests[-1].get("me").status == 401:
            guests.append(world.guest(role, session))
        return bearer(guests[-1])

    run(world, operation, headers, no_fault, fixed=session)
    assert "private" not in guests[-1].get("me").body.decode()
