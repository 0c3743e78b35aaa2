"""Wrong secrets beyond the limit, against a real server process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from .support.server import JupyterProcess
from .support.sessions_kit import guest, shared

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
        alone = asyncio.create_task(_try(http, url + "join", b'{"secret": "wrong"}'))
        assert await _join(http, url, secret) == 200 and not alone.done(), "who has the link does not wait"
        assert await alone == _REFUSED
        wrong = [asyncio.create_task(_try(http, url + "join", b'{"secret": "wrong"}')) for _ in range(_AT_ONCE)]
        assert await _join(http, url, secret) == 200
        assert set(await asyncio.gather(*wrong)) == {_REFUSED}
    assert " 429 POST" not in server.log()


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
