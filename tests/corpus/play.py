"""Opens files in real rooms on real files, types and saves as a page does, and tells what is not as it should be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from pycrdt import Text

from jupyterlab_cohost.core.ports import Kind
from jupyterlab_cohost.core.room import Room
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.errors import CohostError
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.merge import merge

from ..support.fakes import FakeClient
from ..test_rooms import HELLO, SAVE_RESULT, until
from .jupyterlab_save import LETTER, Reference, typed, without_new_ids


class Corpus:
    """Copies of files below ``work``. ``wrong``: what was found, a line for each file."""

    def __init__(self, work: Path, files: list[Path], place: Callable[[Path], int]) -> None:
        self.root, self.wrong = work / "files", list[str]()
        self.root.mkdir()
        self._journal, self._reference, self._place = work / "journal", Reference(work / "reference"), place
        self.files = {f"{number}-{path.name}": path for number, path in enumerate(files)}
        for name, path in self.files.items():
            (self.root / name).write_bytes(path.read_bytes())
        self.refused = set[str]()

    def _say(self, name: str, what: str) -> None:
        self.wrong.append(f"{self.files[name]}: {what}")

    @asynccontextmanager
    async def _rooms(self) -> AsyncIterator[Rooms]:
        journal = SqliteJournal(self._journal)
        rooms = Rooms(journal, ContentsStore(AsyncLargeFileManager(root_dir=str(self.root))), merge, DEFAULT_LIMITS)
        yield rooms
        await rooms.shutdown()
        await journal.close()

    async def open_and_close(self) -> None:
        """A page opens each file, and the server stops."""
        before = {name: self._state(name) for name in self.files}
        async with self._rooms() as rooms:
            for name in self.files:
                await self._open(rooms, name)
        for name in self.files:
            if self._state(name) != before[name]:
                self._say(name, "opening it changed it")

    def _state(self, name: str) -> tuple[bytes, int]:
        path = self.root / name
        return path.read_bytes(), path.stat().st_mtime_ns

    async def _open(self, rooms: Rooms, name: str) -> Page | None:
        """None for what is refused: JupyterLab refuses it, too, or calls it invalid."""
        kind: Kind = "notebook" if name.endswith(".ipynb") else "file"
        client = FakeClient()
        try:
            room = await rooms.connect((await rooms.open(name, kind)).record.id, client)
        except CohostError as error:
            self.refused.add(name)
            opens = await self._reference.read(name, self.files[name].read_bytes()) is not None
            if error.code != "unsupported" or (opens and name not in self._reference.invalid):
                self._say(name, f"refused: {error.message}")
            return None
        page = Page(room, client)
        await page.sync()
        return page

    async def type_and_save(self) -> None:
        """A letter comes, is saved, goes, is saved: as JupyterLab's own save would write both."""
        async with self._rooms() as rooms:
            for name in self.files:
                page = await self._open(rooms, name)
                if page is not None:
                    await self._play(name, page)
                    page.leave()

    async def _play(self, name: str, page: Page) -> None:
        original, place = self.files[name].read_bytes(), self._place(self.files[name])
        page.type(place)
        page.take_back(place)
        await page.room.save()
        if (self.root / name).read_bytes() != original:
            self._say(name, "a letter that came and went changed it")
        page.type(place)
        await page.save()
        self._compare(name, original, await self._expected(name, original, place), "with the letter")
        page.take_back(place)
        await page.save()
        self._compare(name, original, await self._expected(name, original, None), "saved without the letter")

    async def _expected(self, name: str, original: bytes, place: int | None) -> bytes:
        model = await self._reference.read(name, original)
        assert model is not None, f"JupyterLab refuses {self.files[name]}"
        model["content"] = typed(model["content"], place)
        return await self._reference.save(name, model)

    def _compare(self, name: str, original: bytes, expected: bytes, when: str) -> None:
        now = (self.root / name).read_bytes()
        if now == expected:
            return
        if name.endswith(".ipynb") and without_new_ids(now, original) == without_new_ids(expected, original):
            if json.loads(now) == json.loads(expected):
                self._say(name, f"{when}, its layout differs from what JupyterLab writes")
            return
        self._say(name, f"{when}, it is not what JupyterLab writes")


class Page:
    """Somebody's, with the document open."""

    def __init__(self, room: Room, client: FakeClient) -> None:
        self.room, self.client, self._saves = room, client, 0

    async def sync(self) -> None:
        self.room.handle(self.client, HELLO)
        self.room.handle(self.client, messages.encode_step1(self.client.doc.get_state()))
        await until(lambda: any(frame[:2] == b"\x00\x01" for frame in self.client.frames))

    def _source(self, place: int) -> Text:
        if self.room.file.record.kind == "file":
            return self.client.text
        cells = self.client.cells
        source: Text = cells[place % len(cells)]["source"]
        return source

    def type(self, place: int) -> None:
        self.room.handle(self.client, self.client.edit(lambda: self._source(place).insert(0, LETTER)))

    def take_back(self, place: int) -> None:
        def change() -> None:
            del self._source(place)[0 : len(LETTER.encode())]

        self.room.handle(self.client, self.client.edit(change))

    async def save(self) -> None:
        """Ctrl+S."""
        self._saves += 1
        name = str(self._saves)
        self.room.handle(self.client, messages.encode_json("save", {"id": name, "restore": False}))
        await until(lambda: [one for one in self.client.of_type(SAVE_RESULT) if one["id"] == name])
        answer = self.client.of_type(SAVE_RESULT)[-1]
        assert answer["ok"], answer

    def leave(self) -> None:
        self.room.disconnect(self.client)
