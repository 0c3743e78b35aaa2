"""A participant: a connection, a copy of the document, and what was done with it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from pycrdt import Array, Doc, Text, UndoManager, create_update_message

from jupyterlab_cohost.core.document import YDocument

from ..support.room_client import ACK, NOTICE, VOUCH, VOUCHED, TestClient, json_message
from .book import Book, Edit
from .edits import Editor, texts
from .plan import Step

CHANGE, COPY = 111, 116
_LATEST_S = 3.0


class RoomOf(TestClient):
    """Can be cut and kept away; ``all_safe`` is called when everything is acknowledged, ``local`` with what the person
    did, ``seen`` with what came in. ``refusals`` are what the door answered.
    """

    __test__ = False

    def __init__(self, url: Callable[[], str], headers: dict[str, str]) -> None:
        self.all_safe: Callable[[], None] = lambda: None
        self.local: Callable[[bytes], None] = lambda _update: None
        self.seen: Callable[[bytes], None] = lambda _update: None
        self.noticed: Callable[[Any], None] = lambda _notice: None
        self.compare: Callable[[str], None] = lambda _digest: None
        self.refusals: list[str] = []
        self.times_synced = self.turned_away = 0
        self._at_home = asyncio.Event()
        self._at_home.set()
        super().__init__(url, headers)

    def open(self) -> None:
        """Connects, and again whenever it is cut off."""
        self._task = asyncio.create_task(self._run())

    def cut(self) -> None:
        """As when the network goes."""
        connection = self.socket._response.connection if self.socket is not None else None
        if connection is not None and connection.transport is not None:
            connection.transport.abort()

    def stay_away(self, seconds: float) -> None:
        """Off the network for a while."""
        self._at_home.clear()
        self.cut()
        asyncio.get_running_loop().call_later(seconds, self._at_home.set)

    async def _connect_once(self, http: aiohttp.ClientSession) -> None:
        await self._at_home.wait()
        await asyncio.sleep(min(2.0, 0.2 * self.turned_away))
        try:
            await super()._connect_once(http)
        except aiohttp.ClientError as error:
            self.turned_away += isinstance(error, aiohttp.WSServerHandshakeError)
            self.refusals.append(str(error)[:200])
            raise

    def _updated(self, event: Any) -> None:
        (self.seen if self._remote else self.local)(event.update)
        super()._updated(event)

    def _receive(self, frame: bytes) -> None:
        was = self.synced.is_set()
        super()._receive(frame)
        self.times_synced += self.synced.is_set() and not was
        if frame[0] == NOTICE:
            self.noticed(self.messages[-1][1])
        if frame[0] == COPY:
            self.compare(self.messages[-1][1]["digest"])
        if frame[0] == ACK and self.all_acknowledged:
            self.all_safe()


class Person:
    """``removed`` for one who was put out of the session and tries to come back all the same."""

    def __init__(self, name: str, role: str, kind: str, book: Book, connect: Callable[[], RoomOf]) -> None:
        self.name, self.role, self.kind, self.book = name, role, kind, book
        self._connect = connect
        self.client: RoomOf | None = None
        self.removed = False
        #: What the server has not acknowledged.
        self._open: list[Edit] = []
        self._conflicts: list[tuple[float, list[str]]] = []

    @property
    def may_edit(self) -> bool:
        return self.role != "viewer" and not self.removed

    def join(self) -> None:
        """Opens the page; ``waits`` says when it is filled."""
        if self.client is None and not self.removed:
            client = self.client = self._connect()
            client.all_safe, client.local, client.seen = self._all_safe, self._did, self.book.history.feed_once
            client.noticed, client.compare = self._noticed, self._compare
            self._editor = Editor(client.doc, self.kind, lambda: self.book.token(self.name))
            client.open()
            scope: Any = client.doc.get("source", type=Text) if self.kind == "text" else client.cells
            self._undo = UndoManager(scopes=[scope], capture_timeout_millis=0)
            self._undo.include_origin("person")

    def waits(self) -> str | None:
        """What the page that was opened saw, while the room has not let it in."""
        client = self.client
        if client is None or client.times_synced:
            return None
        seen = f"connected: {client.socket is not None}, {client.closes[-3:]}, {client.refusals[-3:]}"
        return f"{self.name} ({self.role}) was not let in, {seen}"

    def _compare(self, digest: str) -> None:
        """A reader's page opens the document anew when it says something else; a writer's copy must never do."""
        if self.client is not None and not self.may_edit and not self.removed:
            document = YDocument("notebook" if self.kind == "notebook" else "file", lambda _update: None)
            document.load(self.client.doc.get_update())
            if document.digest() != digest:
                self._reopening = asyncio.ensure_future(self._open_anew())

    async def _open_anew(self) -> None:
        await self.leave()
        self.join()

    def _did(self, update: bytes) -> None:
        edit = self.book.edited(self.name, update)
        if self.removed:
            edit.fate = "refused"
        else:
            self._open.append(edit)

    def _noticed(self, notice: Any) -> None:
        """What is told may be in the copy a moment later."""
        self.book.told.append(f"{time.time():.2f} {self.name} is told {notice['code']} {notice.get('where', '')}")
        if notice["code"] == "merge_conflict":
            self._conflicts.append((time.monotonic(), notice.get("where", [])))
            for seconds in (0.0, 0.3, 1.5):
                asyncio.get_running_loop().call_later(seconds, self._look_at_conflict, notice.get("where", []))

    def look_at_the_latest(self) -> None:
        """At the conflicts that were told a moment ago."""
        for at, where in self._conflicts:
            if time.monotonic() - at < _LATEST_S:
                self._look_at_conflict(where)

    def _look_at_conflict(self, where: list[str]) -> None:
        """``where`` is "line 12" (from there on both versions stand) or the id of a cell."""
        if self.client is None:
            return
        everything = [str(text) for text in texts(self.client.doc, self.kind)]
        if self.kind == "notebook":
            self.book.brought_back.update(where)
            named = [cell.to_py() for cell in self.client.cells if cell["id"] in where]
            cells = [json.dumps(cell, ensure_ascii=False) for cell in named]
            self.book.conflict(cells, "".join(everything))
            return
        lines = everything[0].split("\n")
        for place in where:
            number = int(place.removeprefix("line "))
            self.book.conflict(lines[max(0, number - 3) : number + 5], everything[0])

    def _all_safe(self) -> None:
        for edit in self._open:
            edit.fate = "sure"
        self._open.clear()

    async def leave(self) -> None:
        """What was not acknowledged may have arrived or not."""
        if self.client is not None:
            client, self.client = self.client, None
            await client.stop()
            self._open.clear()

    def give_up_on_the_rest(self) -> None:
        """Whatever is not acknowledged now may or may not have arrived before its maker was put out."""
        self._open.clear()

    def edit(self, step: Step) -> None:
        if self.client is None:
            return
        if not self.may_edit:
            self._edit_all_the_same(step)
        elif step["do"] == "undo":
            self._undo.undo()
        elif step["do"] == "redo":
            self._undo.redo()
        else:
            self._editor.do(step)

    def _edit_all_the_same(self, step: Step) -> None:
        """A page that ignores its role: the change is made in a copy and sent."""
        assert self.client is not None
        fork: Doc[Any] = Doc()
        fork.apply_update(self.client.doc.get_update())
        before = fork.get_state()
        if step["do"] in ("undo", "redo") or (self.kind == "notebook" and not len(fork.get("cells", type=Array))):
            step = {**step, "do": "insert"}
        Editor(fork, self.kind, lambda: self.book.token(self.name)).do(step)
        update = fork.get_update(before)
        self.book.edited(self.name, update).fate = "refused"
        if self.client.socket is not None:
            self.client._send_sync(create_update_message(update))

    def type_all_the_same(self) -> None:
        """In the copy of one who was put out, to be sent when they come back."""
        if self.client is not None:
            self._editor.do({"do": "insert", "at": 0.5, "to": 0.5})

    def vouch(self, digest: str) -> None:
        if self.client is not None and self.client.socket is not None:
            self.client.send(json_message(VOUCH, {"digests": [digest]}))

    def take_back_a_change(self, step: Step) -> bool:
        """Asks the server to undo what another program did; whether there was something to ask for."""
        changes = [body["change"] for body in self.told(NOTICE) if body.get("change")]
        if not changes or self.client is None or self.client.socket is None:
            return False
        change = changes[int(step["at"] * len(changes))]
        self.client.send(json_message(CHANGE, {"id": "1", "change": change, "action": "undo"}))
        return True

    def told(self, kind: int) -> list[Any]:
        return [] if self.client is None else [body for number, body in self.client.messages if number == kind]

    @property
    def vouched(self) -> set[str]:
        return {digest for body in self.told(VOUCHED) for digest in body["digests"]}
