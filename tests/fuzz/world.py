"""A real server and its session, shared by the plans that run on it; a plan may end the server, for all of them."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..support.server import HEADERS, JupyterProcess

#: Saves of a file fail while a hidden file with its name and ``.fails`` stands beside it.
_CONFIG = """
import os
from tornado.web import HTTPError
def refuse(model, path, contents_manager):
    folder, name = os.path.split(path)
    if os.path.exists(os.path.join(contents_manager.root_dir, folder, f".{name}.fails")):
        raise HTTPError(507, "refused")
c.FileContentsManager.pre_save_hook = refuse
c.AsyncFileContentsManager.pre_save_hook = refuse
"""


class World:
    """``up`` is set while the server answers."""

    def __init__(self, work: Path) -> None:
        self.server = JupyterProcess(work, config=_CONFIG)
        self.up = asyncio.Event()
        self._restart: asyncio.Task[None] | None = None
        #: How the server was ended so far, for plans that ran beside others.
        self.ends: list[str] = []
        self.problems: list[str] = []

    async def start(self) -> World:
        await asyncio.to_thread(self.server.start)
        self.up.set()
        return self

    def end(self, how: str) -> None:
        """Ends the server now and starts it again, unless that is going on already."""
        if self._restart is None or self._restart.done():
            self.ends.append(f"{time.time():.2f} {how}")
            self._restart = asyncio.create_task(self._end(how))

    async def _end(self, how: str) -> None:
        self.up.clear()
        number = signal.SIGKILL if how == "kill9" else signal.SIGTERM
        try:
            await asyncio.to_thread(self.server.signal, number)
        except subprocess.TimeoutExpired:
            self.problems.append(f"the server did not end by itself:\n{self.server.log()[-3000:]}")
        await asyncio.to_thread(self.server.start)
        self.up.set()

    async def patiently(self, wrong: Callable[[], str | None], seconds: float) -> str | None:
        """Waits until nothing is wrong any more; returns what still is after so long without an end of the server."""
        loop = asyncio.get_running_loop()
        deadline, ends = loop.time() + seconds, len(self.ends)
        while (problem := wrong()) is not None:
            if ends != len(self.ends) or not self.up.is_set():
                await self.up.wait()
                deadline, ends = loop.time() + seconds, len(self.ends)
            if loop.time() > deadline:
                return problem
            await asyncio.sleep(0.1)
        return None

    async def stop(self) -> None:
        if self._restart is not None:
            await self._restart
        await asyncio.to_thread(self.server.stop)

    async def call(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        """Asks until the server is there to answer. Raises AssertionError for a refusal."""
        cut_off = False
        while True:
            await self.up.wait()
            try:
                return await asyncio.to_thread(self._call, method, path, body, headers)
            except urllib.error.HTTPError as error:
                if error.code == 503:
                    await asyncio.sleep(0.1)
                    continue
                if error.code in (404, 410) and method == "DELETE" and cut_off:
                    # Done the first time, of which the answer did not arrive.
                    return None
                raise AssertionError(f"{method} {path}: {error.code} {error.read()[:300]!r}") from error
            except OSError:
                cut_off = True
                await asyncio.sleep(0.1)

    def _call(self, method: str, path: str, body: object, headers: dict[str, str] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        whole = {"Content-Type": "application/json", **(HEADERS if headers is None else headers)}
        request = urllib.request.Request(f"{self.server.origin}{path}", data, whole, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    async def session(self, path: str) -> Session:
        """A session over one file."""
        body = {"scope": [{"path": path}], "kind": "persistent", "knock": False}
        return Session(self, str((await self.call("POST", "/cohost/api/sessions", body))["id"]))


class Session:
    """The host's session with the guests of one plan."""

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self._api, self.gateway = f"/cohost/api/sessions/{name}", f"/cohost/g/{name}"

    async def guest(self, role: str, name: str) -> tuple[str, dict[str, str]]:
        """``(participant, headers)`` of somebody who came by a link."""
        call = self._world.call
        invite = await call("POST", f"{self._api}/invites", {"role": role, "knock": False})
        body = {"secret": invite["link"].rsplit("#", 1)[1], "name": name, "carrier": "bearer"}
        joined = await call("POST", f"{self.gateway}/join", body, {})
        headers = {"Authorization": f"Bearer {joined['credential']}"}
        me = await call("GET", f"{self.gateway}/me", None, headers)
        return str(me["user"]["username"]), headers

    async def change_role(self, participant: str, role: str) -> None:
        await self._world.call("PATCH", f"{self._api}/participants/{participant}", {"role": role})

    async def remove(self, participant: str) -> None:
        await self._world.call("DELETE", f"{self._api}/participants/{participant}")

    async def end(self) -> None:
        await self._world.call("DELETE", self._api)
