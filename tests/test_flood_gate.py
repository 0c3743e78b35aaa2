"""INV-26: the gate before a real tornado server: what it refuses, and that everything else arrives as it was sent."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from jupyterlab_cohost.http.gateway import flood_answers, flood_gate
from jupyterlab_cohost.http.gateway.flood_answers import Parked
from jupyterlab_cohost.http.gateway.flood_gate import Gate
from jupyterlab_cohost.http.gateway.flood_request import MAX_BODY, MAX_REQUEST, Try, TryReader

WRONG, RIGHT = b'{"secret": "wrong"}', b'{"secret": "right"}'


class Echo(RequestHandler):
    """What arrived."""

    async def get(self) -> None:
        seen = {"method": self.request.method, "path": self.request.path, "address": self.request.remote_ip}
        self.finish(json.dumps({**seen, "body": self.request.body.decode("latin-1")}))

    post = put = get

    def check_xsrf_cookie(self) -> None:
        pass


@dataclass
class Server:
    """With its gate, which refuses what has ``wrong`` in it."""

    http: HTTPServer
    gate: Gate
    port: int
    judged: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def refuses(self, session: str, body: bytes, remotes: tuple[str, ...]) -> bool:
        self.judged.append((session, remotes))
        return b"wrong" in body

    async def send(self, *pieces: bytes) -> bytes:
        """The whole answer; the connection is closed on our side afterwards."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001)
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 240)
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            return head + await asyncio.wait_for(reader.readexactly(length), 30)
        finally:
            writer.close()

    async def echo(self, *pieces: bytes) -> dict[str, Any]:
        answer = await self.send(*pieces)
        assert answer.startswith(b"HTTP/1.1 200"), answer
        value: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return value


def post(body: bytes, path: str = "/base/cohost/g/abc/join", *headers: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: here", *headers, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body


def make(xheaders: bool) -> Server:
    http = HTTPServer(Application([(r".*", Echo)]), xheaders=xheaders)
    (listening,) = bind_sockets(0, "127.0.0.1", socket.AF_INET)
    gate = Gate(Parked(), lambda *asked: server.refuses(*asked))
    server = Server(http, gate, listening.getsockname()[1])
    http.add_socket(listening)
    gate.install(http, "/base/")
    return server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = make(xheaders=False)
    yield server
    server.http.stop()


@pytest.fixture
def closed(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The gate looks at everything; a refusal waits for nothing."""
    monkeypatch.setattr(flood_answers, "_HOLD_S", 0.0)
    server.gate.close_for_a_while()
    return server


async def test_inv_26_a_wrong_secret_is_refused_before_it_is_a_request(closed: Server) -> None:
    for path in ("join", "invite", "sign-in", "join?x=1"):
        answer = await closed.send(post(WRONG, f"/base/cohost/g/abc/{path}"))
        assert answer.startswith(b"HTTP/1.1 429 ") and b"\r\nRetry-After: 60\r\n" in answer
        assert b"Connection: close" in answer and b"too_many_requests" in answer


async def test_inv_26_in_peace_nothing_is_looked_at(server: Server) -> None:
    assert (await server.echo(post(WRONG)))["body"] == WRONG.decode()
    assert server.judged == []


async def test_inv_26_a_right_secret_arrives_as_it_was_sent(closed: Server) -> None:
    seen = await closed.echo(post(RIGHT))
    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/base/cohost/g/abc/join", RIGHT.decode())
    assert closed.judged == [("abc", ("127.0.0.1",))]


@pytest.mark.parametrize("cut", [1, 5, 25, 60, -len(RIGHT), -1])
async def test_inv_26_a_right_secret_in_pieces_arrives_whole(closed: Server, cut: int) -> None:
    whole = post(RIGHT)
    assert (await closed.echo(whole[:cut], whole[cut:]))["body"] == RIGHT.decode()


async def test_inv_26_a_right_secret_byte_by_byte_arrives_whole(closed: Server) -> None:
    assert (await closed.echo(*(bytes([byte]) for byte in post(RIGHT))))["body"] == RIGHT.decode()


_LARGE = b"x" * (MAX_REQUEST * 4)


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /base/cohost/g/abc/join HTTP/1.1\r\nHost: here\r\n\r\n",
        post(WRONG, "/base/api/contents"),
        post(WRONG, "/base/cohost/g/abc/documents"),
        post(WRONG, "/base/cohost/g/abc/join/more"),
        post(WRONG, "/cohost/g/abc/join"),
        post(WRONG + _LARGE),
        post(_LARGE, "/base/cohost/api/sessions"),
        post(WRONG, "/base/cohost/g/abc/join", "X-Long: " + "x" * MAX_BODY),
        post(WRONG).replace(b"POST", b"PUT"),
        post(b"", "/base/cohost/g/abc/join", "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
        + b"5\r\nwrong\r\n0\r\n\r\n",
    ],
)
async def test_inv_26_everything_else_arrives_as_it_was_sent(closed: Server, request_: bytes) -> None:
    seen = await closed.echo(request_)
    assert seen["method"].encode() == request_.split(b" ")[0] and seen["path"].encode() == request_.split(b" ")[1]
    assert closed.judged == []


async def test_inv_26_who_says_nothing_disturbs_nobody_and_is_heard_later(closed: Server) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", closed.port) for _ in range(50)]
    assert (await closed.echo(post(RIGHT)))["body"] == RIGHT.decode()
    gone, *rest = silent
    gone[1].close()
    await gone[1].wait_closed()
    for reader, writer in rest:
        writer.write(post(RIGHT))
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n"), 120)).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_inv_26_a_later_request_of_the_same_connection_goes_to_the_server(closed: Server) -> None:
    """Which refuses by itself what is beyond the limit."""
    reader, writer = await asyncio.open_connection("127.0.0.1", closed.port)
    for body in (RIGHT, WRONG, RIGHT):
        writer.write(post(body))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 240)
        assert head.startswith(b"HTTP/1.1 200")
        await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
    writer.close()


async def test_inv_26_it_opens_again_and_forgets_nobody(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was silent all the time is tornado's then, with its timeouts."""
    monkeypatch.setattr(flood_gate, "_CLOSED_FOR_S", 0.2)
    server.gate.close_for_a_while()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    while server.gate.is_closed:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert server.judged == []
    writer.write(post(WRONG))
    assert (await asyncio.wait_for(reader.readuntil(b"\r\n"), 120)).startswith(b"HTTP/1.1 200")
    assert server.judged == [], "nobody looks"
    writer.close()


_PROXIED = [
    [],
    ["X-Forwarded-For: 10.0.0.1"],
    ["X-Forwarded-For: 10.0.0.1, 10.0.0.2"],
    ["x-forwarded-for: 10.0.0.1", "X-Forwarded-For: 10.0.0.3"],
    ["X-Forwarded-For: 10.0.0.1", "X-Real-Ip: 10.0.0.4"],
    ["X-Forwarded-For: nonsense"],
    ["X-Forwarded-For: 10.0.0.1,"],
    ["X-Forwarded-For: ::1"],
    ["X-Real-Ip: 10.0.0.4", "X-Real-Ip: 10.0.0.5"],
]


@pytest.mark.parametrize("xheaders", [True, False])
@pytest.mark.parametrize("headers", _PROXIED)
async def test_inv_26_the_address_is_the_one_that_the_request_would_have(xheaders: bool, headers: list[str]) -> None:
    server = make(xheaders)
    server.gate.close_for_a_while()
    seen = await server.echo(post(RIGHT, "/base/cohost/g/abc/join", *headers))
    ((session, remotes),) = server.judged
    both = xheaders and headers == ["X-Forwarded-For: 10.0.0.1", "X-Real-Ip: 10.0.0.4"]
    assert (session, remotes) == ("abc", ("10.0.0.4", "10.0.0.1") if both else (seen["address"],))
    assert seen["address"] in remotes
    server.http.stop()


async def test_inv_26_a_server_of_another_make_is_left_alone() -> None:
    async def handle(stream: Any, address: Any) -> None:
        raise AssertionError("nobody connects")

    other = type("Other", (), {})()
    other.handle_stream = handle
    for unknown in (None, object(), other):
        gate = Gate(Parked(), lambda *_: True)
        gate.install(unknown, "/")
        gate.close_for_a_while()
        assert not gate.is_closed
    assert other.handle_stream is handle


def test_inv_26_what_is_read_of_a_request() -> None:
    reader = TryReader("/")
    whole = post(WRONG, "/cohost/g/abc/join", "X-Forwarded-For: 10.0.0.1")
    for size in range(1, len(whole)):
        assert reader.read(whole[:size]) is True, "the rest may come"
    assert reader.read(whole) == reader.read(whole + b"POST") == Try("abc", WRONG, ("10.0.0.1",))
    for other in (b"GET", b"POST /api", b"POST /cohost/g/abc/join HTTP/1.1\r\nHost: here\r\n\r\n", b"\x16\x03\x01"):
        assert reader.read(other) is False
