"""CHAT-20: random plans over many chat nodes (TypeScript, in Node.js) and the broker here end in one discussion."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.core.chat import Discussion
from jupyterlab_cohost.core.chat_limits import CHAT_LIMITS
from jupyterlab_cohost.core.chat_member import ChatPerson, Door
from jupyterlab_cohost.protocol.close_codes import CloseCode
from jupyterlab_cohost.protocol.ids import ParticipantId

ROOT = Path(__file__).parent.parent
#: Seeds that once failed.
KEPT: list[int] = []
PLANS = int(os.environ.get("COHOST_CHAT_PLANS", "60"))


class Clock:
    """The plan says what time it is."""

    def __init__(self) -> None:
        self.time, self._timers = 0.0, list[tuple[float, Callable[[], None]]]()

    def now(self) -> float:
        return self.time

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        timer = (self.time + seconds, callback)
        self._timers.append(timer)
        return lambda: self._timers.remove(timer) if timer in self._timers else None

    def run(self) -> None:
        due = [timer for timer in self._timers if timer[0] <= self.time]
        for timer in due:
            if timer in self._timers:
                self._timers.remove(timer)
                timer[1]()


class Rules:
    see_all = True

    def newcomers_see_all(self) -> bool:
        return self.see_all

    def set_newcomers_see_all(self, value: bool) -> None:
        self.see_all = value

    def person(self, participant: ParticipantId) -> ChatPerson:
        return person_of(participant)


def person_of(name: str) -> ChatPerson:
    is_host = name == "host"
    return ChatPerson(ParticipantId(name), name, "#000000", "", "host" if is_host else "viewer", host=is_host)


class Client:
    """A connection whose frames are collected."""

    def __init__(self, name: str, connection: str, joined_at: int = 0) -> None:
        self.person, self.connection, self._joined_at = person_of(name), connection, joined_at
        self.frames: list[str] = []
        self.comes_by = Door("link", ("192.0.2.1",))
        self.closed: CloseCode | None = None

    def door(self) -> Door:
        return self.comes_by

    def may_chat(self) -> bool:
        return True

    def joined_at(self) -> int:
        return self._joined_at

    def send(self, frame: bytes) -> bool:
        self.frames.append(frame.decode())
        return True

    def close(self, code: CloseCode) -> None:
        self.closed = code


class World:
    """One broker, restarted when the plan says so."""

    def __init__(self) -> None:
        self.clock, self.rules = Clock(), Rules()
        self.begin(0)

    def begin(self, seed: int) -> None:
        self.seed, self.clients = seed, dict[str, Client]()
        self._restart()

    def _restart(self) -> None:
        self.discussion = Discussion("session", self.rules, b"secret", self.clock, CHAT_LIMITS)
        self.discussion.random = random.Random(self.seed)

    def run(self, command: dict[str, Any]) -> None:
        what, client = command["do"], self.clients.get(command.get("connection", ""))
        if what == "begin":
            self.begin(command["seed"])
        elif what == "open":
            self.clients[command["connection"]] = Client(command["person"], command["connection"])
        elif what == "restart":
            for other in self.clients.values():
                other.closed = other.closed or CloseCode("going_away", 1001, True, "")
            self._restart()
        elif what == "tick":
            for other in self.clients.values():
                if other.closed is None:
                    self.discussion.beat(other)
            self.discussion.tick()
        elif client is not None and client.closed is None:
            if what == "say":
                self.discussion.receive(client, command["frame"])
            elif what == "close":
                self.discussion.leave(client, clean=command["clean"])
                del self.clients[client.connection]

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self.clock.time = request["now"]
        self.clock.run()
        for command in request["commands"]:
            self.run(command)
        self.discussion.flush()
        frames = [(name, frame) for name, client in self.clients.items() for frame in client.frames]
        closed = [name for name, client in self.clients.items() if client.closed is not None]
        for name in closed:
            del self.clients[name]
        for client in self.clients.values():
            client.frames = []
        return {"frames": frames, "closed": closed}


async def run_plans(first: int, count: int) -> list[Any]:
    """The plans that failed."""
    node = shutil.which("node")
    assert node is not None
    arguments = (node, str(ROOT / "tests/chat_plans/plans.mjs"), str(first), str(count))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*arguments, stdin=pipe, stdout=pipe, limit=2**24)
    assert process.stdin is not None and process.stdout is not None
    world = World()
    while line := await process.stdout.readline():
        request = json.loads(line)
        if request["commands"][0]["do"] == "end":
            process.kill()
            await process.wait()
            failed: list[Any] = request["commands"][0]["failed"]
            return failed
        process.stdin.write(json.dumps(world.answer(request)).encode() + b"\n")
    raise AssertionError(f"the plans ended early with {await process.wait()}")


needs_build = pytest.mark.skipif(
    not (ROOT / "lib/chat/index.js").exists() or shutil.which("node") is None, reason="needs jlpm build:lib"
)


@needs_build
async def test_chat_20_random_plans_end_in_one_discussion_and_leave_nothing() -> None:
    assert await run_plans(1, PLANS) == []


@needs_build
@pytest.mark.parametrize("seed", KEPT)
async def test_chat_20_plans_that_once_failed(seed: int) -> None:
    assert await run_plans(seed, 1) == []
