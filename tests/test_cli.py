"""The terminal, as its own process, against a real server process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from jupyterlab_cohost.cli import servers
from jupyterlab_cohost.cli.problem import Problem

from .support.server import TOKEN, JupyterProcess
from .support.sessions_kit import guest, host


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("cli"))
    (process.root / "a.txt").write_text("hello")
    (process.root / "my data").mkdir()
    yield process.start()
    process.stop()


def run(work: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``jupyter cohost …`` for the user whose servers are those of ``work``."""
    environment = {**os.environ, "HOME": str(work), "JUPYTER_RUNTIME_DIR": str(work / "jupyter" / "run")}
    command = [sys.executable, "-m", "jupyterlab_cohost.cli", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_cli_1_share_prints_a_link_that_works(server: JupyterProcess) -> None:
    done = run(server.work, server.root, "share", "a.txt", "--role", "view", "--no-knock", "--title", "Plan")
    assert done.returncode == 0, done.stderr
    link = done.stdout.splitlines()[0]
    sid, secret = link.split("/cohost/g/")[1].split("/join#")
    view = guest(server, sid, "invite", {"secret": secret}).body
    assert (view["title"], view["role"], view["knock"]) == ("Plan", "viewer", False)
    assert "Only this computer" in done.stdout


def test_cli_2_share_with_everything_as_json(server: JupyterProcess) -> None:
    options = ("--role", "run", "--ongoing", "--expires", "7d", "--max-uses", "3", "--json")
    done = run(server.work, server.work, "share", "content/my data", str(server.root / "a.txt"), *options)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    session, invite = answer["session"], answer["session"]["invites"][0]
    assert [item["path"] for item in session["scope"]] == ["my data", "a.txt"]
    assert (session["kind"], invite["role"], invite["max_uses"]) == ("persistent", "runner", 3)
    assert abs(invite["expires_at"] - invite["created_at"] - 7 * 86400 * 1000) <= 1, "each is rounded to a millisecond"
    assert answer["link"] == invite["link"]


def test_cli_3_sessions_and_end(server: JupyterProcess) -> None:
    shared = json.loads(run(server.work, server.root, "share", "a.txt", "--json").stdout)["session"]
    listed = json.loads(run(server.work, server.work, "sessions", "--json").stdout)
    assert shared["id"] in [session["id"] for session in listed]
    of_it = next(session for session in listed if session["id"] == shared["id"])
    assert of_it["invites"][0]["link"] == shared["invites"][0]["link"]
    text = run(server.work, server.work, "sessions").stdout
    assert shared["id"] in text and shared["invites"][0]["link"] in text
    assert run(server.work, server.work, "end", shared["id"]).returncode == 0
    assert host(server, "GET", f"sessions/{shared['id']}").body["code"] == "session_ended"
    again = run(server.work, server.work, "end", shared["id"])
    assert again.returncode == 1 and "no running session" in again.stderr


@pytest.mark.parametrize(
    "arguments,status,words",
    [
        (["share", "nope.txt"], 1, "There is no file or folder nope.txt"),
        (["share", "/"], 1, "No running Jupyter server has / below its folder"),
        (["share", "a.txt", "--expires", "soon"], 2, "30m, 24h, 7d or never"),
        (["share", "a.txt", "--max-uses", "0"], 2, "1 or more"),
        (["share", "a.txt", "--role", "host"], 2, "invalid choice"),
        (["share", "a.txt", "--server", "ftp://x"], 1, "not the address of a server"),
        (["share", "a.txt", "--server", "http://127.0.0.1:9/"], 1, "does not answer"),
        (["share", "a.txt", "--user", "bo", "--user", "cy"], 1, "sign-in service"),
        (["share", "a.txt", "--members", "--group", "physics"], 2, "not allowed with"),
        (["hub-service"], 1, "JupyterHub starts this as its service"),
        (["end", "made-up"], 1, "There is no running session made-up"),
    ],
)
def test_cli_4_errors_are_sentences(server: JupyterProcess, arguments: list[str], status: int, words: str) -> None:
    done = run(server.work, server.root, *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert words in done.stderr and "Traceback" not in done.stderr


def test_cli_6_alone_it_prints_its_help(tmp_path: Path) -> None:
    done = run(tmp_path, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(word in done.stdout for word in ("share", "sessions", "end", "Example:"))


def test_cli_7_the_name_that_guests_see(server: JupyterProcess) -> None:
    done = run(server.work, server.root, "share", "a.txt", "--name", "Ada Lovelace", "--json")
    assert json.loads(done.stdout)["session"]["host"]["name"] == "Ada Lovelace"


def test_cli_8_the_shell_completes(server: JupyterProcess) -> None:
    """As ``eval "$(register-python-argcomplete jupyter-cohost)"`` asks: commands, options, and sessions that run."""
    shared = json.loads(run(server.work, server.root, "share", "a.txt", "--json").stdout)["session"]["id"]
    assert {"share", "sessions", "end"} <= completed(server.work, "jupyter-cohost ")
    assert completed(server.work, "jupyter-cohost share --role ") == {"view", "edit", "run"}
    assert shared in completed(server.work, "jupyter-cohost end ")
    assert completed(server.work, f"jupyter-cohost end {shared[:12]}") == {shared}


def completed(work: Path, line: str) -> set[str]:
    """What the command offers where ``line`` ends, by argcomplete's own protocol."""
    environment = {
        **os.environ,
        "HOME": str(work),
        "JUPYTER_RUNTIME_DIR": str(work / "jupyter" / "run"),
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(work / "completed"),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
    }
    command = [sys.executable, "-m", "jupyterlab_cohost.cli"]
    subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    return {word.strip() for word in (work / "completed").read_text().split("\n") if word.strip()}


def test_cli_4_no_server_runs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    for arguments in (["share", "a.txt"], ["sessions"], ["end", "x"]):
        done = run(tmp_path, tmp_path, *arguments)
        assert done.returncode == 1 and "No Jupyter server is running" in done.stderr


def test_cli_5_a_server_by_its_address(server: JupyterProcess, tmp_path: Path) -> None:
    """From another account the address carries the token; paths are the server's then."""
    address = f"{server.origin}/lab?token={TOKEN}"
    done = run(tmp_path, tmp_path, "share", "my data", "--server", address, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["session"]["scope"][0]["path"] == "my data"
    wrong = run(tmp_path, tmp_path, "share", "my data", "--server", f"{server.origin}/?token=wrong")
    assert wrong.returncode == 1 and "did not accept the token" in wrong.stderr


def test_cli_5_of_several_servers_the_one_with_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    inner = tmp_path / "project" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "other").mkdir()
    roots = [tmp_path / "project", tmp_path / "other", inner]
    running = [servers.Server(f"http://127.0.0.1:{port}/", "", root) for port, root in enumerate(roots)]
    monkeypatch.setattr(servers, "running", lambda: running)
    assert servers.server_of([inner / "a.txt"], None) is running[2]
    assert servers.server_of([inner, tmp_path / "project" / "b.txt"], None) is running[0]
    assert servers.path_on(running[0], inner) == "deep"
    assert servers.path_on(running[2], inner) == ""
    with pytest.raises(Problem, match="No running Jupyter server has"):
        servers.server_of([tmp_path / "other" / "x", inner], None)
    with pytest.raises(Problem, match="outside the folder"):
        servers.path_on(running[1], inner)


def test_cli_5_the_token_does_not_follow_a_redirect() -> None:
    """A server that sends the request elsewhere gets a refusal, and elsewhere gets nothing."""
    asked: list[str] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Redirecting) as there:
        Thread(target=there.serve_forever, daemon=True).start()
        with pytest.raises(Problem, match="did not accept the token"):
            servers.Server(f"http://127.0.0.1:{there.server_port}/", "secret").call("GET", "sessions")
        there.shutdown()
    assert asked == ["/cohost/api/sessions"]


@pytest.mark.parametrize("command", ["", "share", "sessions", "end", "hub-service"])
def test_cli_6_help(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, tmp_path, *command.split(), "--help")
    assert done.returncode == 0 and "usage: jupyter cohost" in done.stdout
