"""Carries out a plan against a real server and looks at what is left."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from pathlib import Path
from typing import Any

from ..support.server import HEADERS
from .book import Book
from .edits import texts
from .outside import outside_write
from .person import Person, RoomOf
from .plan import EDITS, Plan, Step
from .settled import unsettled
from .world import World

_EDITS = {name for names in EDITS.values() for name in names}
_LET_IN_S, _QUIET_S = 60, 45
#: Who was put out has no open socket after that.
_OUT_S = 5
#: Far more than a plan takes: one that hangs is one that failed.
_PATIENCE_S = 240


class PlanFailed(AssertionError):
    """What is wrong, for people. ``trace``: what happened, for whoever looks into it."""

    trace = ""


class Run:
    """One plan on one file."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.world, self.plan, self.kind = world, plan, str(plan["kind"])
        suffix = "txt" if self.kind == "text" else "ipynb"
        self.path = f"{plan['seed']}-{uuid.uuid4().hex[:6]}.{suffix}"
        self.file = Path(world.server.root / self.path)
        self.book = Book()
        self.people: dict[str, Person] = {}
        self.participants: dict[str, str] = {}
        self.digests: set[str] = set()
        #: Put out, with how often they were let in until then.
        self.out: dict[str, int] = {}
        #: Why it has not come to rest yet.
        self.missing: str | None = None
        #: What happened, for whoever looks into a failure.
        self.trace: list[str] = []

    async def run(self) -> None:
        """Raises PlanFailed."""
        self._write_file()
        self.session = await self.world.session(self.path)
        try:
            for person in self.plan["people"]:
                await self._arrive(person["name"], person["role"])
            for number, step in enumerate(self.plan["steps"]):
                self._note(number, step)
                await self._step(step)
            await self._quiet()
        finally:
            self._saves(True)
            for one in self.people.values():
                if one.client is not None:
                    await one.client.stop()
            await self.session.end()

    def report(self) -> str:
        """What happened, for whoever looks into a failure."""
        return "\n".join([*self.trace, *self.book.story()])

    def _note(self, number: int, step: Step) -> None:
        tokens = "".join(self.book.owner)[-3:]
        self.trace.append(
            f"{time.time():.2f} {number} {json.dumps(step)}, tokens so far …{tokens}, up: {self.world.up.is_set()}"
        )
        client = next((person.client for person in self.people.values() if person.client is not None), None)
        if client is not None:
            self.trace.append(f"   the first copy: {[str(text) for text in texts(client.doc, self.kind)]}")
        if step["do"] == "outside":
            self.trace.append(f"   the file: {self.file.read_text('utf-8')!r}")

    def _write_file(self) -> None:
        tokens = [self.book.token("the file", in_file=True) for _ in range(5)]
        if self.kind == "text":
            self.file.write_text("".join(f"line {number} {token} of five\n" for number, token in enumerate(tokens)))
            return
        cell: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells = [{**cell, "id": f"cell-{i}", "source": f"x = {i}\n# {token}"} for i, token in enumerate(tokens)]
        self.file.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))

    async def _arrive(self, name: str, role: str) -> None:
        headers: dict[str, str] | None = None
        if role != "host":
            self.participants[name], headers = await self.session.guest(role, f"{name}-{uuid.uuid4().hex[:8]}")
        address = "/cohost/api/documents" if headers is None else f"{self.session.gateway}/documents"
        type_ = {"type": "file", "format": "text"} if self.kind == "text" else {"type": "notebook", "format": "json"}
        document = (await self.world.call("POST", address, {"path": self.path, **type_}, headers))["id"]
        base = "/cohost" if headers is None else self.session.gateway
        url = f"{self.world.server.ws_origin}{base}/rooms/{document}"
        own = HEADERS if headers is None else headers
        self.people[name] = Person(name, role, self.kind, self.book, lambda: RoomOf(lambda: url, own))
        await self._join(self.people[name])

    async def _step(self, step: Step) -> None:
        await asyncio.sleep(0.01)
        do, person = step["do"], self.people.get(step.get("who", ""))
        if do == "pause":
            await asyncio.sleep(step["seconds"])
        elif do == "server":
            self.world.end(step["how"])
        elif do == "outside":
            outside_write(self.file, self.kind, step, self.book)
        elif do in ("saves_fail", "saves_work"):
            self._saves(do == "saves_work")
        elif person is not None:
            await self._step_of(person, step)

    async def _step_of(self, person: Person, step: Step) -> None:
        do = step["do"]
        if do in _EDITS:
            person.edit(step)
        elif do == "cut" and person.client is not None:
            person.client.cut()
        elif do == "offline" and person.client is not None:
            person.client.stay_away(step["seconds"])
        elif do == "leave" and not person.removed:
            await person.leave()
        elif do == "join":
            await self._join(person)
        elif do == "vouch":
            self._vouch(person)
        elif do == "take_back" and person.may_edit:
            if person.take_back_a_change(step):
                self.book.taken_back()
        elif do == "role" and person.role != "host" and not person.removed:
            await self._change_role(person, step["role"])
        elif do == "remove" and person.role != "host" and not person.removed:
            await self._remove(person)

    def _vouch(self, person: Person) -> None:
        digest = uuid.uuid4().hex * 2
        if person.role in ("viewer", "editor") or person.removed:
            self.digests.add(digest)
        person.vouch(digest)

    async def _join(self, person: Person) -> None:
        if person.client is None and not person.removed:
            await self.world.up.wait()
            person.join()
            problem = await self.world.patiently(person.waits, _LET_IN_S)
            if problem is not None:
                raise PlanFailed(problem)

    async def _change_role(self, person: Person, role: str) -> None:
        """A page with edits under way, which it would have to take back, is opened anew; others stay open."""
        if role == person.role:
            return
        if person.client is not None and not person.client.all_acknowledged:
            await person.leave()
        await self.session.change_role(self.participants[person.name], role)
        person.role = role
        await self._join(person)

    async def _remove(self, person: Person) -> None:
        """Then they go on typing and try to come back, until the end."""
        await self.session.remove(self.participants[person.name])
        person.give_up_on_the_rest()
        person.removed = True
        client = person.client
        if client is None:
            return
        still = f"{person.name} was removed and is still there"
        problem = await self.world.patiently(lambda: still if client.socket is not None else None, _OUT_S)
        if problem is not None:
            raise PlanFailed(problem)
        self.out[person.name] = client.times_synced
        for _ in range(3):
            person.type_all_the_same()

    def _saves(self, work: bool) -> None:
        mark = self.file.with_name(f".{self.file.name}.fails")
        if work:
            mark.unlink(missing_ok=True)
        else:
            mark.touch()

    # The end

    async def _quiet(self) -> None:
        self._saves(True)
        for person in list(self.people.values()):
            await self._join(person)
        await self._arrive("newcomer", "host")
        here = [person for person in self.people.values() if not person.removed]
        problem = await self.world.patiently(lambda: self._unsettled(here), _QUIET_S)
        if problem is not None:
            raise PlanFailed(problem)
        self._check(here)

    def _unsettled(self, here: list[Person]) -> str | None:
        self.missing = unsettled(here, self.file, self.kind)
        return self.missing

    def _check(self, here: list[Person]) -> None:
        newcomer = self.people["newcomer"].client
        assert newcomer is not None
        for person in here:
            person.look_at_the_latest()
        problems = self.book.problems(newcomer.doc.get_update())
        problems += [f"{p.name} vouched" for p in here if p.vouched & self.digests]
        for name, before in self.out.items():
            client = self.people[name].client
            if client is not None and client.times_synced != before:
                problems.append(f"{name} was removed and came back")
        if problems:
            raise PlanFailed("; ".join(problems))


async def run_plan(world: World, plan: Plan) -> None:
    """Raises PlanFailed, also for a plan that hangs or breaks."""
    run = Run(world, plan)
    task = asyncio.create_task(run.run())
    for _ in range(_PATIENCE_S):
        # While the server is away nobody can get on.
        await world.up.wait()
        if (await asyncio.wait({task}, timeout=1))[0]:
            break
    failed = PlanFailed()
    if not task.done():
        failed = PlanFailed(f"hangs: {_stack(task)}; {run.missing}")
        task.cancel()
        await asyncio.wait({task}, timeout=_PATIENCE_S)
    elif (error := task.exception()) is None:
        return
    else:
        failed = PlanFailed(str(error) if isinstance(error, PlanFailed) else f"{type(error).__name__}: {error}")
        failed.__cause__ = error
    failed.trace = run.report()
    raise failed


def _stack(task: asyncio.Task[None]) -> str:
    """Where a task waits, from the outside in."""
    places = []
    waits: Any = task.get_coro()
    while waits is not None and hasattr(waits, "cr_frame"):
        frame = waits.cr_frame
        places.append(f"{waits.__qualname__}:{frame.f_lineno if frame is not None else '-'}")
        waits = waits.cr_await
    return " > ".join([*places, repr(waits)[:300]])
