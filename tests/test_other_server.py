"""SESS-31, ROOM-70: while another extension of the server binds documents to rooms of its own, nothing is shared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from jupyterlab_cohost.protocol.close_codes import UNSUPPORTED

from .support.neighbours import environment_of
from .support.server import HEADERS, TOKEN, JupyterProcess
from .support.sessions_kit import guest, host, request, shared

SENTENCE = "Sharing is off while jupyter-collaboration is on, because both would write the same files: to share, start"


@dataclass
class Kept:
    """A session from a time when the other extension was not there, with a guest who is in."""

    server: JupyterProcess
    session: dict[str, Any]
    cookie: str
    document: str


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    server = JupyterProcess(tmp_path_factory.mktemp("other"))
    (server.root / "a.txt").write_text("hello")
    server.start()
    session = shared(server, kind="persistent")
    cookie = guest(server, session["id"], "join", {"secret": session["secret"], "name": "Bo"}).cookie
    opened = guest(server, session["id"], "documents", {"path": "a.txt"}, cookie=cookie)
    assert opened.status == 200, opened.body
    server.stop()
    server.environment = environment_of("jupyter-collaboration")
    yield Kept(server.start(), session, cookie, opened.body["id"])
    server.stop()


def is_refused(answer: Any) -> bool:
    return answer.status == 409 and answer.body["code"] == "other_server"


def test_sess_31_no_session_and_no_link_is_made(kept: Kept) -> None:
    answer = host(kept.server, "POST", "sessions", {"scope": [{"path": "a.txt"}], "invite": {"role": "editor"}})
    assert is_refused(answer)
    assert answer.body["message"].startswith(SENTENCE)
    assert is_refused(host(kept.server, "POST", f"sessions/{kept.session['id']}/invites", {"role": "viewer"}))
    assert [one["id"] for one in host(kept.server, "GET", "sessions").body["sessions"]] == [kept.session["id"]]


def test_sess_31_the_dialog_and_the_page_are_told_why(kept: Kept) -> None:
    assert host(kept.server, "GET", "policy").body["off"].startswith(SENTENCE)
    page = request(f"{kept.server.origin}/lab", headers=HEADERS).body
    config = json.loads(page.split('id="jupyter-config-data" type="application/json">')[1].split("</script>")[0])
    assert config["cohostOff"].startswith(SENTENCE)
    assert SENTENCE in kept.server.log()


def test_sess_31_the_terminal_says_the_whole_sentence(kept: Kept) -> None:
    command = [sys.executable, "-m", "jupyterlab_cohost.cli", "share", str(kept.server.root / "a.txt")]
    done = subprocess.run(
        [*command, "--server", f"{kept.server.origin}/?token={TOKEN}"],
        capture_output=True,
        text=True,
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(Path(kept.server.work) / "jupyter" / "run")},
    )
    assert done.returncode == 1
    assert SENTENCE in done.stderr and done.stderr.rstrip().endswith("disable_rtc=True.")


async def test_room_70_the_hosts_page_gets_no_room(kept: Kept) -> None:
    assert is_refused(request(f"{kept.server.origin}/cohost/api/documents", "POST", {"path": "a.txt"}, HEADERS))
    async with aiohttp.ClientSession() as http:
        address = f"{kept.server.ws_origin}/cohost/rooms/{kept.document}"
        async with http.ws_connect(address, headers=HEADERS) as socket:
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
            assert socket.close_code == UNSUPPORTED.code, "the page does not come back for it"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "me", None),
        ("POST", "documents", {"path": "a.txt"}),
        ("GET", "api/contents/a.txt", None),
        ("GET", "files/a.txt", None),
        ("GET", "lab", None),
        ("POST", "ws-ticket", {}),
    ],
)
def test_sess_31_a_session_from_before_opens_nothing(kept: Kept, method: str, path: str, body: Any) -> None:
    answer = guest(kept.server, kept.session["id"], path, body, cookie=kept.cookie, method=method)
    assert answer.status == 409
    assert "disable_rtc" not in str(answer.body) and "hello" not in str(answer.body)


@pytest.mark.parametrize("path", ["rooms/{document}", "events", "chat"])
async def test_sess_31_a_session_from_before_opens_no_socket(kept: Kept, path: str) -> None:
    address = f"{kept.server.ws_origin}/cohost/g/{kept.session['id']}/{path.format(document=kept.document)}"
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(address, headers={"Origin": kept.server.origin, "Cookie": kept.cookie})
    assert refused.value.status == 409


def test_sess_31_nobody_comes_in(kept: Kept) -> None:
    secret = {"secret": kept.session["secret"]}
    assert is_refused(guest(kept.server, kept.session["id"], "invite", secret))
    assert is_refused(guest(kept.server, kept.session["id"], "join", {**secret, "name": "Eve"}))


def test_sess_31_a_session_can_be_ended(kept: Kept) -> None:
    """The last of this file that uses the session."""
    assert host(kept.server, "DELETE", f"sessions/{kept.session['id']}").status == 204


@pytest.mark.parametrize("how", ["stands by", "disabled"])
def test_sess_31_what_is_installed_but_switched_off_does_not_count(tmp_path: Path, how: str) -> None:
    environment = environment_of("jupyter-collaboration")
    arguments = []
    if how == "stands by":
        arguments = ["--YDocExtension.disable_rtc=True"]
    else:
        switched = tmp_path / "switched" / "jupyter_server_config.d"
        switched.mkdir(parents=True)
        off = {"ServerApp": {"jpserver_extensions": {"jupyter_server_ydoc": False}}}
        (switched / "off.json").write_text(json.dumps(off))
        environment["JUPYTER_CONFIG_PATH"] = f"{switched.parent}{os.pathsep}{environment['JUPYTER_CONFIG_PATH']}"
    server = JupyterProcess(tmp_path, arguments=arguments, environment=environment)
    (server.root / "a.txt").write_text("hello")
    server.start()
    try:
        session = shared(server)
        assert guest(server, session["id"], "join", {"secret": session["secret"], "name": "Bo"}).status == 200
        assert host(server, "GET", "policy").body["off"] == ""
    finally:
        server.stop()
