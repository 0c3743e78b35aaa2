"""A real JupyterHub with its proxy, simple spawner and shared password, and people who are signed in to it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

from .certificate import Certificate
from .server import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PROXY = ROOT / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
PASSWORD = "a shared password of at least 8 characters"
_CONFIG = """\
c.JupyterHub.bind_url = "{scheme}://127.0.0.1:{port}{prefix}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.JupyterHub.db_url = "sqlite:///{work}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{work}/cookie_secret"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.command = ["node", "{proxy}"]
c.ConfigurableHTTPProxy.pid_file = "{work}/proxy.pid"
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = "{password}"
c.Authenticator.allowed_users = {users}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{work}/home/{{username}}"
c.Spawner.cmd = ["{singleuser}"]
c.Spawner.args = ["--allow-root", "--ServerApp.jpserver_extensions={{'jupyterlab_cohost': True}}"]
c.JupyterHub.log_level = "WARN"
# On a busy machine everything takes longer, and a server that is killed has not said goodbye.
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
c.SimpleLocalProcessSpawner.interrupt_timeout = c.SimpleLocalProcessSpawner.term_timeout = 60
"""
_PATIENCE_S = 180


@dataclass
class Person:
    """Somebody's browser, without the browser: cookies of the hub and of their server, and a token for its REST."""

    hub: Hub
    name: str
    http: aiohttp.ClientSession
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"token {self.token}"} if self.token else {}

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """``path`` below the hub's address, with this person's token. JSON is decoded."""
        async with self.hub.client() as http:  # a token with no cookies beside it
            origin = self.hub.origin_of(path.split("/")[2]) if path.startswith("/user/") else self.hub.origin
            sent = http.request(method, origin + path, json=body, headers=self.headers)
            async with sent as answer:
                return answer.status, await answer.json() if "json" in answer.content_type else await answer.text()

    async def sign_in(self) -> Person:
        """By the hub's form, as a browser does; then a token of their own by the hub's API."""
        login = f"{self.hub.origin}/hub/login"
        async with self.http.get(login) as page:
            xsrf = re.search(r'name="_xsrf" value="([^"]+)"', await page.text())
        assert xsrf, "the hub's sign-in form has changed"
        form = {"username": self.name, "password": PASSWORD, "_xsrf": xsrf[1]}
        async with self.http.post(login, data=form, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
        async with self.http.get(f"{self.hub.origin}/hub/token") as page:
            token = re.search(r'xsrf_token: "([^"]+)"', await page.text())
            assert token, "the hub's token page has changed"
        url = f"{self.hub.origin}/hub/api/users/{self.name}/tokens"
        headers = {"X-XSRFToken": token[1], "Referer": f"{self.hub.origin}/hub/token"}
        async with self.http.post(url, headers=headers, json={}) as answer:
            assert answer.status == 201, await answer.text()
            self.token = (await answer.json())["token"]
        return self

    def server_path(self, server: str = "") -> str:
        return f"/hub/api/users/{self.name}/servers/{server}" if server else f"/hub/api/users/{self.name}/server"

    async def start_server(self, server: str = "") -> None:
        """Starts it if it is not running."""
        status, body = await self.ask("POST", self.server_path(server))
        assert status in (201, 202) or (status == 400 and "already running" in body["message"]), body
        await self._until(server, running=True)

    async def stop_server(self, server: str = "") -> None:
        status, body = await self.ask("DELETE", self.server_path(server))
        assert status in (202, 204), body
        await self._until(server, running=False)

    async def _until(self, server: str, *, running: bool) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            _, user = await self.ask("GET", f"/hub/api/users/{self.name}")
            ready = user["servers"].get(server, {}).get("ready", False)
            if ready == running and (running or server not in user["servers"]):
                return
            assert time.monotonic() < deadline, f"the server of {self.name} is not as asked\n{self.hub.log()[-3000:]}"
            await asyncio.sleep(0.1)  # a process that tells nobody when it is ready


class Loopback(AbstractResolver):
    """Every name is this computer."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
        flags = socket.AI_NUMERICHOST
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": flags}]

    async def close(self) -> None:
        pass


@dataclass
class Hub:
    """Starts and stops the hub; everything lives below ``work``. ``prefix`` ends with a slash."""

    work: Path
    users: tuple[str, ...] = ("ada", "bo")
    prefix: str = "/"
    config: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    #: With this the hub's proxy speaks https.
    certificate: Certificate | None = None
    #: The hub's name, when users have names of their own below it (``subdomain_host``).
    domain: str = ""
    #: Another JupyterHub than the tests' own, for example from scripts/hub_python.py.
    python: str = field(default_factory=lambda: os.environ.get("COHOST_HUB_PYTHON") or sys.executable)

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"

    @property
    def origin(self) -> str:
        """With the prefix, without a slash at the end."""
        return f"{self.scheme}://{self.domain or '127.0.0.1'}:{self.port}{self.prefix.rstrip('/')}"

    def origin_of(self, user: str) -> str:
        """Where this user's servers are, with the prefix: the hub's own address unless users have names of theirs."""
        return self.origin.replace("://", f"://{user}.", 1) if self.domain else self.origin

    def client(self) -> aiohttp.ClientSession:
        """A browser that finds the hub by its name and knows its certificate. It keeps cookies by host and path."""
        context = self.certificate.client() if self.certificate else True
        connector = aiohttp.TCPConnector(resolver=Loopback(), ssl=context)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True))

    def home(self, user: str) -> Path:
        return self.work / "home" / user

    def log(self) -> str:
        return (self.work / "hub.log").read_text("utf-8", "replace")

    def start(self) -> Hub:
        for user in self.users:
            self.home(user).mkdir(parents=True, exist_ok=True)
        (self.work / "jupyterhub_config.py").write_text(
            _CONFIG.format(
                work=self.work,
                scheme=self.scheme,
                port=self.port,
                prefix=self.prefix,
                hub_port=free_port(),
                api_port=free_port(),
                proxy=PROXY,
                password=PASSWORD,
                users=set(self.users),
                singleuser=Path(self.python).parent / "jupyterhub-singleuser",
            )
            + self.config
            + self._more_config()
        )
        command = [self.python, "-m", "jupyterhub", "-f", str(self.work / "jupyterhub_config.py")]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
        with (self.work / "hub.log").open("ab") as log:
            # node would make an input that it shares with us non-blocking
            self.process = subprocess.Popen(
                command, cwd=self.work, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._wait_until_ready()
        return self

    def _more_config(self) -> str:
        lines = []
        if self.certificate:
            lines += [f"c.JupyterHub.ssl_cert = {str(self.certificate.file)!r}"]
            lines += [f"c.JupyterHub.ssl_key = {str(self.certificate.key)!r}"]
        if self.domain:
            lines += [f'c.JupyterHub.subdomain_host = "{self.scheme}://{self.domain}:{self.port}"']
        if self.python != sys.executable:
            # That environment has JupyterHub alone; what is in share/ and etc/ stands beside the tests' own Python.
            share, etc = Path(sys.prefix) / "share" / "jupyter", Path(sys.prefix) / "etc" / "jupyter"
            places = {"JUPYTERLAB_DIR": str(share / "lab"), "JUPYTER_PATH": str(share), "JUPYTER_CONFIG_PATH": str(etc)}
            lines += [f"c.Spawner.environment.update({places!r})"]
        return "".join(line + "\n" for line in lines)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        context = self.certificate.client() if self.certificate else None
        headers = {"Host": f"{self.domain}:{self.port}"} if self.domain else {}
        address = f"{self.scheme}://127.0.0.1:{self.port}{self.prefix}hub/api/"
        while True:
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the hub did not start:\n{self.log()[-4000:]}")
            try:
                request = urllib.request.Request(address, headers=headers)
                with urllib.request.urlopen(request, timeout=10, context=context):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)

    def stop(self) -> None:
        """With its proxy and all servers (the hub sees to that)."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(_PATIENCE_S)


#: Somebody of this name, signed in to the hub.
GetPerson = Callable[[str], Awaitable[Person]]
