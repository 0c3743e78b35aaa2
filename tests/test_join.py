"""The way in and out, against a real server process."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import pytest

from .support.server import HEADERS, TOKEN, JupyterProcess
from .support.sessions_kit import guest, host, request, shared


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("join"))
    (process.root / "a.txt").write_text("hello")
    (process.root / "data").mkdir()
    (process.root / "data" / "b.csv").write_text("1,2")
    yield process.start()
    process.stop()


def test_inv_10_the_whole_story(server: JupyterProcess) -> None:
    """Share, look, knock, be let in, use the cookie, be removed."""
    session = shared(server, knock=True)
    sid, secret = session["id"], session["secret"]
    view = guest(server, sid, "invite", {"secret": secret})
    assert (view.status, view.body["role_label"], view.body["knock"]) == (200, "edit", True)
    assert view.body["items"] == [{"path": "a.txt", "type": "file"}]
    knocking = guest(server, sid, "join", {"secret": secret, "name": "Bo", "color": 4})
    assert knocking.status == 202 and "Set-Cookie" not in knocking.headers

    waiting = host(server, "GET", f"sessions/{sid}/knocks").body["knocks"]
    assert [(knock["name"], knock["role"]) for knock in waiting] == [("Bo", "editor")]
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(guest, server, sid, "knock", {"token": knocking.body["token"]})
        host(server, "POST", f"sessions/{sid}/knocks/{waiting[0]['id']}", {"admit": True, "role": "viewer"})
        joined = asked.result(20)
    assert (joined.status, joined.body["state"], joined.body["open"]) == (200, "joined", "lab/tree/a.txt")
    assert "credential" not in joined.body

    me = guest(server, sid, "me", cookie=joined.cookie, method="GET")
    assert (me.status, me.body["role"]) == (200, "viewer")
    people = host(server, "GET", f"sessions/{sid}/participants").body["participants"]
    assert [person["name"] for person in people] == ["Bo"]
    assert host(server, "DELETE", f"sessions/{sid}/participants/{people[0]['id']}").status == 204
    out = guest(server, sid, "me", cookie=joined.cookie, method="GET")
    assert (out.status, out.body["code"]) == (401, "removed")


def test_inv_11_the_cookie_is_for_this_gateway_only(server: JupyterProcess) -> None:
    session = shared(server)
    joined = guest(server, session["id"], "join", {"secret": session["secret"], "name": "Bo"})
    attributes = {part.strip() for part in joined.headers["Set-Cookie"].split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", f"Path=/cohost/g/{session['id']}/"} <= attributes
    assert "Secure" not in attributes
    other = shared(server)
    moved = joined.cookie.replace(session["id"], other["id"])
    assert guest(server, other["id"], "me", cookie=moved, method="GET").status == 401
    credential = joined.cookie.split("=", 1)[1]
    for path in ("/api/contents", "/cohost/api/sessions", "/api/terminals"):
        for headers in ({"Authorization": f"Bearer {credential}"}, {"Cookie": joined.cookie}):
            assert request(server.origin + path, headers=headers).status == 403
    assert guest(server, session["id"], "me", method="GET", cookie=f"x={TOKEN}").status == 401
    assert request(f"{server.origin}/cohost/g/{session['id']}/me", headers=HEADERS).status == 401


def test_inv_11_a_bearer_gets_the_credential_in_the_answer_and_no_cookie(server: JupyterProcess) -> None:
    session = shared(server)
    url = f"{server.origin}/cohost/g/{session['id']}/"
    elsewhere = {"Origin": "https://lab.example.net"}
    body = {"secret": session["secret"], "name": "Bo", "carrier": "bearer"}
    joined = request(url + "join", "POST", body, elsewhere)
    assert joined.status == 200 and "Set-Cookie" not in joined.headers
    assert joined.headers["Access-Control-Allow-Origin"] == "*"
    bearer = {**elsewhere, "Authorization": f"Bearer {joined.body['credential']}"}
    me = request(url + "me", headers=bearer)
    assert me.status == 200 and me.headers["Access-Control-Allow-Origin"] == "*"
    assert request(url + "leave", "POST", {}, bearer).status == 200
    assert request(url + "me", headers=bearer).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        *({"Origin": "https://evil.example"}, {}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}),
        *({"Origin": "http://["}, {"Origin": "http://127.0.0.1:999999"}),
    ],
)
def test_inv_12_another_site_cannot_join_or_act_with_the_cookie(
    server: JupyterProcess, headers: dict[str, str]
) -> None:
    session = shared(server)
    url, body = f"{server.origin}/cohost/g/{session['id']}/", {"secret": session["secret"], "name": "Bo"}
    assert request(url + "join", "POST", body, headers).status == 403
    cookie = guest(server, session["id"], "join", body).cookie
    assert request(url + "leave", "POST", {}, {**headers, "Cookie": cookie}).status == 403
    assert guest(server, session["id"], "me", cookie=cookie, method="GET").status == 200
    cross = {"Cookie": cookie, "Sec-Fetch-Site": "cross-site"}
    assert request(url + "me", headers=cross).status == 403


def test_inv_13_every_dead_link_says_why(server: JupyterProcess) -> None:
    session = shared(server, max_uses=1)
    sid, secret = session["id"], session["secret"]
    assert _dead(server, sid, "wrong") == (404, "invite_wrong")
    assert guest(server, sid, "join", {"secret": secret}).status == 200
    assert _dead(server, sid, secret) == (410, "invite_used_up")
    again = host(server, "POST", f"sessions/{sid}/invites", {"role": "viewer"}).body
    host(server, "DELETE", f"sessions/{sid}/invites/{again['id']}")
    assert _dead(server, sid, again["link"].split("#")[1]) == (410, "invite_ended")
    short = host(server, "POST", f"sessions/{sid}/invites", {"role": "viewer", "expires_in_s": 1e-6}).body
    assert _dead(server, sid, short["link"].split("#")[1]) == (410, "invite_expired")
    host(server, "DELETE", f"sessions/{sid}")
    assert _dead(server, sid, secret) == (410, "session_ended")
    assert _dead(server, "made-up", secret) == (410, "session_unknown")


def _dead(server: JupyterProcess, sid: str, secret: str) -> tuple[int, str]:
    answer = guest(server, sid, "join", {"secret": secret, "name": "Bo"})
    assert answer.body["message"] and "Set-Cookie" not in answer.headers
    assert guest(server, sid, "invite", {"secret": secret}).body["code"] == answer.body["code"]
    return answer.status, answer.body["code"]


def test_inv_13_the_page_of_a_session_that_is_not_there(server: JupyterProcess) -> None:
    session = shared(server)
    host(server, "DELETE", f"sessions/{session['id']}")
    ended = guest(server, session["id"], "join", method="GET")
    assert ended.status == 410 and 'data-state="session_ended"' in ended.body
    unknown = guest(server, "made-up", "join", method="GET")
    assert unknown.status == 410 and 'data-state="session_unknown"' in unknown.body


def test_inv_14_the_landing_page_loads_nothing_and_leads_nowhere(server: JupyterProcess) -> None:
    session = shared(server)
    page = guest(server, session["id"], "join", method="GET")
    assert page.status == 200 and 'data-state="form"' in page.body
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
    assert "{{" not in page.body
    for secret in (session["secret"], TOKEN, str(server.work)):
        assert secret not in page.body


def test_inv_15_the_hosts_own_browser_is_told_so_and_does_not_join(server: JupyterProcess) -> None:
    session = shared(server)
    url = f"{server.origin}/cohost/g/{session['id']}/join"
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(f"{server.origin}/lab?token={TOKEN}").read()
    with opener.open(url) as answer:
        assert 'data-state="host"' in answer.read().decode()
        assert answer.headers.get_all("Set-Cookie") is None
    body = json.dumps({"secret": session["secret"]}).encode()
    sent = urllib.request.Request(url, body, {"Origin": server.origin}, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(sent)
    assert refused.value.code == 403
    forged = {"Cookie": f"username-127-0-0-1-{server.port}=forged"}
    page = request(url, headers=forged)
    assert 'data-state="form"' in page.body and "Set-Cookie" not in page.headers


def test_inv_16_who_is_in_already_goes_straight_in_and_is_not_there_twice(server: JupyterProcess) -> None:
    session = shared(server)
    sid, secret = session["id"], session["secret"]
    first = guest(server, sid, "join", {"secret": secret, "name": "Bo"})
    page = guest(server, sid, "join", cookie=first.cookie, method="GET")
    assert 'data-state="in"' in page.body and 'data-open="lab/tree/a.txt"' in page.body
    second = guest(server, sid, "join", {"secret": secret, "name": "Bo"}, cookie=first.cookie)
    people = host(server, "GET", f"sessions/{sid}/participants").body["participants"]
    assert [person["id"] for person in people] == [second.body["participant"]["id"]]


def test_inv_3_two_browsers_at_once_for_the_last_use(server: JupyterProcess) -> None:
    session = shared(server, max_uses=1)
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(guest, server, session["id"], "join", {"secret": session["secret"]}) for _ in range(8)]
        statuses = sorted(job.result().status for job in jobs)
    assert statuses == [200] + [410] * 7


@pytest.mark.parametrize("body", [{"name": "x" * 10_000}, {"name": 7}, {"color": "url(x)"}, {"carrier": "url"}])
def test_inv_17_nonsense_is_refused_with_a_sentence(server: JupyterProcess, body: dict[str, object]) -> None:
    session = shared(server)
    answer = guest(server, session["id"], "join", {"secret": session["secret"], **body})
    assert answer.status == 400 and answer.body["code"] == "bad_request" and len(answer.body["message"]) < 200
    assert host(server, "GET", f"sessions/{session['id']}/participants").body["participants"] == []


def test_inv_17_markup_in_a_name_stays_text(server: JupyterProcess) -> None:
    session = shared(server)
    name = "<img src=x onerror=alert(1)>"
    joined = guest(server, session["id"], "join", {"secret": session["secret"], "name": name})
    assert joined.body["participant"]["name"] == name
    page = guest(server, session["id"], "join", cookie=joined.cookie, method="GET")
    assert "onerror" not in page.body


async def test_sess_14_sockets_close_when_removed_and_when_ended(server: JupyterProcess) -> None:
    session = shared(server)
    sid = session["id"]
    cookies = [guest(server, sid, "join", {"secret": session["secret"]}).cookie for _ in range(3)]
    people = host(server, "GET", f"sessions/{sid}/participants").body["participants"]
    async with aiohttp.ClientSession() as http:
        url = f"{server.ws_origin}/cohost/g/{sid}/events"
        one, two, three = [
            await http.ws_connect(url, headers={"Cookie": cookie, "Origin": server.origin}) for cookie in cookies
        ]
        online = host(server, "GET", f"sessions/{sid}/participants").body["participants"]
        assert all(person["online"] for person in online)
        await asyncio.to_thread(host, server, "DELETE", f"sessions/{sid}/participants/{people[0]['id']}")
        assert await _code(one) == 4411
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url, headers={"Cookie": cookies[0], "Origin": server.origin})
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url, headers={"Cookie": cookies[1]})
        await asyncio.to_thread(guest, server, sid, "leave", {}, cookie=cookies[1])
        assert await _code(two) == 4412
        await asyncio.to_thread(host, server, "DELETE", f"sessions/{sid}")
        assert await _code(three) == 4410


async def _code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(10):
        while (await socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
            pass
    return socket.close_code


async def test_sess_10_a_ticket_opens_a_socket_from_elsewhere_once(server: JupyterProcess) -> None:
    session = shared(server)
    sid = session["id"]
    cookie = guest(server, sid, "join", {"secret": session["secret"]}).cookie
    ticket = guest(server, sid, "ws-ticket", {}, cookie=cookie).body["ticket"]
    url = f"{server.ws_origin}/cohost/g/{sid}/events?ticket={ticket}"
    elsewhere = {"Origin": "https://lab.example.net"}
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url, headers=elsewhere) as socket:
            assert (await socket.receive_json())["type"] == "me"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url, headers=elsewhere)


def test_sess_6_the_same_link_and_cookie_work_after_a_restart(tmp_path: Path) -> None:
    process = JupyterProcess(tmp_path)
    (process.root / "a.txt").write_text("hello")
    process.start()
    try:
        ongoing, meeting = shared(process, kind="persistent"), shared(process)
        cookie = guest(process, ongoing["id"], "join", {"secret": ongoing["secret"], "name": "Bo"}).cookie
        process.kill9()
        process.start()
        assert guest(process, ongoing["id"], "me", cookie=cookie, method="GET").body["user"]["name"] == "Bo"
        assert guest(process, ongoing["id"], "join", {"secret": ongoing["secret"]}).status == 200
        assert guest(process, meeting["id"], "join", {"secret": meeting["secret"]}).status == 200
        model = host(process, "GET", f"sessions/{ongoing['id']}").body
        assert model["invites"][0]["copyable"] is False and model["invites"][0]["state"] == "live"
        copy = f"sessions/{ongoing['id']}/invites/{model['invites'][0]['id']}/link"
        assert host(process, "POST", copy, {}).body["code"] == "link_unknown"
        log = process.log()
        for secret in (ongoing["secret"], meeting["secret"], cookie.split("=", 1)[1]):
            assert secret not in log
    finally:
        process.stop()


async def test_sess_5_an_ad_hoc_session_ends_after_the_host_has_gone(tmp_path: Path) -> None:
    process = JupyterProcess(tmp_path, arguments=["--Cohost.meeting_grace_s=0.2"])
    (process.root / "a.txt").write_text("hello")
    process.start()
    try:
        session = shared(process)
        cookie = guest(process, session["id"], "join", {"secret": session["secret"]}).cookie
        headers = {"Cookie": cookie, "Origin": process.origin}
        async with aiohttp.ClientSession() as http:
            gateway = f"{process.ws_origin}/cohost/g/{session['id']}/events"
            there = await http.ws_connect(gateway, headers=headers)
            async with http.ws_connect(f"{process.ws_origin}/cohost/api/events", headers=HEADERS) as page:
                assert (await page.receive_json())["type"] == "hello"
            assert await _code(there) == 4410
        body = guest(process, session["id"], "me", cookie=cookie, method="GET").body
        assert body["code"] == "session_ended" and "away" in body["message"]
    finally:
        process.stop()
