"""A participant: a connection, a copy of the document, and a memory of what was acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pycrdt import Array, Doc, Text, UndoManager, create_update_message

from ..support.room_client import ACK, REFUSED, VOUCH, VOUCHED, TestClient, json_message
from .book import Book
from .edits import Editor, all_text
from .plan import Step


class RoomOf(TestClient):
    """Can be cut and kept away; tells when everything is acknowledged."""

    __test__ = False
    all_safe: Callable[[], None] = staticmethod(lambda: None)

    def cut(self) -> None:
        connection = self.socket._response.connection if self.socket is not None else None
        if connection is not None and connection.transport is not None:
            connection.transport.abort()

    def _receive(self, frame: bytes) -> None:
        super()._receive(frame)
        if frame[0] == ACK and self.all_acknowledged:
            self.all_safe()


class Person:
    """``role`` is None for one who was removed."""

    def __init__(self, name: str, role: str, kind: str, book: Book, connect: Callable[[], RoomOf]) -> None:
        self.name, self.role, self.kind, self.book = name, role, kind, book
        self._connect = connect
        self.client: RoomOf | None = None
        self.editor: Editor | None = None
        self.removed = False

    @property
    def may_edit(self) -> bool:
        return self.role != "viewer" and not self.removed

    async def join(self) -> None:
        if self.client is None and not self.removed:
            client = self._connect()
            client.all_safe = self._all_safe
            self.client = client
            await client.start(60)
            self.editor = Editor(client.doc, self.kind, self.book, self.name)
            scope: Any = client.doc.get("source", type=Text) if self.kind == "text" else client.cells
            self._undo = UndoManager(scopes=[scope], capture_timeout_millis=0)
            self._undo.include_origin("person")

    def _all_safe(self) -> None:
        if self.editor is not None:
            self.editor.tokens.clear()

    async def leave(self) -> None:
        """What was not acknowledged goes with the page."""
        if self.client is not None and self.editor is not None:
            self.book.may_be |= set(self.editor.tokens)
            client, self.client, self.editor = self.client, None, None
            await client.stop()

    def edit(self, step: Step) -> None:
        if self.client is None or self.editor is None:
            return
        if not self.may_edit:
            self._edit_all_the_same()
        elif step["do"] == "undo":
            before = all_text(self.client.doc, self.kind)
            self._undo.undo()
            after = all_text(self.client.doc, self.kind)
            self.book.may_be |= set(before) ^ set(after)
            if self.kind == "notebook":
                self.book.shaken |= {str(cell["id"]) for cell in self.client.cells}
        else:
            self.editor.do(step)

    def _edit_all_the_same(self) -> None:
        """A page that ignores its role: the change is made in a copy and sent."""
        assert self.client is not None
        fork: Doc[Any] = Doc()
        fork.apply_update(self.client.doc.get_update())
        before, token = fork.get_state(), self.book.token(self.name)
        self.book.never.add(token)
        if self.kind == "text":
            text = fork.get("source", type=Text)
            text += token
        else:
            cells = fork.get("cells", type=Array)
            if len(cells):
                cells[0]["source"] += token
        if self.client.socket is not None:
            self.client._send_sync(create_update_message(fork.get_update(before)))

    def vouch(self, digest: str) -> None:
        if self.client is not None and self.client.socket is not None:
            self.client.send(json_message(VOUCH, {"digests": [digest]}))

    def told(self, kind: int) -> list[Any]:
        return [] if self.client is None else [body for number, body in self.client.messages if number == kind]

    @property
    def vouched(self) -> set[str]:
        return {digest for body in self.told(VOUCHED) for digest in body["digests"]}

    @property
    def refusals(self) -> int:
        return len(self.told(REFUSED))
