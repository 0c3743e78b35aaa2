"""Carries out a plan against a real server and looks at what is left."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from .book import Book
from .edits import all_text, content
from .outside import outside_write
from .person import Person, RoomOf
from .plan import Plan, Step
from .world import World

_EDITS = {
    *("insert", "delete", "undo", "insert_cell", "delete_cell", "move_cell", "split_cell", "merge_cells"),
    *("change_type", "outputs", "cell_metadata", "metadata"),
}
_QUIET_S = 45


class PlanFailed(AssertionError):
    """What is wrong, for people; ``others`` are ends of the server that came from other plans."""


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
        self.late: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Raises PlanFailed."""
        self._write_file()
        self.session = await self.world.session(self.path)
        try:
            for person in self.plan["people"]:
                await self._arrive(person["name"], person["role"])
            for step in self.plan["steps"]:
                await self._step(step)
            await self._quiet()
        finally:
            self._saves(True)
            for task in self.late:
                task.cancel()
            for person in self.people.values():
                if person.client is not None:
                    await person.client.stop()
            await self.session.end()

    def _write_file(self) -> None:
        if self.kind == "text":
            self.file.write_text("first line\nsecond line\nthird line\n")
            return
        cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells = [{**cell, "id": f"cell-{i}", "source": f"x = {i}"} for i in range(4)]
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
        person = Person(name, role, self.kind, self.book, lambda: RoomOf(lambda: url, self._headers(headers)))
        self.people[name] = person
        await person.join()

    def _headers(self, headers: dict[str, str] | None) -> dict[str, str]:
        from ..support.server import HEADERS

        return HEADERS if headers is None else headers

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
        elif person is None:
            return
        elif do in _EDITS:
            person.edit(step)
        elif do in ("cut", "offline"):
            self._cut(person, step)
        elif do == "leave":
            await person.leave()
        elif do == "join":
            await self._join(person)
        elif do == "vouch":
            digest = uuid.uuid4().hex * 2
            if person.role in ("viewer", "editor") or person.removed:
                self.digests.add(digest)
            person.vouch(digest)
        elif person.role != "host" and not person.removed:
            await (self._change_role(person, step["role"]) if do == "role" else self._remove(person))

    def _cut(self, person: Person, step: Step) -> None:
        if person.client is not None:
            person.client.cut()

    async def _join(self, person: Person) -> None:
        if person.client is None:
            await self.world.up.wait()
            await person.join()

    async def _change_role(self, person: Person, role: str) -> None:
        """A page that loses the right to edit takes back what was not sent; here it is opened anew."""
        if role != person.role:
            was_editing = person.may_edit
            await person.leave()
            await self.session.change_role(self.participants[person.name], role)
            person.role = role
            if was_editing or role != "viewer":
                await self._join(person)

    async def _remove(self, person: Person) -> None:
        client, editor = person.client, person.editor
        before = set(editor.tokens) if editor is not None else set()
        self.book.may_be |= before
        await self.session.remove(self.participants[person.name])
        if editor is not None:
            self.book.may_be |= set(editor.tokens)
            editor.tokens.clear()
            with suppress(TimeoutError):
                assert client is not None
                await client.until(lambda: client.socket is None, 5)
            for _ in range(3):
                editor.insert({"do": "insert", "at": 0.5, "to": 0.5})
            self.book.never |= set(editor.tokens)
            editor.tokens.clear()
            self.late.append(asyncio.create_task(self._stop_later(person)))
        person.removed = True

    async def _stop_later(self, person: Person) -> None:
        await asyncio.sleep(0.5)
        if person.client is not None:
            client, person.client, person.editor = person.client, None, None
            await client.stop()

    def _saves(self, work: bool) -> None:
        mark = self.file.with_name(f".{self.file.name}.fails")
        if work:
            mark.unlink(missing_ok=True)
        else:
            mark.touch()

    # The end

    async def _quiet(self) -> None:
        self._saves(True)
        await asyncio.gather(*self.late)
        here = [person for person in self.people.values() if not person.removed]
        if not here:
            await self._arrive("last", "host")
            here = [self.people["last"]]
        for person in here:
            await self._join(person)
        await self._arrive("newcomer", "host")
        here.append(self.people["newcomer"])
        deadline = asyncio.get_running_loop().time() + _QUIET_S
        problem: str | None = "nothing was looked at"
        ends = len(self.world.ends)
        while problem is not None:
            if not self.world.up.is_set() or ends != len(self.world.ends):
                # Another plan ended the server.
                await self.world.up.wait()
                ends = len(self.world.ends)
                deadline = asyncio.get_running_loop().time() + _QUIET_S
            if asyncio.get_running_loop().time() > deadline:
                raise PlanFailed(problem)
            await asyncio.sleep(0.1)
            problem = self._unsettled(here)
        self._check(here)

    def _unsettled(self, here: list[Person]) -> str | None:
        clients = [person.client for person in here if person.client is not None]
        waiting = [p.name for p in here if p.client is None or not p.client.all_acknowledged]
        if waiting:
            states = [(c.socket is not None, c.synced.is_set(), c.sent, c.acked, c.closes[-3:]) for c in clients]
            return f"not acknowledged: {waiting}, of {states}"
        copies = [content(client.doc, self.kind) for client in clients]
        if any(copy != copies[0] for copy in copies):
            return f"copies differ: {[json.dumps(copy)[-300:] for copy in copies]}"
        return _not_in_file(self.file, self.kind, copies[0])

    def _check(self, here: list[Person]) -> None:
        client = here[0].client
        assert client is not None
        problems = self.book.problems(all_text(client.doc, self.kind))
        problems += [f"{p.name} vouched" for p in here if p.vouched & self.digests]
        if problems:
            raise PlanFailed("; ".join(problems))


def _not_in_file(file: Path, kind: str, copy: Any) -> str | None:
    try:
        text = file.read_text("utf-8")
        written = text if kind == "text" else [_plain(cell) for cell in json.loads(text)["cells"]]
    except (OSError, ValueError) as error:
        return f"the file cannot be read: {error!r}"
    wanted = copy if kind == "text" else [_plain(cell) for cell in copy[0]]
    return None if written == wanted else f"the file differs: {str(written)[-500:]!r} is not {str(wanted)[-500:]!r}"


def _plain(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell as file and document have it in common."""
    joined = {"source": _joined(cell["source"]), "metadata": dict(cell["metadata"])}
    joined["metadata"].pop("trusted", None)
    outputs = [{**output, "text": _joined(output.get("text", ""))} for output in cell.get("outputs", [])]
    return {"id": cell["id"], "type": cell["cell_type"], **joined, "outputs": outputs}


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


async def run_plan(world: World, plan: Plan) -> None:
    """Raises PlanFailed."""
    await Run(world, plan).run()


def save_plan(plan: Plan, why: str, folder: Path) -> Path:
    """Keeps a plan that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{plan['seed']}-{os.getpid()}.json"
    file.write_text(json.dumps({**plan, "why": why[:500]}, indent=1) + "\n")
    return file
