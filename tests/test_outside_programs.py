"""Real programs write, move and replace files that people edit: none of this is in the black-box fault scripts."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from .support.outside_kit import RENAMED, equal, git, join, notices, run, save_state, told
from .support.room_client import TestClient, json_message
from .support.server import JupyterProcess
from .support.typing import Typist, lost_and_doubled

LINES = "".join(f"line {i}\n" for i in range(30))
SAVE = 107
MARK = "\ufeff".encode()
Joined = Callable[..., Awaitable[TestClient]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[JupyterProcess]:
    process = JupyterProcess(tmp_path_factory.mktemp("programs"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def joined(server: JupyterProcess) -> AsyncIterator[Joined]:
    clients: list[TestClient] = []

    async def one(path: str, kind: str = "file") -> TestClient:
        clients.append(await join(server, path, kind))
        return clients[-1]

    yield one
    for client in clients:
        await client.stop()


def code_cell(name: str, source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": name, "source": source, "metadata": {}, "outputs": list(outputs)}
    return {**cell, "execution_count": 1 if outputs else None}


def shell(server: JupyterProcess, command: str) -> None:
    run("sh", "-c", command, cwd=server.root)


async def typing_while(client: TestClient, act: Callable[[], Awaitable[None]]) -> Typist:
    """Somebody types at the end while a program does its work, and half a second more."""
    typist = Typist(client, 0x4E00, rate=15)
    task = asyncio.create_task(typist.run())
    await client.until(lambda: len(typist.typed_at) > 3)
    await act()
    count = len(typist.typed_at)
    await client.until(lambda: len(typist.typed_at) > count + 7)
    typist.on = False
    await task
    return typist


async def test_save_17_a_logger_that_keeps_the_file_open(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-17, SAVE-22: each line that a program appends by one descriptor is in document and file while we save."""
    file = server.root / "app.log"
    file.write_text("start\n")
    client = await joined("app.log")
    code = "import logging,time\nlogging.basicConfig(filename='app.log',format='%(message)s')\n"
    code += "for i in range(60):\n    logging.warning('entry %d', i)\n    time.sleep(0.05)\n"
    text = client.text
    typist = Typist(client, 0x4E00, rate=15)
    task = asyncio.create_task(typist.run())
    await asyncio.to_thread(run, sys.executable, "-c", code, cwd=server.root)
    typist.on = False
    await task
    await client.until(lambda: "entry 59\n" in str(text))
    await equal(client, file)
    entries = [line.lstrip(typist.keys) for line in str(text).splitlines()]
    assert [entries.count(f"entry {i}") for i in range(60)] == [1] * 60
    assert lost_and_doubled(str(text), typist.keys) == (0, 0)


async def test_save_23_a_shell_that_empties_the_file_and_fills_it_again(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-23: ``generate > file``: nobody sees the document empty, what is typed meanwhile survives."""
    file = server.root / "report.txt"
    file.write_text(LINES)
    client = await joined("report.txt")
    seen: list[int] = []
    text, loop = client.text, asyncio.get_running_loop()
    client.doc.observe(lambda _event: loop.call_soon(lambda: seen.append(len(str(text)))))
    new = LINES.replace("line 7\n", "line 7 generated\n")
    (server.work / "new").write_text(new)

    async def rewrites() -> None:
        command = f"{{ sleep 2; cat {server.work / 'new'}; }} > report.txt"
        await asyncio.to_thread(shell, server, command)
        await client.until(lambda: "line 7 generated" in str(client.text))

    typist = await typing_while(client, rewrites)
    await equal(client, file)
    assert lost_and_doubled(str(client.text), typist.keys) == (0, 0)
    assert all(f"line {i}" in str(client.text) for i in range(30))
    assert min(seen) > len(LINES) - 20


async def test_save_24_a_link_that_is_put_to_another_file(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-24: ``ln -sfn``: the document shows the new target, saves go there, the old target stays as it was."""
    (server.root / "v1.txt").write_text(LINES)
    (server.root / "v2.txt").write_text(LINES.replace("line 3\n", "line 3 of version 2\n"))
    (server.root / "current.txt").symlink_to("v1.txt")
    client = await joined("current.txt")
    shell(server, "ln -sfn v2.txt current.txt")
    await client.until(lambda: "line 3 of version 2" in str(client.text))
    client.text.insert(0, "typed\n")
    await equal(client, server.root / "v2.txt")
    assert (server.root / "current.txt").is_symlink()
    assert (server.root / "v1.txt").read_text() == LINES


async def test_save_24_a_link_that_goes_round_in_a_circle(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-24: nobody is put out; edits are kept until there is a file again."""
    (server.root / "round.txt").write_text("round\n")
    client = await joined("round.txt")
    (server.root / "round.txt").unlink()
    shell(server, "ln -s round.txt round.txt")
    await client.until(lambda: save_state(client)["state"] == "failed")
    client.text.insert(0, "kept ")
    await client.until(lambda: client.all_acknowledged)
    (server.root / "round.txt").unlink()
    (server.root / "round.txt").write_text("round\n")
    await client.until(lambda: (server.root / "round.txt").read_text() == "kept round\n", 240)


async def test_save_14_another_name_of_the_same_file(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-14: a write through a hard link before our first save is seen; afterwards the two names have parted."""
    file, other = server.root / "hard.txt", server.root / "elsewhere" / "hard.txt"
    file.write_text(LINES)
    other.parent.mkdir()
    os.link(file, other)
    client = await joined("hard.txt")
    with other.open("a") as stream:
        stream.write("by the other name\n")
    await client.until(lambda: str(client.text).endswith("by the other name\n"))
    client.text.insert(0, "typed\n")
    await equal(client, file)
    assert other.read_text() == LINES + "by the other name\n"


async def test_save_5_a_folder_in_place_of_the_file(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-5, ROOM-27: told as gone; a restore leaves the folder alone; when it is away again, the text comes back."""
    file = server.root / "was_a_file.txt"
    file.write_text("text\n")
    client = await joined("was_a_file.txt")
    shell(server, "rm was_a_file.txt && mkdir was_a_file.txt && touch was_a_file.txt/inside")
    await client.until(lambda: bool(notices(client, "file_gone")) and save_state(client)["state"] == "failed")
    client.text.insert(0, "kept ")
    client.send(json_message(SAVE, {"id": "r", "restore": True}))
    await client.until(lambda: any(body["id"] == "r" and not body["ok"] for body in told(client, 108)))
    assert (file / "inside").exists()
    shutil.rmtree(file)
    client.send(json_message(SAVE, {"id": "again", "restore": True}))
    await client.until(lambda: file.is_file() and file.read_text() == "kept text\n")


async def test_save_3_a_tool_that_changes_every_line_end(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-3, SAVE-10: line ends become CRLF and a byte order mark is put in front, while somebody types."""
    file = server.root / "ends.txt"
    file.write_text(LINES)
    client = await joined("ends.txt")

    async def converts() -> None:
        text = "\ufeff" + file.read_text().replace("\n", "\r\n")
        await asyncio.to_thread(file.write_bytes, text.encode())
        # The document has one kind of line end and no mark (SAVE-40); what is typed next is saved as the tool made it.
        await client.until(lambda: file.read_bytes() != text.encode() and file.read_bytes().startswith(MARK))

    typist = await typing_while(client, converts)
    await client.until(lambda: client.all_acknowledged)
    await client.until(lambda: file.read_bytes() == MARK + str(client.text).replace("\n", "\r\n").encode())
    assert lost_and_doubled(str(client.text), typist.keys) == (0, 0)
    assert [file.read_bytes().count(f"line {i}\r\n".encode()) for i in range(30)] == [1] * 30
    assert "\r" not in str(client.text) and "\ufeff" not in str(client.text)


async def test_save_25_a_file_in_an_encoding_that_cannot_be_read(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-25: told, never overwritten, the text in the room goes on; in UTF-8 again, both are put together."""
    file = server.root / "latin.txt"
    file.write_text("größe\nline\n", "utf-8")
    client = await joined("latin.txt")
    foreign = "größe in Köln\nline\n".encode("latin-1")
    file.write_bytes(foreign)
    await client.until(lambda: save_state(client)["state"] == "failed")
    assert "latin.txt" in save_state(client)["reason"]
    client.text.insert(len(str(client.text).encode()), "typed\n")
    await client.until(lambda: client.all_acknowledged)
    client.send(json_message(SAVE, {"id": "s"}))
    await client.until(lambda: any(body["id"] == "s" and not body["ok"] for body in told(client, 108)))
    assert file.read_bytes() == foreign
    file.write_text(foreign.decode("latin-1"), "utf-8")
    await client.until(lambda: file.read_text("utf-8") == "größe in Köln\nline\ntyped\n", 240)


async def test_room_26_a_name_that_changes_its_case_only(server: JupyterProcess, joined: Joined) -> None:
    """ROOM-26: ``mv readme.md README.md`` is followed."""
    (server.root / "readme.md").write_text("a\n")
    client = await joined("readme.md")
    shell(server, "mv readme.md README.md")
    await client.until(lambda: told(client, RENAMED) == [{"path": "README.md"}])
    client.text.insert(0, "typed ")
    await equal(client, server.root / "README.md")
    assert "readme.md" not in os.listdir(server.root)


async def test_room_26_moved_and_changed_before_anybody_looked(server: JupyterProcess, joined: Joined) -> None:
    """ROOM-26: known by inode and time of birth; what the program changed is merged with what was typed."""
    (server.root / "draft.txt").write_text(LINES)
    client = await joined("draft.txt")
    shell(server, "mv draft.txt final.txt && echo 'by the program' >> final.txt")
    client.text.insert(0, "typed\n")
    await client.until(lambda: told(client, RENAMED) == [{"path": "final.txt"}])
    await equal(client, server.root / "final.txt")
    assert str(client.text) == f"typed\n{LINES}by the program\n"
    assert not (server.root / "draft.txt").exists() and not notices(client, "file_gone")


async def test_room_26_git_moves_a_folder(server: JupyterProcess, joined: Joined) -> None:
    """ROOM-26: ``git mv`` of a folder under three open documents, one of them being typed in."""
    repository = server.root / "repository"
    (repository / "src" / "deep").mkdir(parents=True)
    paths = ["src/a.py", "src/deep/b.py", "src/deep/c.py"]
    for path in paths:
        (repository / path).write_text(f"# {path}\n{LINES}")
    git(repository, "init", "-q")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "one")
    clients = [await joined(f"repository/{path}") for path in paths]

    async def moves() -> None:
        await asyncio.to_thread(git, repository, "mv", "src", "library")
        for client, path in zip(clients, paths, strict=True):
            moved = "repository/" + path.replace("src", "library")
            await client.until(lambda client=client, moved=moved: told(client, RENAMED) == [{"path": moved}])

    typist = await typing_while(clients[0], moves)
    await equal(clients[0], repository / "library" / "a.py")
    assert lost_and_doubled(str(clients[0].text), typist.keys) == (0, 0)
    assert not (repository / "src").exists()


PAIR = """
import json
book = json.load(open("pair.ipynb"))
script = open("pair.py").read().split("# %%\\n")[1:]
for cell, source in zip(book["cells"], script):
    cell["source"] = source.rstrip("\\n").splitlines(keepends=True)
json.dump(book, open("pair.ipynb", "w"), indent=1)
open("pair.py", "w").write("".join("# %%\\n" + "".join(cell["source"]) + "\\n" for cell in book["cells"]))
"""


async def test_save_12_a_tool_that_keeps_a_notebook_and_a_script_alike(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-12: as jupytext does: both files are open and written in place; outputs and what is typed stay."""
    kept = {"output_type": "stream", "name": "stdout", "text": "kept"}
    cells = [code_cell(f"c{i}", f"x{i} = {i}", kept) for i in range(4)]
    file = server.root / "pair.ipynb"
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    (server.root / "pair.py").write_text("".join(f"# %%\nx{i} = {i}\n" for i in range(4)))
    book, script = await joined("pair.ipynb", "notebook"), await joined("pair.py")
    script.text.insert(str(script.text).index("x2 = 2") + len("x2 = 2"), "00")
    await equal(script, server.root / "pair.py")
    book.cells[0]["source"].insert(0, "# mine\n")
    await book.until(lambda: book.all_acknowledged and "# mine" in file.read_text())
    await asyncio.to_thread(run, sys.executable, "-c", PAIR, cwd=server.root)
    book.cells[3]["source"].insert(0, "# on\n")
    wanted = ["# mine\nx0 = 0", "x1 = 1", "x2 = 200", "# on\nx3 = 3"]

    def written() -> list[str]:
        return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]

    await book.until(lambda: [str(cell["source"]) for cell in book.cells] == wanted)
    await book.until(lambda: written() == wanted)
    assert [len(cell["outputs"]) for cell in book.cells] == [1] * 4


async def test_save_12_nbconvert_runs_the_open_notebook_in_place(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-12: a real kernel's outputs come in beside what is typed into the source meanwhile."""
    cells = [code_cell(f"c{i}", f"#\nprint('out {i}')") for i in range(3)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    file = server.root / "run.ipynb"
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}))
    book = await joined("run.ipynb", "notebook")
    command = f"{sys.executable} -m jupyter nbconvert --to notebook --execute --inplace run.ipynb"
    converting = asyncio.create_task(asyncio.to_thread(shell, server, command))
    typed = ""
    while not converting.done():
        book.cells[0]["source"].insert(len(f"#{typed}".encode()), chr(0x4E00 + len(typed)))
        typed += chr(0x4E00 + len(typed))
        await asyncio.sleep(0.1)
    await converting
    await book.until(lambda: all(len(cell["outputs"]) == 1 for cell in book.cells), 240)
    assert [str(cell["outputs"][0]["text"]) for cell in book.cells] == [f"out {i}\n" for i in range(3)]
    wanted = f"#{typed}\nprint('out 0')"
    assert str(book.cells[0]["source"]) == wanted
    await book.until(lambda: "".join(json.loads(file.read_text())["cells"][0]["source"]) == wanted)


async def test_save_10_a_formatter_over_the_line_that_is_typed_in(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-10: ``ruff format`` of the whole module: its changes and the words in the middle of a line."""
    file = server.root / "module.py"
    file.write_text("".join(f"value{i}=[{i},{i}]  # note\n" for i in range(30)))
    client = await joined("module.py")
    place = str(client.text).index("# note\nvalue15=") + len("# note")
    typed = "".join(chr(0x4E00 + i) for i in range(40))
    for index, character in enumerate(typed):
        before = str(client.text)
        at = before.index(typed[index - 1]) + 1 if index else place
        client.text.insert(len(before[:at].encode()), character)
        if index == 15:
            await client.until(lambda: client.all_acknowledged and typed[10] in file.read_text())
            await asyncio.to_thread(run, sys.executable, "-m", "ruff", "format", "-q", "module.py", cwd=server.root)
        await asyncio.sleep(0.03)
    await client.until(lambda: "value29 = [29, 29]" in str(client.text))
    await equal(client, file)
    lines = str(client.text).splitlines()
    assert lines == [f"value{i} = [{i}, {i}]  # note{typed if i == 14 else ''}" for i in range(30)]


@pytest.mark.parametrize("way", ["in place", "by a new file"])
async def test_save_26_a_program_that_works_on_what_it_read_a_moment_ago(
    server: JupyterProcess, joined: Joined, way: str
) -> None:
    """SAVE-26: it reads, works for two seconds, writes; what people typed and saved in between is not taken out."""
    file = server.root / f"slow_{len(way)}.txt"
    file.write_text(LINES)
    client = await joined(file.name)

    for number in (3, 13):
        read = await asyncio.to_thread(file.read_text)
        client.text.insert(0, f"typed {number}\n")
        await equal(client, file)
        new = file if way == "in place" else file.with_name("new")
        await asyncio.to_thread(new.write_text, read.replace(f"line {number}\n", f"line {number} by a tool\n"))
        if new != file:
            os.replace(new, file)
        await client.until(lambda number=number: f"line {number} by a tool" in str(client.text))
    await equal(client, file)
    changed = LINES.replace("line 3\n", "line 3 by a tool\n").replace("line 13\n", "line 13 by a tool\n")
    assert str(client.text) == f"typed 13\ntyped 3\n{changed}"


async def test_save_26_an_older_state_that_is_put_back_on_purpose(server: JupyterProcess, joined: Joined) -> None:
    """SAVE-26: a file that is exactly what it was before is taken as it is; it can be undone."""
    file = server.root / "back.txt"
    file.write_text(LINES)
    client = await joined("back.txt")
    client.text.insert(0, "typed\n")
    await equal(client, file)
    await asyncio.to_thread(file.write_text, LINES)
    await client.until(lambda: str(client.text) == LINES and bool(notices(client, "file_changed")))
    assert notices(client, "file_changed")[0]["change"]
