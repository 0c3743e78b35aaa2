"""The host's REST, against a real server process and its OpenAPI file."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from jupyterlab_cohost.http.gateway.join import join_routes
from jupyterlab_cohost.http.gateway.routes import gateway_routes
from jupyterlab_cohost.http.host_api import handlers
from jupyterlab_cohost.http.host_api.reachability import Seen, reachability
from jupyterlab_cohost.http.host_api.sealed import seal, unseal
from jupyterlab_cohost.protocol.close_codes import close_code
from jupyterlab_cohost.protocol.roles import Role

from .support.server import HEADERS, JupyterProcess
from .support.sessions_kit import Kit, guest, host, request, shared

OPENAPI = json.loads((Path(__file__).parent.parent / "protocol" / "openapi.json").read_text("utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("api"))
    (process.root / "a.txt").write_text("hello")
    (process.root / ".secret").write_text("no")
    for number in range(3):
        (process.root / "data" / f"sub{number}").mkdir(parents=True)
        (process.root / "data" / f"sub{number}" / "b.csv").write_text("1,2")
        (process.root / "data" / f"sub{number}" / ".hidden").write_text("no")
    yield process.start()
    process.stop()


def conforms(answer: Any, schema: str) -> None:
    """The answer has the form that the OpenAPI file says."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": OPENAPI["components"]}
    Draft202012Validator(whole).validate(answer)


def test_sess_20_openapi_is_valid() -> None:
    validate(OPENAPI)


def test_sess_20_openapi_and_handlers_say_the_same_about_the_host_rest() -> None:
    served = {(path, method) for path, methods in _served(handlers()).items() for method in methods}
    written = {
        (re.sub(r"{\w+}", "ID", path), method)
        for path, operations in OPENAPI["paths"].items()
        for method in operations
        if method in METHODS and path.startswith("/cohost/api/") and path != "/cohost/api/documents"
    }
    assert served == written


def test_sess_20_openapi_and_handlers_say_the_same_about_the_gateway() -> None:
    served = _served(join_routes() + gateway_routes())
    for path, operations in OPENAPI["paths"].items():
        if path.startswith("/cohost/g/") and not path.endswith("/documents"):
            written = {method for method in operations if method in METHODS}
            assert written == served[re.sub(r"{\w+}", "ID", path)], path
    for pattern, handler in join_routes():
        assert set(_methods(handler)) == served[_plain(pattern)]
        assert _plain(pattern) in {re.sub(r"{\w+}", "ID", path) for path in OPENAPI["paths"]}


def _served(routes: list[tuple[str, Any]]) -> dict[str, set[str]]:
    return {_plain(pattern): set(_methods(handler)) for pattern, handler in routes}


def _plain(pattern: str) -> str:
    return re.sub(r"\([^()]*\)", "ID", pattern)


def _methods(handler: type[Any]) -> list[str]:
    from tornado.web import RequestHandler

    return [method for method in METHODS if getattr(handler, method) is not getattr(RequestHandler, method)]


def test_sess_21_create_look_at_change_end(server: JupyterProcess) -> None:
    body = {"scope": [{"path": "data"}, {"path": "a.txt"}], "kind": "persistent", "invite": {"role": "viewer"}}
    made = host(server, "POST", "sessions", body)
    assert made.status == 201
    conforms(made.body, "Session")
    sid = made.body["id"]
    assert made.body["title"] == "data/ + a.txt"
    assert [item["type"] for item in made.body["scope"]] == ["directory", "file"]
    invite = host(server, "POST", f"sessions/{sid}/invites", {"role": "editor", "max_uses": 2, "label": "team"}).body
    conforms(invite, "Invite")
    assert invite["link"].startswith(f"{server.origin}/cohost/g/{sid}/join#")
    assert len(invite["link"].split("#")[1]) == 43
    changed = host(server, "PATCH", f"sessions/{sid}", {"title": "Ours", "remove": ["data"], "knock": True}).body
    assert (changed["title"], [item["path"] for item in changed["scope"]], changed["knock"]) == (
        "Ours",
        ["a.txt"],
        True,
    )
    assert sid in [session["id"] for session in host(server, "GET", "sessions").body["sessions"]]
    assert host(server, "DELETE", f"sessions/{sid}").status == 204
    assert host(server, "GET", f"sessions/{sid}").body["code"] == "session_ended"


def test_sess_22_people(server: JupyterProcess) -> None:
    session = shared(server)
    sid = session["id"]
    joined = guest(server, sid, "join", {"secret": session["secret"], "name": "Bo", "color": "#336699"}).body
    pid = joined["participant"]["id"]
    limits = [{"path": "data", "role": "viewer"}]
    changed = host(server, "PATCH", f"sessions/{sid}/participants/{pid}", {"role": "runner", "limits": limits})
    conforms(changed.body, "Participant")
    assert (changed.body["role"], changed.body["limits"]) == ("runner", limits)
    out = host(server, "DELETE", f"sessions/{sid}/participants/{pid}?end_invite=true")
    assert out.status == 204
    assert host(server, "GET", f"sessions/{sid}/invites").body["invites"][0]["state"] == "ended"
    assert host(server, "DELETE", f"sessions/{sid}/participants/{pid}").status == 404


@pytest.mark.parametrize(
    "body,status,words",
    [
        ({"scope": [{"path": "nope.txt"}]}, 404, "no file or folder “nope.txt”"),
        ({"scope": [{"path": "data", "type": "file"}]}, 404, "no file “data”"),
        ({"scope": [{"path": ".secret"}]}, 400, "hidden"),
        ({"scope": [{"path": "../x"}]}, 400, "cannot be shared"),
        ({"scope": []}, 400, "at least one"),
        ({"scope": "a.txt"}, 400, "list"),
        ({"scope": [{"path": "a.txt"}], "kind": "forever"}, 400, "kind"),
        ({"scope": [{"path": "a.txt"}], "tilte": "x"}, 400, "tilte"),
        ({"scope": [{"path": "a.txt"}], "title": "x" * 121}, 400, "at most 120"),
        ({"scope": [{"path": "a.txt"}], "invite": {"role": "host"}}, 400, "viewer, editor, runner"),
        ({"scope": [{"path": "a.txt"}], "invite": {"role": "editor", "max_uses": 0}}, 400, "at least one use"),
        ({"scope": [{"path": "a.txt"}], "invite": {"role": "editor", "expires_in_s": -1}}, 400, "expire"),
        ([], 400, "not a JSON object"),
    ],
)
def test_sess_23_what_cannot_be_shared_is_refused_with_a_sentence(
    server: JupyterProcess, body: object, status: int, words: str
) -> None:
    before = len(host(server, "GET", "sessions").body["sessions"])
    answer = host(server, "POST", "sessions", body)
    assert answer.status == status and words in answer.body["message"]
    conforms(answer.body, "Error")
    assert str(server.root) not in answer.body["message"]
    assert len(host(server, "GET", "sessions").body["sessions"]) == before


def test_sess_24_a_shared_file_that_is_gone_is_named(server: JupyterProcess) -> None:
    (server.root / "soon.txt").write_text("x")
    session = shared(server, "soon.txt")
    (server.root / "soon.txt").unlink()
    assert host(server, "GET", f"sessions/{session['id']}").body["missing"] == ["soon.txt"]


def test_sess_25_preview_counts_what_guests_see(server: JupyterProcess) -> None:
    body = {"scope": [{"path": "data"}, {"path": "a.txt"}, {"path": "nope"}]}
    preview = host(server, "POST", "scope-preview", body).body
    conforms(preview, "ScopePreview")
    assert (preview["text"], preview["files"], preview["missing"]) == ("2 items, 4 files", 4, ["nope"])


def test_sess_26_strangers_get_nothing_from_any_endpoint(server: JupyterProcess) -> None:
    session = shared(server)
    cookie = guest(server, session["id"], "join", {"secret": session["secret"]}).cookie
    tried = 0
    for path, operations in OPENAPI["paths"].items():
        for method in set(operations) & set(METHODS):
            if path.startswith("/cohost/api/"):
                url = server.origin + path.replace("{session}", session["id"])
                for headers in ({}, {"Cookie": cookie, "Origin": server.origin}, {"Authorization": "token wrong"}):
                    answer = request(
                        re.sub(r"{\w+}", "x", url), method.upper(), {} if method != "get" else None, headers
                    )
                    assert answer.status in (401, 403, 404), (method, path, answer.status)
                    assert session["id"] not in str(answer.body)
                    tried += 1
    assert tried > 40


AUTHORIZER = """
from jupyter_server.auth import Authorizer
class Limited(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return (action, resource) in ALLOWED
ALLOWED = {allowed}
c.ServerApp.authorizer_class = Limited
"""


def test_sess_27_nobody_gives_away_what_they_do_not_have(tmp_path: Path) -> None:
    allowed = {("read", "cohost"), ("write", "cohost"), ("read", "contents"), ("write", "contents"), ("read", "api")}
    process = JupyterProcess(tmp_path, config=AUTHORIZER.replace("{allowed}", repr(allowed)))
    (process.root / "a.txt").write_text("hello")
    process.start()
    try:
        body = {"scope": [{"path": "a.txt"}], "invite": {"role": "runner"}}
        refused = host(process, "POST", "sessions", body)
        assert refused.status == 403 and "execute kernels" in refused.body["message"]
        sid = host(process, "POST", "sessions", {**body, "invite": {"role": "editor"}}).body["id"]
        assert host(process, "POST", f"sessions/{sid}/invites", {"role": "runner"}).status == 403
    finally:
        process.stop()


def test_sess_30_a_link_is_in_the_answers_of_posts_and_of_nothing_else(server: JupyterProcess) -> None:
    session = shared(server, role="editor")
    sid = session["id"]
    made = host(server, "POST", f"sessions/{sid}/invites", {"role": "viewer"}).body
    for path in ("sessions", f"sessions/{sid}", f"sessions/{sid}/invites"):
        text = str(host(server, "GET", path).body)
        assert "copyable" in text and session["secret"] not in text and made["link"].split("#")[1] not in text
    changed = host(server, "PATCH", f"sessions/{sid}", {"title": "Other"}).body
    assert "join#" not in str(changed)
    copy = f"sessions/{sid}/invites/{made['id']}/link"
    assert host(server, "POST", copy).body == {"link": made["link"], "sealed": made["sealed"]}
    assert host(server, "GET", copy).status == 405
    host(server, "DELETE", f"sessions/{sid}/invites/{made['id']}")
    assert host(server, "POST", copy).body["code"] == "invite_ended"


def test_sess_30_no_page_of_another_site_and_no_get_copies_a_link(server: JupyterProcess) -> None:
    """As a cookie's bearer: what another site, an image or a chart can make a browser send."""
    session = shared(server)
    invite = host(server, "GET", f"sessions/{session['id']}").body["invites"][0]
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(f"{server.origin}/lab?token={HEADERS['Authorization'].split()[1]}").read()
    address = f"{server.origin}/cohost/api/sessions/{session['id']}/invites/{invite['id']}/link"
    for method in ("GET", "POST"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(urllib.request.Request(address, b"{}" if method == "POST" else None, method=method))
        assert refused.value.code in (403, 405)


def test_sess_35_an_ongoing_link_is_copied_after_a_restart_with_what_the_browser_kept(tmp_path: Path) -> None:
    process = JupyterProcess(tmp_path).start()
    (process.root / "a.txt").write_text("hello")
    try:
        body = {"scope": [{"path": "a.txt"}], "kind": "persistent", "invite": {"role": "viewer", "knock": False}}
        session = host(process, "POST", "sessions", body).body
        first = session["invites"][0]
        second = host(process, "POST", f"sessions/{session['id']}/invites", {"role": "editor", "knock": True}).body
        secret = first["link"].split("#")[1]
        assert secret not in first["sealed"]
        joined = guest(process, session["id"], "join", {"secret": secret, "name": "Bo", "carrier": "bearer"}).body
        knocked = guest(process, session["id"], "join", {"secret": second["link"].split("#")[1], "name": "Cy"})
        assert knocked.status == 202
        process.kill9()
        for never in (secret, joined["credential"], knocked.body["token"]):
            kept = [file for file in tmp_path.rglob("*") if file.is_file() and never.encode() in file.read_bytes()]
            assert kept == [], "neither on the disk nor in the log"
        process.start()
        copy = f"sessions/{session['id']}/invites/{first['id']}/link"
        nothing = [{}, {"sealed": second["sealed"]}, {"sealed": "AAAA"}, {"sealed": "é"}, {"sealed": ""}]
        for other in nothing:
            assert host(process, "POST", copy, other).body["code"] == "link_unknown", other
        for wrong in ({"sealed": 1}, {"sealed": "A" * 1000}, {"secret": secret}):
            assert host(process, "POST", copy, wrong).status == 400
        again = host(process, "POST", copy, {"sealed": first["sealed"]}).body
        assert again["link"].split("#")[1] == secret
        assert host(process, "GET", f"sessions/{session['id']}").body["invites"][0]["copyable"] is True
        assert guest(process, session["id"], "join", {"secret": secret, "name": "Bo"}).status == 200
    finally:
        process.stop()


def test_sess_35_a_seal_hides_the_secret_and_opens_with_its_key_for_its_invite_only() -> None:
    kit = Kit()
    session = kit.share()
    invite, other = (kit.sessions.invite(session.id, Role.VIEWER) for _ in range(2))
    assert invite.secret is not None
    sealed = seal(invite.secret, invite.id, b"key")
    hidden = urlsafe_b64decode(sealed)
    assert invite.secret.encode() not in hidden
    assert unseal(sealed, invite, b"key") == invite.secret
    assert unseal(sealed, invite, b"another key") is unseal(sealed, other, b"key") is None
    assert len({sealed, seal(invite.secret, other.id, b"key"), seal(invite.secret, invite.id, b"another key")}) == 3
    for at in range(len(hidden)):
        changed = hidden[:at] + bytes([hidden[at] ^ 1]) + hidden[at + 1 :]
        assert unseal(urlsafe_b64encode(changed).decode(), invite, b"key") is None


def test_sess_36_a_link_is_named_and_asking_is_changed_while_the_session_runs(server: JupyterProcess) -> None:
    session = shared(server, role="editor", knock=False)
    sid, secret = session["id"], session["secret"]
    invite = host(server, "GET", f"sessions/{sid}").body["invites"][0]["id"]
    address = f"sessions/{sid}/invites/{invite}"
    changed = host(server, "PATCH", address, {"label": "Class", "knock": True}).body
    conforms(changed, "Invite")
    assert (changed["label"], changed["knock"]) == ("Class", True)
    asks = guest(server, sid, "join", {"secret": secret, "name": "Bo"})
    assert asks.status == 202 and guest(server, sid, "invite", {"secret": secret}).body["knock"] is True
    assert "Class" not in str(guest(server, sid, "invite", {"secret": secret}).body)
    host(server, "PATCH", address, {"knock": False})
    assert guest(server, sid, "join", {"secret": secret, "name": "Cy"}).status == 200
    for nonsense in ({"role": "runner"}, {"knock": "yes"}, {"label": 3}):
        assert host(server, "PATCH", address, nonsense).status == 400
    host(server, "DELETE", address)
    assert host(server, "PATCH", address, {"knock": True}).body["code"] == "invite_ended"


def test_sess_27_who_may_only_read_sees_no_link(tmp_path: Path) -> None:
    process = JupyterProcess(tmp_path, config=AUTHORIZER.replace("{allowed}", "VARYING"))
    config = tmp_path / "jupyter" / "config" / "jupyter_server_config.py"
    varying = f"""
import os
class Varying:
    def __contains__(self, asked):
        return os.path.exists({str(tmp_path / "all")!r}) or asked[0] == "read"
VARYING = Varying()
"""
    config.write_text(varying + config.read_text())
    (process.root / "a.txt").write_text("hello")
    process.start()
    try:
        (tmp_path / "all").touch()
        session = shared(process)
        (tmp_path / "all").unlink()
        seen = host(process, "GET", f"sessions/{session['id']}")
        assert seen.status == 200 and seen.body["invites"][0]["state"] == "live"
        copy = f"sessions/{session['id']}/invites/{seen.body['invites'][0]['id']}/link"
        assert host(process, "POST", copy, {}).status == 403
        assert session["secret"] not in str(seen.body)
        assert session["secret"] not in str(host(process, "GET", "sessions").body)
        assert host(process, "DELETE", f"sessions/{session['id']}").status == 403
    finally:
        process.stop()


async def test_sess_28_the_push_stream_tells_the_host_and_nobody_else(server: JupyterProcess) -> None:
    session = shared(server, knock=True)
    url = f"{server.ws_origin}/cohost/api/events"
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url)
        async with http.ws_connect(url, headers=HEADERS) as page:
            assert (await page.receive_json())["type"] == "hello"
            guest(server, session["id"], "join", {"secret": session["secret"], "name": "Bo"})
            told = await page.receive_json(timeout=10)
            while told["type"] != "knock":
                told = await page.receive_json(timeout=10)
            assert (told["name"], told["role"], told["session"]) == ("Bo", "editor", session["id"])
            conforms(told, "Event")
            await page.send_str("anything else")
            await page.send_str('{"type":"ping"}')
            while told["type"] != "pong":
                told = await page.receive_json(timeout=10)
            conforms(told, "Event")


async def test_sess_33_who_leaves_is_told_by_name_and_who_comes_anew_has_not_left(server: JupyterProcess) -> None:
    session = shared(server)
    url = f"{server.ws_origin}/cohost/api/events"
    async with aiohttp.ClientSession() as http, http.ws_connect(url, headers=HEADERS) as page:
        links = [
            host(server, "POST", f"sessions/{session['id']}/invites", {"role": role, "knock": False}).body["link"]
            for role in ("viewer", "editor")
        ]
        first, second = [link.split("#")[1] for link in links]
        cookie = guest(server, session["id"], "join", {"secret": first, "name": "Bo"}).cookie
        cookie = guest(server, session["id"], "join", {"secret": second, "name": "Bo"}, cookie=cookie).cookie
        guest(server, session["id"], "leave", {}, cookie=cookie)
        left: list[tuple[str, bool]] = []
        while len(left) < 2:
            told = await page.receive_json(timeout=10)
            if told["type"] == "participant-left":
                left.append((told["name"], told["stays"]))
        assert left == [("Bo", True), ("Bo (2)", False)]


@pytest.mark.parametrize("path", ["cohost/api/events", "cohost/api/sessions/{session}/chat", "cohost/rooms/{room}"])
async def test_sess_28_the_hosts_sockets_are_closed_to_other_sites(server: JupyterProcess, path: str) -> None:
    opener = urllib.request.build_opener(jar := urllib.request.HTTPCookieProcessor())
    opener.open(f"{server.origin}/lab?token={HEADERS['Authorization'].split()[1]}").read()
    cookie = "; ".join(f"{entry.name}={entry.value}" for entry in jar.cookiejar)
    room = host(server, "POST", "documents", {"path": "a.txt", "type": "file", "format": "text"}).body["id"]
    url = f"{server.ws_origin}/{path.format(session=shared(server)['id'], room=room)}"
    async with aiohttp.ClientSession() as http:
        for origin in ({"Origin": "https://evil.example"}, {}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(url, headers={"Cookie": cookie, **origin})
            assert refused.value.status == 403
        async with http.ws_connect(url, headers={"Cookie": cookie, "Origin": server.origin}) as page:
            assert not page.closed


def test_sess_29_reachability_of_a_server_on_loopback(server: JupyterProcess) -> None:
    reach = host(server, "GET", "reachability").body
    conforms(reach, "Reachability")
    assert (reach["kind"], reach["base"]) == ("this-computer", server.origin + "/")
    assert "Only this computer" in reach["text"] and reach["advice"]
    assert reach["only_here"] is True


HUB = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}


@pytest.mark.parametrize(
    "seen,environment,kind,base",
    [
        (Seen("127.0.0.1", "http", "localhost:8888", "/"), {}, "this-computer", "http://localhost:8888/"),
        (Seen("localhost", "http", "[::1]:8888", "/"), {}, "this-computer", "http://[::1]:8888/"),
        (Seen("127.0.0.1", "https", "lab.example.org", "/x/"), {}, "public", "https://lab.example.org/x/"),
        (Seen("0.0.0.0", "http", "192.168.1.5:8888", "/"), {}, "this-network", "http://192.168.1.5:8888/"),
        (Seen("10.0.0.7", "http", "localhost:8888", "/"), {}, "this-network", "http://10.0.0.7:8888/"),
        (Seen("", "http", "box.local:8888", "/"), {}, "this-network", "http://box.local:8888/"),
        (Seen("127.0.0.1", "http", "localhost:8888", "/", "https://a.org/lab"), {}, "public", "https://a.org/lab/"),
        (Seen("127.0.0.1", "https", "hub.a.org", "/user/ada/"), HUB, "jupyterhub", "https://hub.a.org/user/ada/"),
        (
            Seen("127.0.0.1", "http", "127.0.0.1:5", "/user/ada/"),
            {**HUB, "JUPYTERHUB_PUBLIC_HUB_URL": "https://hub.a.org/hub/"},
            "jupyterhub",
            "https://hub.a.org/user/ada/",
        ),
        (
            Seen("127.0.0.1", "http", "127.0.0.1:5", "/user/ada/"),
            {**HUB, "JUPYTERHUB_PUBLIC_URL": "https://ada.hub.a.org/user/ada/"},
            "jupyterhub",
            "https://ada.hub.a.org/user/ada/",
        ),
    ],
)
def test_sess_29_reachability_is_what_the_server_knows(
    seen: Seen, environment: dict[str, str], kind: str, base: str
) -> None:
    reach = reachability(seen, environment)
    assert (reach.kind, reach.base) == (kind, base)
    assert reach.only_here is (kind == "this-computer")


def test_ui_52_a_hub_under_a_local_name_is_only_here() -> None:
    reach = reachability(Seen("127.0.0.1", "http", "127.0.0.1:5", "/user/ada/"), HUB)
    assert (reach.kind, reach.only_here) == ("jupyterhub", True) and reach.advice


def test_sess_29_on_all_interfaces_the_link_is_not_localhost() -> None:
    reach = reachability(Seen("0.0.0.0", "http", "localhost:8888", "/"), {})
    assert reach.kind == "this-network"
    assert "localhost" not in reach.base and "127.0.0.1" not in reach.base and reach.base.endswith(":8888/")


async def test_who_1_the_hosts_name_is_one_in_sessions_landing_rooms_and_chat(server: JupyterProcess) -> None:
    (server.root / "who.txt").write_text("x")
    first = shared(server, "who.txt")
    scope = [{"path": "who.txt"}]
    second = host(server, "POST", "sessions", {"scope": scope, "host_name": "Ada"}).body
    assert host(server, "GET", f"sessions/{first['id']}").body["host"]["name"] == "Ada"
    color = host(server, "GET", f"sessions/{second['id']}").body["host"]["color"]
    assert re.fullmatch("#[0-9a-f]{6}", color)
    document = request(
        f"{server.origin}/cohost/api/documents", "POST", {"path": "who.txt", "type": "file", "format": "text"}, HEADERS
    ).body["id"]
    headers = {**HEADERS, "Origin": server.origin}
    address = f"ws://127.0.0.1:{server.port}/cohost"
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{address}/rooms/{document}", headers=headers) as room,
        http.ws_connect(f"{address}/api/events", headers=headers) as events,
    ):
        await room.receive()
        renamed = await asyncio.to_thread(host, server, "PATCH", "host", {"name": "Ada L."})
        assert renamed.status == 200 and renamed.body == {"name": "Ada L."}
        while (message := await room.receive()).type is aiohttp.WSMsgType.BINARY:
            pass
        assert room.close_code == close_code("role_changed").code, message
        async with http.ws_connect(f"{address}/rooms/{document}", headers=headers):
            while True:
                event = await events.receive_json()
                people = event.get("people", [event.get("person") or {}])
                if any((one.get("name"), one.get("color")) == ("Ada L.", color) for one in people):
                    break
    look = guest(server, first["id"], "invite", {"secret": first["secret"]}).body
    assert look["host"]["name"] == "Ada L."
    for session in (first, second):
        assert host(server, "DELETE", f"sessions/{session['id']}").status == 204


def test_sess_15_a_shared_file_that_the_host_renames_stays_shared(server: JupyterProcess) -> None:
    (server.root / "before.txt").write_text("x")
    session = shared(server, "before.txt")
    sid = session["id"]
    cookie = guest(server, sid, "join", {"secret": session["secret"]}).cookie
    renamed = request(f"{server.origin}/api/contents/before.txt", "PATCH", {"path": "after.txt"}, HEADERS)
    assert renamed.status == 200
    deadline = time.monotonic() + 60
    # The scope follows a moment after the answer.
    while (model := host(server, "GET", f"sessions/{sid}").body)["scope"] != [{"path": "after.txt", "type": "file"}]:
        assert time.monotonic() < deadline, model["scope"]
    assert model["missing"] == []
    assert guest(server, sid, "api/contents/after.txt", cookie=cookie, method="GET").status == 200
    assert guest(server, sid, "api/contents/before.txt", cookie=cookie, method="GET").status == 404
