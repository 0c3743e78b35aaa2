"""Wrong secrets beyond the limit, against a real server process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from .support.server import JupyterProcess
from .support.sessions_kit import guest, shared

_AT_ONCE = 60


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


async def _try(http: aiohttp.ClientSession, url: str, body: bytes) -> tuple[int, str, bool]:
    """Status, code, and whether the server ended the connection."""
    async with http.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
        return answer.status, (await answer.json())["code"], answer.headers.get("Connection") == "close"


async def test_inv_25_refused_tries_wait_and_a_right_secret_does_not(
    server: JupyterProcess, flooded: tuple[str, str]
) -> None:
    sid, secret = flooded
    url = f"{server.origin}/cohost/g/{sid}/"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        wrong = [asyncio.create_task(_try(http, url + "join", b'{"secret": "wrong"}')) for _ in range(_AT_ONCE)]
        done, waiting = await asyncio.wait(wrong, return_when=asyncio.FIRST_COMPLETED)
        assert waiting and all(task.result()[2] for task in done), "the first to be answered are those cut off"
        came = await _join(http, url, secret)
        assert came == 200 and any(not task.done() for task in wrong), "who has the link does not wait for the others"
        answers = await asyncio.gather(*wrong)
        assert {answer[:2] for answer in answers} == {(429, "too_many_requests")}
        assert {answer[2] for answer in answers} == {True, False}
        assert (await _try(http, url + "join", b'{"secret": "wrong"}'))[2] is False, "there is room again"
    assert " 429 POST" not in server.log()


async def _join(http: aiohttp.ClientSession, url: str, secret: str) -> int:
    async with http.post(url + "join", json={"secret": secret, "carrier": "bearer"}) as answer:
        return answer.status


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[1]", b"\xff", b'{"secret": 7}', b'{"secret": null, "assertion": "x"}', b" " * 20_000]
)
@pytest.mark.parametrize("path", ["join", "invite"])
async def test_inv_25_what_is_no_try_at_all_is_refused_in_a_flood_as_well(
    server: JupyterProcess, full: tuple[str, str], path: str, body: bytes
) -> None:
    async with aiohttp.ClientSession() as http:
        answer = await _try(http, f"{server.origin}/cohost/g/{full[0]}/{path}", body)
    assert answer[:2] == (429, "too_many_requests")


@pytest.fixture(scope="module")
def full(server: JupyterProcess) -> tuple[str, str]:
    session = shared(server, kind="persistent")
    for _ in range(30):
        guest(server, session["id"], "invite", {"secret": "wrong"})
    return session["id"], session["secret"]


def test_inv_25_another_session_knows_nothing_of_it(server: JupyterProcess, flooded: tuple[str, str]) -> None:
    other = shared(server)
    assert guest(server, flooded[0], "join", {"secret": "wrong"}).status == 429
    assert guest(server, other["id"], "join", {"secret": "wrong"}).status == 404
    assert guest(server, flooded[0], "join", {"secret": flooded[1]}).status == 200
