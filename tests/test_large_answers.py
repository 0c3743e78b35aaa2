"""CONT-21 to CONT-23: what whole files in one request or one answer may take of the server's memory."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterlab_cohost.http.gateway.large_answers import LargeAnswers
from jupyterlab_cohost.protocol.ids import ParticipantId
from jupyterlab_cohost.storage import json_values

from .support.gateway import Guest, World

BO, CY, DI = (ParticipantId(name) for name in ("bo", "cy", "di"))
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('a"\\\\,[{:'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('a"\\\\,[{'), inner),
)


def _values(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_values, inner))


@settings(deadline=None)
@given(_ANY)
def test_cont_21_as_many_values_as_a_reader_would_make(value: object) -> None:
    text = json.dumps(value).encode()
    padded = text + b" " * json_values._SHORT_BYTES
    values = _values(value)
    # Each has a sign before it, its own or its list's, or is the first of one.
    assert json_values.has_too_many_values(padded, values // 2 - 1)
    assert not json_values.has_too_many_values(padded, 2 * values)
    assert not json_values.has_too_many_values(text, 0), "short ones are read as they are"


async def test_cont_22_one_large_file_of_each_guest_and_all_within_a_limit() -> None:
    answers = LargeAnswers(100)
    begun: list[tuple[str, int]] = []
    ends = [asyncio.Event() for _ in range(5)]

    async def ask(number: int, who: ParticipantId, size: int) -> None:
        async with answers.turn(who, size):
            begun.append((who, size))
            await ends[number].wait()

    async def settle() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    asked = [(BO, 60), (BO, 1), (CY, 40), (DI, 30)]
    tasks = [asyncio.ensure_future(ask(number, *one)) for number, one in enumerate(asked)]
    await settle()
    assert begun == [(BO, 60), (CY, 40)]
    ends[2].set()
    await settle()
    assert begun[2:] == [(DI, 30)], "bo has one already"
    tasks[0].cancel()
    await settle()
    assert begun[3:] == [(BO, 1)]
    for end in ends:
        end.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with AsyncExitStack() as whole:
        await whole.enter_async_context(answers.turn(BO, 100))
    assert not answers._turns and not answers._asking


def _ask_and_do_not_read(guest: Guest, path: str) -> socket.socket:
    asking = socket.socket()
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asking.settimeout(60)
    asking.connect(("127.0.0.1", guest.port))
    head = "".join(f"{name}: {value}\r\n" for name, value in guest.carrier(guest).items())
    asking.sendall(f"GET {guest.base}/{path} HTTP/1.1\r\n{head}\r\n".encode())
    return asking


def _end_of(asking: socket.socket) -> bytes:
    """The last bytes of an answer."""
    last = b""
    while piece := asking.recv(2**20):
        last = (last + piece)[-64:]
        if last.endswith(b"}"):
            break
    return last


def test_cont_22_who_does_not_read_holds_one_file_and_not_the_servers_end(tmp_path: Path) -> None:
    world = World(tmp_path)
    try:
        (world.server.root / "shared/big.bin").write_bytes(bytes(12 * 2**20))
        viewer, other = world.guest("viewer"), world.guest("viewer")
        path = "api/contents/shared/big.bin?content=1&format=base64"
        first = _ask_and_do_not_read(viewer, path)
        assert first.recv(12) == b"HTTP/1.1 200"
        second = _ask_and_do_not_read(viewer, path)
        # Another guest's whole answer comes meanwhile, and small ones of the same guest.
        assert len(other.get(path).json()["content"]) > 16 * 2**20
        assert viewer.get("api/contents/shared/a.py").status == 200
        second.settimeout(0.2)
        with suppress(TimeoutError):
            assert not second.recv(1), "two answers of one guest are in memory"
        second.settimeout(60)
        assert _end_of(first).endswith(b"}")
        assert second.recv(12) == b"HTTP/1.1 200"
        third = _ask_and_do_not_read(other, path)
        assert third.recv(12) == b"HTTP/1.1 200"
        world.remove(viewer)
        assert not _end_of(second).endswith(b"}"), "the rest was sent to who is out"
        assert world.server.process is not None
        world.server.process.send_signal(signal.SIGTERM)
        world.server.process.wait(20)
    finally:
        world.stop()


async def test_cont_23_a_notebook_of_millions_of_values_is_not_read(tmp_path: Path) -> None:
    world = World(tmp_path)
    try:
        values = "[]," * 3_000_000 + "[]"
        text = f'{{"cells": [], "metadata": {{"x": [{values}]}}, "nbformat": 4, "nbformat_minor": 5}}'
        (world.server.root / "shared/many.ipynb").write_text(text)
        viewer = world.guest("viewer")
        document = {"path": "shared/many.ipynb", "type": "notebook", "format": "json"}
        for answer in (
            viewer.get("api/contents/shared/many.ipynb?content=1"),
            viewer.request("POST", "documents", document),
            world.host("POST", "cohost/api/documents", document),
        ):
            assert answer.status == 413 and "millions of values" in answer.json()["message"]
        assert viewer.get("api/contents/shared/many.ipynb?content=1&type=file").status == 200
    finally:
        world.stop()
