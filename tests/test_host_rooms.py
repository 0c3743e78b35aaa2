"""The host's documents and room sockets on a real server: users by token, an authorizer, origins, close codes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from .support.room_client import REFUSED, SAVE, SAVE_RESULT, TestClient, json_message
from .support.server import JupyterProcess
from .support.sessions_kit import host, shared

CONFIG = """
from jupyter_server.auth import Authorizer, IdentityProvider, User

class Users(IdentityProvider):
    async def get_user(self, handler):
        token = handler.request.headers.get("Authorization", "")[6:]
        handler._token_authenticated = token != "page"  # "page" is as if known by a cookie
        known = ("alice", "reader", "page", "test-token-of-the-host")
        return User(username=token, name=token.title(), display_name=token.title()) if token in known else None

class Rights(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return user.username != "reader" or action == "read"

c.ServerApp.identity_provider_class = Users
c.ServerApp.authorizer_class = Rights
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("host-rooms"), config=CONFIG)
    (process.root / "a.txt").write_text("start\n")
    (process.root / ".hidden.txt").write_text("hidden\n")
    (process.root / "binary.dat").write_bytes(b"\xff\xfe\x00\x01")
    (process.root / "broken.ipynb").write_text("{not json")
    process.start()
    yield process
    process.stop()


def headers(user: str) -> dict[str, str]:
    return {"Authorization": f"token {user}"}


def post(server: JupyterProcess, body: object, user: str = "alice") -> tuple[int, dict[str, Any]]:
    data = json.dumps(body).encode()
    request = urllib.request.Request(
        f"{server.origin}/cohost/api/documents", data, {**headers(user), "Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def client(server: JupyterProcess, document: str, user: str) -> TestClient:
    return TestClient(lambda: f"{server.ws_origin}/cohost/rooms/{document}", headers(user))


async def test_room_18_a_reader_follows_and_changes_nothing(server: JupyterProcess) -> None:
    status, opened = post(server, {"path": "a.txt", "type": "file", "format": "text"}, "reader")
    assert status == 200 and opened["model"]["content"] is None and opened["model"]["path"] == "a.txt"
    alice = await client(server, opened["id"], "alice").start()
    reader = await client(server, opened["id"], "reader").start()
    reader.text.insert(0, "EVIL")
    await reader.until(lambda: any(kind == REFUSED for kind, _ in reader.messages))
    await reader.until(lambda: reader.all_acknowledged)
    alice.text.insert(0, "good ")
    await reader.until(lambda: "good " in str(reader.text))
    alice.send(json_message(SAVE, {"id": "1"}))
    await alice.until(lambda: (SAVE_RESULT, {"id": "1", "ok": True}) in alice.messages)
    assert (server.root / "a.txt").read_text() == str(alice.text)
    assert "EVIL" not in str(alice.text)
    await alice.stop()
    await reader.stop()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"path": "nothing.txt"}, 404),
        ({"path": "../a.txt"}, 404),
        ({"path": "x/../a.txt"}, 404),
        ({"path": ".hidden.txt"}, 404),
        ({"path": ""}, 404),
        ({"path": 5}, 400),
        ([], 400),
        ({"path": "a.txt", "type": {}}, 400),
        ({"path": "a.txt", "type": "file", "format": "base64"}, 415),
        ({"path": "a.txt", "type": "chat"}, 415),
        ({"path": "binary.dat"}, 415),
        ({"path": "broken.ipynb", "type": "notebook"}, 415),
    ],
)
def test_room_13_documents_that_cannot_be_opened(server: JupyterProcess, body: object, status: int) -> None:
    answered, error = post(server, body)
    assert answered == status
    assert error["message"] and str(server.root) not in json.dumps(error)


def test_room_18_strangers_get_nothing(server: JupyterProcess) -> None:
    assert post(server, {"path": "a.txt"}, "stranger")[0] == 403


async def test_room_18_sockets_of_strangers_foreign_pages_and_made_up_ids(server: JupyterProcess) -> None:
    document = post(server, {"path": "a.txt"})[1]["id"]
    url = f"{server.ws_origin}/cohost/rooms/"
    async with aiohttp.ClientSession() as http:
        for sent in (headers("stranger"), {}, headers("page"), {**headers("page"), "Origin": "https://evil.example"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(url + document, headers=sent)
            assert refused.value.status == 403
        async with http.ws_connect(url + document, headers={**headers("page"), "Origin": server.origin}) as socket:
            assert (await socket.receive(timeout=10)).type == aiohttp.WSMsgType.BINARY
        for address, code in ((url + "made-up", 4404), (f"{url}{document}?epoch=another", 4409)):
            async with http.ws_connect(address, headers=headers("alice")) as socket:
                assert (await socket.receive(timeout=10)).type == aiohttp.WSMsgType.CLOSE
                assert socket.close_code == code


async def test_room_15_a_rename_in_jupyterlab_keeps_the_room(server: JupyterProcess) -> None:
    (server.root / "old.txt").write_text("text")
    document = post(server, {"path": "old.txt"})[1]["id"]
    alice = await client(server, document, "alice").start()
    async with aiohttp.ClientSession() as http:
        address = f"{server.origin}/api/contents/old.txt"
        async with http.patch(address, json={"path": "new.txt"}, headers=headers("alice")) as answer:
            assert answer.status == 200
    await alice.until(lambda: (110, {"path": "new.txt"}) in alice.messages)
    alice.text.insert(0, "more ")
    await alice.until(lambda: (server.root / "new.txt").read_text() == "more text")
    assert not (server.root / "old.txt").exists()
    assert post(server, {"path": "new.txt"})[1]["id"] == document
    await alice.stop()


def test_trust_41_the_host_is_told_whether_a_guest_could_write_a_file(server: JupyterProcess) -> None:
    (server.root / "theirs.txt").write_text("1")
    asked = {"path": "theirs.txt", "type": "file", "format": "text"}
    assert post(server, asked)[1]["others"] is False
    session = shared(server, "theirs.txt")
    assert post(server, asked)[1]["others"] is True
    assert post(server, {**asked, "path": "a.txt"})[1]["others"] is False
    assert host(server, "DELETE", f"sessions/{session['id']}").status == 204
    assert post(server, asked)[1]["others"] is True
