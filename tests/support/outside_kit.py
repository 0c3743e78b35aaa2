"""A real server under programs that write its files: clients in rooms, and what those were told."""

from __future__ import annotations

import asyncio
import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from .room_client import NOTICE, SAVE_STATE, TestClient
from .server import HEADERS, JupyterProcess

RENAMED, CHANGE, CHANGE_RESULT = 110, 111, 112


def open_document(server: JupyterProcess, path: str, kind: str = "file") -> str:
    """The id of the document, its room loaded."""
    formats = {"file": "text", "notebook": "json"}
    body = json.dumps({"path": path, "type": kind, "format": formats[kind]}).encode()
    headers = {**HEADERS, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.origin}/cohost/api/documents", body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.load(answer)["id"])


async def join(server: JupyterProcess, path: str, kind: str = "file") -> TestClient:
    """A client of the host in the room of ``path``, synced."""
    document = await asyncio.to_thread(open_document, server, path, kind)
    return await TestClient(lambda: f"{server.ws_origin}/cohost/rooms/{document}", HEADERS).start()


def told(client: TestClient, kind: int) -> list[Any]:
    """The bodies of our own messages of one kind, in order."""
    return [body for number, body in client.messages if number == kind]


def notices(client: TestClient, code: str) -> list[Any]:
    """The notices of one code."""
    return [body for body in told(client, NOTICE) if body["code"] == code]


def save_state(client: TestClient) -> dict[str, Any]:
    """How the file stands, as the client was told last."""
    state: dict[str, Any] = told(client, SAVE_STATE)[-1]
    return state


async def equal(client: TestClient, file: Path) -> None:
    """Until everything is acknowledged and the file has the client's text."""
    await client.until(lambda: client.all_acknowledged and file.read_bytes() == str(client.text).encode())


def run(*command: str, cwd: Path) -> str:
    """A program, to its end. Raises when it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def git(root: Path, *arguments: str) -> str:
    """Git with an author."""
    return run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments, cwd=root)
