"""What a big document took is the system's again when everybody has left it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from pathlib import Path

import aiohttp
import pytest

from .support.server import HEADERS, JupyterProcess

_MIB = 1024
_OUTPUT = {"output_type": "stream", "name": "stdout", "text": "x" * 100_000}


def _notebook(number: int) -> str:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "execution_count": None,
            "metadata": {},
            "outputs": [_OUTPUT],
            "source": "1",
        }
        for i in range(number)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _resident(server: JupyterProcess) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _open(server: JupyterProcess, path: str) -> str:
    body = json.dumps({"path": path, "type": "notebook", "format": "json"}).encode()
    request = urllib.request.Request(
        f"{server.origin}/cohost/api/documents", body, {**HEADERS, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["id"])


async def _visit(server: JupyterProcess, path: str) -> None:
    """Opens the document and reads the whole of it."""
    document = _open(server, path)
    url = f"{server.ws_origin}/cohost/rooms/{document}"
    async with aiohttp.ClientSession(headers=HEADERS) as http, http.ws_connect(url, max_msg_size=0) as socket:
        await socket.send_bytes(b"\x00\x00\x01\x00")
        while len((await socket.receive(60)).data) < 10_000_000:
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; other systems' allocators give back by themselves")
def test_room_67_memory_of_a_big_document_goes_back(tmp_path: Path) -> None:
    """ROOM-67: without giving back, far more than 40 MiB of 150 stay."""
    server = JupyterProcess(tmp_path)
    (server.root / "small.ipynb").write_text(_notebook(1))
    (server.root / "big.ipynb").write_text(_notebook(300))
    server.start()
    try:
        _open(server, "small.ipynb")
        before = _resident(server)
        asyncio.run(_visit(server, "big.ipynb"))
        assert _resident(server) > before + 60 * _MIB
        _open(server, "small.ipynb")
        deadline = time.monotonic() + 60
        while _resident(server) > before + 40 * _MIB:
            assert time.monotonic() < deadline, f"{_resident(server) - before} KiB stay"
            time.sleep(0.5)
    finally:
        server.stop()
