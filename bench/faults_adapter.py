"""jupyterlab-cohost as a server under the black-box fault tests (see README.md beside this file).

``alice`` and ``tok`` are the host (the Jupyter server's own token); ``bob`` is a guest who may edit and ``reader`` a
guest who may only view, both by invites to one session over the whole content root; any other name is a stranger.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROLES = {"bob": "editor", "reader": "viewer"}
HOSTS = {None, "tok", "alice"}
_THEIR_SESSIONS = "/api/collaboration/session/"


def _as_ours(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """The same request for our documents endpoint; a body that is no object stays as it is."""
    body = options.get("json")
    if body is None:
        return options
    return {"json": {**body, "path": urllib.parse.unquote(path[len(_THEIR_SESSIONS) :])}}


class Adapter:
    """One Jupyter server with the extension; start, end and start again keep port and folders."""

    name = "jupyterlab-cohost"

    def __init__(
        self,
        root: str | Path,
        port: int,
        cwd: str | Path | None = None,
        extra: Sequence[str] = (),
        token: str = "tok",
        config: str | None = None,
        preexec: Callable[[], None] | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self.root, self.port, self.token = Path(root), port, token
        self.home = Path(f"{str(root).rstrip('/')}.home")
        self.home.mkdir(parents=True, exist_ok=True)
        # ``config`` makes users of one Jupyter server out of tokens; here they are guests instead.
        self.cwd, self.extra, self.preexec, self.env = Path(cwd or root), list(extra), preexec, env or {}
        self.base = f"http://127.0.0.1:{port}"
        self.proc: subprocess.Popen[bytes] | None = None
        self.log_file = self.home / "server.log"
        self._session: str | None = None
        self._bearers: dict[str, str] = {}

    # --- the process ---

    def start(self, timeout: float = 60) -> float:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                raise RuntimeError(f"port {self.port} is in use")
        began = time.time()
        with self.log_file.open("ab") as log:
            self.proc = subprocess.Popen(
                self._command(),
                cwd=self.cwd,
                env=self._environment(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=self.preexec,
            )
        atexit.register(self.stop)
        while time.time() - began < timeout:
            try:
                self._call("GET", "/api/status")
                return time.time() - began
            except OSError:
                if self.proc.poll() is not None:
                    raise RuntimeError(f"the server did not start, see {self.log_file}") from None
                time.sleep(0.1)
        raise TimeoutError

    def _command(self) -> list[str]:
        return [
            *(os.environ.get("COHOST_PYTHON", sys.executable), "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *(f"--ServerApp.root_dir={self.root}", "--ip=127.0.0.1", f"--port={self.port}"),
            *("--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}", "--LabApp.news_url=None"),
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            *self.extra,
        ]

    def _environment(self) -> dict[str, str]:
        folders = {"CONFIG": "cfg", "DATA": "data", "RUNTIME": "rt"}
        jupyter = {f"JUPYTER_{name}_DIR": str(self.home / folder) for name, folder in folders.items()}
        return {**os.environ, "HOME": str(self.home), **jupyter, **self.env}

    @property
    def pid(self) -> int:
        assert self.proc is not None
        return self.proc.pid

    def sig(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill9(self) -> None:
        assert self.proc is not None
        self.sig(signal.SIGKILL)
        self.proc.wait()

    def stop(self) -> None:
        if self.proc and self.proc.poll() is None:
            self.proc.terminate()
            try:
                self.proc.wait(15)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()

    def log_text(self) -> str:
        return self.log_file.read_text("utf-8", "replace")

    # --- rooms ---

    async def session(self, http: Any, path: str, kind: str, user: str | None = None) -> dict[str, str]:
        """What a page asks for before it opens the socket. ``fileId`` is the name that the tests use."""
        body = {"path": path, "type": kind, "format": "json" if kind == "notebook" else "text"}
        address = f"{self._gateway()}/documents" if user in ROLES else f"{self.base}/cohost/api/documents"
        async with http.post(address, json=body, headers=self.headers(user)) as answer:
            if answer.status >= 400:
                raise RuntimeError(f"session {answer.status}")
            return {"fileId": (await answer.json())["id"], "sessionId": "none"}

    def room(self, session: dict[str, str]) -> str:
        return session["fileId"]

    def ws(self, session: dict[str, str], user: str | None = None) -> tuple[str, dict[str, str]]:
        return self.ws_room(self.room(session), user=user)

    def ws_room(self, room: str, session_id: str = "", user: str | None = None) -> tuple[str, dict[str, str]]:
        address = f"{self._gateway()}/rooms/{room}" if user in ROLES else f"{self.base}/cohost/rooms/{room}"
        return address.replace("http", "ws", 1), self.headers(user)

    def headers(self, user: str | None = None) -> dict[str, str]:
        if user in ROLES:
            return {"Authorization": f"Bearer {self._bearer(str(user))}"}
        return {"Authorization": f"token {self.token if user in HOSTS else user}"}

    # --- guests ---

    def _gateway(self) -> str:
        if self._session is None:
            scope = [{"path": ""}]
            options = {"scope": scope, "kind": "persistent", "knock": False}
            self._session = str(self._call("POST", "/cohost/api/sessions", options)["id"])
        return f"{self.base}/cohost/g/{self._session}"

    def _bearer(self, user: str) -> str:
        """The credential of a guest who came by an invite of the user's role."""
        if user not in self._bearers:
            gateway = self._gateway()
            options = {"role": ROLES[user], "knock": False}
            invite = self._call("POST", f"/cohost/api/sessions/{self._session}/invites", options)
            body = {"secret": invite["link"].rsplit("#", 1)[1], "name": user.title(), "carrier": "bearer"}
            joined = self._call("POST", f"{gateway.removeprefix(self.base)}/join", body, host=False)
            self._bearers[user] = joined["credential"]
        return self._bearers[user]

    def _call(self, method: str, path: str, body: object = None, *, host: bool = True) -> Any:
        headers = {"Content-Type": "application/json"}
        if host:
            headers["Authorization"] = f"token {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read()[:300]!r}") from error

    # --- contents ---

    async def rest(self, http: Any, method: str, path: str, user: str | None = None, **options: Any) -> tuple[int, str]:
        """The address at which the tests open a document is jupyter-collaboration's: here it is the same request."""
        if path.startswith(_THEIR_SESSIONS):
            method, path, options = "POST", "/cohost/api/documents", _as_ours(path, options)
        async with http.request(method, f"{self.base}{path}", headers=self.headers(user), **options) as answer:
            return answer.status, await answer.text()

    def disk(self, path: str) -> str:
        return (self.root / path).read_text(errors="replace")

    def stores(self) -> dict[str, int]:
        """Files that the server keeps for itself, with their sizes in bytes."""
        kept = (self.home / "data").rglob("*cohost*")
        files = [
            file for found in kept for file in ([found] if found.is_file() else found.rglob("*")) if file.is_file()
        ]
        return {str(file): file.stat().st_size for file in files}
