"""SAVE-50 to SAVE-52: one room on a pair, typing, and other programs that write either file at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.merge import merge
from jupyterlab_cohost.storage.watcher import FileWatcher

from .support.fakes import FakeClient, FakeJournal
from .support.neighbours import folder_of

LIMITS = replace(DEFAULT_LIMITS, save_delay_ms=20)
CELLS = 4
#: Who writes, which cell, and whether everything comes to rest before the next one.
STEPS = st.lists(
    st.tuples(st.sampled_from(["host", "editor", "script", "notebook"]), st.integers(0, CELLS - 1), st.booleans()),
    min_size=3,
    max_size=10,
)


class Pair:
    """A room of two people on a paired notebook, and the two files."""

    def __init__(self, root: Path) -> None:
        sys.path.append(str(folder_of("jupytext")))
        from jupytext import build_async_jupytext_contents_manager_class

        self.files = [root / "n.ipynb", root / "n.py"]
        kind = build_async_jupytext_contents_manager_class(AsyncLargeFileManager)
        manager = kind(root_dir=str(root))
        self.watcher = FileWatcher(look_s=0.05, notify=False)
        self.store = ContentsStore(lambda: manager, str(root), LIMITS, self.watcher)
        self.rooms = Rooms(FakeJournal(), self.store, merge, LIMITS)
        self.clients = {"host": FakeClient(), "editor": FakeClient(Role.EDITOR, "Eve")}
        self.words: list[tuple[int, str]] = []

    async def open(self) -> None:
        output = nbformat.v4.new_output("stream", text="kept\n")
        cells = [nbformat.v4.new_code_cell(f"c{n} = 0", outputs=[output], id=f"c{n}") for n in range(CELLS)]
        kernel = {"display_name": "P", "language": "python", "name": "p"}
        metadata = {"jupytext": {"formats": "ipynb,py:percent"}, "kernelspec": kernel}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), self.files[0])
        opened = await self.rooms.open("n.ipynb", "notebook")
        for client in self.clients.values():
            self.room = await self.rooms.connect(opened.record.id, client)
            self.room.handle(client, messages.encode_json("hello", {"version": 1}))
            self.room.handle(client, messages.encode_step1(client.doc.get_state()))
        await self.write("host", 0, "made = 0")
        await self.rest()

    async def write(self, who: str, cell: int, word: str) -> None:
        self.words.append((cell, word))
        if who in self.clients:
            client = self.clients[who]
            self.room.handle(client, client.edit(lambda: client.cells[cell]["source"].insert(0, f"{word}\n")))
        else:
            await asyncio.to_thread(self.outside, who, f"c{cell} = 0", word)

    def outside(self, who: str, line: str, word: str) -> None:
        """As an editor does that reads, changes, and puts a new file in the old one's place."""
        file = self.files[who == "script"]
        text = file.read_text()
        if who == "script":
            text = text.replace(line, f"{word}\n{line}")
        else:
            notebook = json.loads(text)
            for cell in notebook["cells"]:
                if line in (source := "".join(cell["source"])):
                    cell["source"] = source.replace(line, f"{word}\n{line}")
            text = json.dumps(notebook, indent=1)
        new = file.with_name("new")
        new.write_text(text)
        os.replace(new, file)

    def texts(self) -> list[list[str]]:
        """The cells: of each client, of each file."""
        notebook = json.loads(self.files[0].read_text())
        script = self.files[1].read_text().split("# %%\n")[1:]
        clients = [[str(cell["source"]) for cell in client.cells] for client in self.clients.values()]
        return [*clients, ["".join(cell["source"]) for cell in notebook["cells"]], script]

    def is_right(self) -> bool:
        def lines(text: str) -> list[str]:
            return sorted(line for line in text.splitlines() if line.strip())

        if not self.files[1].exists():
            return False
        wanted = [sorted([f"c{n} = 0", *(word for cell, word in self.words if cell == n)]) for n in range(CELLS)]
        return all([lines(text) for text in texts] == wanted for texts in self.texts())

    def state(self) -> object:
        """What stands where, for who looks at a plan that failed."""
        file = self.room.file
        return self.is_right(), file.half, file.is_clean(), self.room._saver.state, self.words, self.texts()

    async def rest(self) -> None:
        await until(lambda: self.is_right() and self.room.file.is_clean(), self.state)
        notebook = json.loads(self.files[0].read_text())
        assert [len(cell["outputs"]) for cell in notebook["cells"]] == [1] * CELLS

    async def close(self) -> None:
        await self.rooms.shutdown()
        await self.watcher.stop()


async def until(condition: Callable[[], Any], shown: Callable[[], object]) -> None:
    deadline = asyncio.get_running_loop().time() + 30
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, shown()
        await asyncio.sleep(0.01)


@settings(
    max_examples=int(os.environ.get("COHOST_EXAMPLES", "12")),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(STEPS)
def test_save_50_nothing_is_lost_or_doubled_whoever_writes_which_file(steps: list[tuple[str, int, bool]]) -> None:
    async def run(root: Path) -> None:
        pair = Pair(root)
        await pair.open()
        outside = None
        for number, (who, cell, rests) in enumerate(steps):
            # Two programs that write both halves at once, from old copies, have no right answer.
            if who in ("script", "notebook") and outside is not None:
                await pair.rest()
                outside = None
            await pair.write(who, cell, f"w{number} = {number}")
            outside = who if who in ("script", "notebook") else outside
            if rests:
                await pair.rest()
                outside = None
        await pair.rest()
        await pair.close()

    with tempfile.TemporaryDirectory() as folder:
        before = {name: os.environ.get(name) for name in ("JUPYTER_DATA_DIR", "HOME")}
        os.environ.update({"JUPYTER_DATA_DIR": f"{folder}/data", "HOME": folder})
        try:
            root = Path(folder) / "root"
            root.mkdir()
            asyncio.run(run(root))
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
