"""Wrong secrets beyond the limit, against a real server process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from .support.server import JupyterProcess
from .support.sessions_kit import guest, host, request, shared

#: More than are held back.
_AT_ONCE = 300


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("flood"))
    (process.root / "a.txt").write_text("hello")
    yield process.start()
    process.stop()


@pytest.fixture
def flooded(server: JupyterProcess) -> tuple[str, str]:
    """A session whose limit this address has used up; its id and its link's secret."""
    session = shared(server, kind="persistent")
    answers = [guest(server, session["id"], "invite", {"secret": "wrong"}).status for _ in range(30)]
    assert answers == [404] * 30
    return session["id"], session["secret"]


async def _try(http: aiohttp.ClientSession, url: str, body: bytes) -> tuple[int, str, str | None]:
    """Status, code, and what becomes of the connection."""
    async with http.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
        return answer.status, (await answer.json())["code"], answer.headers.get("Connection")


_REFUSED = (429, "too_many_requests", "close")


async def test_inv_25_refused_tries_wait_and_a_right_secret_does_not(
    server: JupyterProcess, flooded: tuple[str, str]
) -> None:
    sid, secret = flooded
    url = f"{server.origin}/cohost/g/{sid}/"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        started = asyncio.get_running_loop().time()
        alone = asyncio.create_task(_try(http, url + "join", b'{"secret": "wrong"}'))
        assert await _join(http, url, secret) == 200 and not alone.done(), "who has the link does not wait"
        assert await alone == _REFUSED
        assert asyncio.get_running_loop().time() - started > 0.9, "it waits about a second, at least"
        wrong = [asyncio.create_task(_try(http, url + "join", b'{"secret": "wrong"}')) for _ in range(_AT_ONCE)]
        assert await _join(http, url, secret) == 200
        assert set(await asyncio.gather(*wrong)) == {_REFUSED}
    assert " 429 POST" not in server.log()


async def test_inv_25_the_server_itself_ends_the_connection(server: JupyterProcess, flooded: tuple[str, str]) -> None:
    """Whatever the other side would like: that the answer says so is not enough."""
    body = b'{"secret": "wrong"}'
    head = f"POST /cohost/g/{flooded[0]}/join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    for _ in range(2):
        # The first is refused as a request, in a flood the others at the gate.
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert b" 429 " in await asyncio.wait_for(reader.read(), 20)
        writer.close()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-Ip"])
def test_inv_5_without_a_trusted_proxy_nobody_has_another_address_by_a_header(
    server: JupyterProcess, header: str
) -> None:
    url = f"{server.origin}/cohost/g/{shared(server, kind='persistent')['id']}/invite"
    statuses = [
        request(url, "POST", {"secret": "wrong"}, {header: f"203.0.113.{number}"}).status for number in range(31)
    ]
    assert statuses == [404] * 30 + [429]


async def test_inv_25_who_does_not_wait_for_the_answer_leaves_nothing_behind(
    server: JupyterProcess, flooded: tuple[str, str]
) -> None:
    url = f"{server.origin}/cohost/g/{flooded[0]}/join"
    async with aiohttp.ClientSession() as http:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(_try(http, url, b'{"secret": "wrong"}'), 0.2)
        assert await _try(http, url, b'{"secret": "wrong"}') == _REFUSED
    assert "Traceback" not in server.log() and "ERROR" not in server.log()


async def _join(http: aiohttp.ClientSession, url: str, secret: str) -> int:
    async with http.post(url + "join", json={"secret": secret, "carrier": "bearer"}) as answer:
        return answer.status


_NO_TRIES = (b"", b"[", b"[1]", b"\xff", b'{"secret": 7}', b'{"secret": null, "assertion": "x"}', b" " * 20_000)


async def test_inv_25_what_is_no_try_at_all_is_refused_in_a_flood_as_well(
    server: JupyterProcess, flooded: tuple[str, str]
) -> None:
    async with aiohttp.ClientSession() as http:
        urls = [f"{server.origin}/cohost/g/{flooded[0]}/{path}" for path in ("join", "invite")]
        answers = await asyncio.gather(*(_try(http, url, body) for url in urls for body in _NO_TRIES))
    assert set(answers) == {_REFUSED}


def test_inv_25_another_session_knows_nothing_of_it(server: JupyterProcess, flooded: tuple[str, str]) -> None:
    other = shared(server)
    assert guest(server, flooded[0], "join", {"secret": "wrong"}).status == 429
    assert guest(server, other["id"], "join", {"secret": "wrong"}).status == 404
    assert guest(server, flooded[0], "join", {"secret": flooded[1]}).status == 200


async def test_inv_26_the_host_and_who_is_in_are_served_as_always(
    server: JupyterProcess, flooded: tuple[str, str]
) -> None:
    """From the same address, each over a connection of its own."""
    sid, secret = flooded
    cookie = guest(server, sid, "join", {"secret": secret, "name": "Bo"}).cookie
    url = f"{server.origin}/cohost/g/{sid}/"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        wrong = [asyncio.create_task(_try(http, url + "join", b'{"secret": "wrong"}')) for _ in range(_AT_ONCE)]
        for _ in range(5):
            answer = await asyncio.to_thread(host, server, "POST", "sessions", {"scope": [{"path": "a.txt"}]})
            assert answer.status == 201
            seen = await asyncio.to_thread(guest, server, sid, "me", cookie=cookie, method="GET")
            assert (seen.status, seen.body["user"]["name"]) == (200, "Bo")
            opening = {"path": "a.txt", "type": "file", "format": "text"}
            assert (await asyncio.to_thread(guest, server, sid, "documents", opening, cookie=cookie)).status == 200
            page = await asyncio.to_thread(guest, server, sid, "join", method="GET")
            assert page.status == 200, "the page that a link opens"
        assert set(await asyncio.gather(*wrong)) == {_REFUSED}


@pytest.mark.parametrize("secret, status", [("wrong", b"429"), (None, b"200")])
async def test_inv_26_in_pieces_it_is_the_same(
    server: JupyterProcess, flooded: tuple[str, str], secret: str | None, status: bytes
) -> None:
    body = json.dumps({"secret": secret or flooded[1], "carrier": "bearer"}).encode()
    head = (
        f"POST /cohost/g/{flooded[0]}/join HTTP/1.1\r\nHost: {server.origin[7:]}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    for cut in (1, 10, len(head), len(head) + 1):
        whole = head.encode() + body
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for piece in (whole[:cut], whole[cut:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        assert (await asyncio.wait_for(reader.readline(), 30)).split()[1] == status
        writer.close()


async def test_inv_26_behind_a_proxy_the_address_that_it_names_counts(tmp_path: Path) -> None:
    """Who makes addresses up, where nobody sets the header, meets the session's limit. A right link always opens."""
    server = JupyterProcess(tmp_path, arguments=["--ServerApp.trust_xheaders=True"])
    (server.root / "a.txt").write_text("hello")
    server.start()
    try:
        session = shared(server, kind="persistent")
        one, other, right = "10.0.0.1", "10.0.0.2", session["secret"]
        async with aiohttp.ClientSession() as http:

            async def tried(forwarded: str, secret: str = "wrong", real: str = "") -> int:
                url = f"{server.origin}/cohost/g/{session['id']}/join"
                body = {"secret": secret, "carrier": "bearer"}
                headers = {"X-Forwarded-For": forwarded, **({"X-Real-Ip": real} if real else {})}
                async with http.post(url, json=body, headers=headers) as answer:
                    return answer.status

            assert [await tried(one) for _ in range(33)] == [404] * 30 + [429] * 3
            assert await tried(f"made-up, {one}") == await tried(f"{other}, {one}") == 429, (
                "the proxy's word is the last"
            )
            assert await tried(other) == 404, "the other is not held responsible"
            assert await tried(one, real="10.0.0.9") == 429, "a proxy passes on the header that it does not set"
            assert await tried(one, right) == await tried(other, right) == 200
            made_up = (f"10.1.{number // 250}.{number % 250}" for number in range(620))
            statuses = await asyncio.gather(*(tried(address) for address in made_up))
            assert statuses.count(404) == 600 - 31 and set(statuses) == {404, 429}
            assert await tried("10.2.0.1") == 429 and await tried("10.2.0.1", right) == 200
    finally:
        server.stop()
