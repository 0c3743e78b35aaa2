"""SAVE-26, ROOM-25: Git rewrites files that people had edited for longer than anything works on what it read.

Real repositories under a real server: a text, one whose line ends Git changes, and a notebook whose outputs a filter
leaves out. In the end documents and files are as Git left them, and Git agrees.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .support.outside_kit import git, join, notices, run
from .support.room_client import TestClient
from .support.server import JupyterProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a filter is a shell command")

#: Longer than a program is taken to work on what it read, and than it takes to type a command.
LONG_S, A_MOMENT_S = 20.5, 2.5
LINES = "".join(f"line {i}\n" for i in range(40))
CLEAN = """
import json, sys
book = json.load(sys.stdin)
for cell in book["cells"]:
    cell.update(outputs=[], execution_count=None)
json.dump(book, sys.stdout, indent=1)
"""
TEXT, DOS, BOOK = "words.txt", "dos.txt", "book.ipynb"


@dataclass
class Verb:
    """What Git is told, and the words that are there afterwards, of those typed first and second."""

    commands: list[list[str]]
    words: str
    #: Whether what was typed is committed.
    commits: bool = False
    #: Whether everybody left before.
    alone: bool = False
    #: Whether the line of the other branch is there.
    other: bool = False
    clients: dict[str, TestClient] = field(default_factory=dict)


VERBS = {
    "stash": Verb([["stash"]], ""),
    "stash and pop": Verb([["stash"], ["stash", "pop"]], "first second"),
    "stash while nobody is there": Verb([["stash"]], "", alone=True),
    "checkout of files": Verb([["checkout", "--", "."]], ""),
    "restore": Verb([["restore", "."]], ""),
    "reset": Verb([["reset", "--hard"]], ""),
    "reset to an older commit": Verb([["reset", "--hard", "HEAD~2"]], "", commits=True),
    "checkout of a branch": Verb([["checkout", "-f", "other"]], "", other=True),
    "switch": Verb([["switch", "--discard-changes", "other"]], "", other=True),
    "revert": Verb([["revert", "--no-edit", "HEAD"]], "first", commits=True),
    "merge": Verb([["merge", "--no-edit", "other"]], "first second", commits=True, other=True),
    "rebase": Verb([["rebase", "other"]], "first second", commits=True, other=True),
    "cherry-pick": Verb([["cherry-pick", "other"]], "first second", commits=True, other=True),
    "pull": Verb([["pull", "--no-rebase", "--no-edit", ".", "other"]], "first second", commits=True, other=True),
}


def repository(folder: Path) -> None:
    """Two branches; "other" has another line in the text."""
    folder.mkdir()
    (folder / ".git-clean.py").write_text(CLEAN)
    (folder / ".gitattributes").write_text(f"{BOOK} filter=outputs\n{DOS} text eol=crlf\n")
    (folder / TEXT).write_text(LINES)
    (folder / DOS).write_text(LINES)
    output = {"output_type": "stream", "name": "stdout", "text": "out"}
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": LINES, "outputs": [output], "execution_count": 1}
    (folder / BOOK).write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))
    git(folder, "init", "-q", "-b", "one")
    git(folder, "config", "filter.outputs.clean", f"{sys.executable} -S .git-clean.py")
    git(folder, "config", "user.name", "t")
    git(folder, "config", "user.email", "t@example.org")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    git(folder, "checkout", "-q", "-b", "other")
    (folder / TEXT).write_text(LINES.replace("line 3\n", "line 3 of another branch\n"))
    git(folder, "commit", "-qam", "other")
    git(folder, "checkout", "-q", "one")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JupyterProcess]:
    process = JupyterProcess(tmp_path)
    process.start()
    yield process
    process.stop()


def words_of(content: str, name: str) -> str:
    """The text as the document has it (SAVE-40: one kind of line end), or the source of the notebook's cell."""
    if name == BOOK:
        return "".join(json.loads(content)["cells"][0]["source"])
    if name == DOS:
        assert content.count("\r\n") in (0, content.count("\n")), "never some of each"
    return content.replace("\r\n", "\n")


def text_of(client: TestClient, name: str) -> Any:
    return client.cells[0]["source"] if name == BOOK else client.text


async def enter(server: JupyterProcess, folder: Path, names: tuple[str, ...]) -> dict[str, TestClient]:
    kinds = {BOOK: "notebook"}
    paths = [f"{folder.relative_to(server.root).as_posix()}/{name}" for name in names]
    clients = [join(server, path, kinds.get(name, "file")) for path, name in zip(paths, names, strict=True)]
    return dict(zip(names, await asyncio.gather(*clients), strict=True))


async def typed(clients: dict[str, TestClient], folder: Path, word: str) -> None:
    """Until it is in the files."""
    for name, client in clients.items():
        text = text_of(client, name)
        text.insert(len(str(text).encode()), f"{word}\n")
    for name, client in clients.items():
        file = folder / name
        await client.until(lambda file=file, name=name: f"{word}\n" in words_of(file.read_bytes().decode(), name))
        await client.until(lambda client=client: client.all_acknowledged)


def commit(folder: Path) -> None:
    run("git", "commit", "-qam", "typed", cwd=folder)


def is_as(client: TestClient, folder: Path, name: str) -> Callable[[], bool]:
    """Whether the document says what the file says, outputs too."""

    def same() -> bool:
        content = (folder / name).read_bytes().decode()
        if str(text_of(client, name)) != words_of(content, name):
            return False
        return name != BOOK or len(client.cells[0]["outputs"]) == len(json.loads(content)["cells"][0]["outputs"])

    return same


async def settled(clients: dict[str, TestClient], folder: Path, words: str) -> None:
    """Documents as the files, both with these words and no others, and nothing is written over what Git wrote."""
    for name, client in clients.items():
        await client.until(is_as(client, folder, name))
        there = [word for word in ("first", "second") if f"{word}\n" in str(text_of(client, name))]
        assert there == words.split(), (folder.name, name)
    stamps = [os.stat(folder / name).st_mtime_ns for name in clients]
    # A save of what came back would come within this.
    await asyncio.sleep(1.5)
    assert [os.stat(folder / name).st_mtime_ns for name in clients] == stamps, folder.name


async def rewritten(server: JupyterProcess, name: str, verb: Verb) -> None:
    folder = server.root / name
    if verb.alone:
        await asyncio.gather(*(client.stop() for client in verb.clients.values()))
    for command in verb.commands:
        await asyncio.to_thread(run, "git", *command, cwd=folder)
        if command != verb.commands[-1]:
            # As a person, who looks at what happened.
            await settled(verb.clients, folder, "")
    if verb.alone:
        verb.clients = await enter(server, folder, (TEXT, DOS, BOOK))
    await settled(verb.clients, folder, verb.words)
    assert ("of another branch" in str(verb.clients[TEXT].text)) == verb.other, name
    if verb.words in ("", "first"):
        assert git(folder, "status", "--porcelain", "-uno") == "", name
        if not verb.alone:
            assert notices(verb.clients[TEXT], "file_changed")[-1]["change"], "it can be taken back"
    await asyncio.gather(*(client.stop() for client in verb.clients.values()))


async def test_save_26_whatever_git_is_told_the_files_are_as_it_left_them(server: JupyterProcess) -> None:
    """SAVE-26: every verb that rewrites files, with a filter and line ends; 100 open files at once."""
    for name in VERBS:
        await asyncio.to_thread(repository, server.root / name)
    many = server.root / "many"
    many.mkdir()
    names = tuple(f"f{i}.txt" for i in range(100))
    for name in names:
        (many / name).write_text(LINES)
    git(many, "init", "-q")
    git(many, "add", ".")
    git(many, "commit", "-qm", "one")
    hundred = await enter(server, many, names)
    for name, verb in VERBS.items():
        verb.clients = await enter(server, server.root / name, (TEXT, DOS, BOOK))
    for word in ("first", "second"):
        await typed(hundred, many, word)
        for name, verb in VERBS.items():
            await typed(verb.clients, server.root / name, word)
            if verb.commits:
                await asyncio.to_thread(commit, server.root / name)
        await asyncio.sleep(LONG_S if word == "first" else A_MOMENT_S)
    await asyncio.gather(*(rewritten(server, name, verb) for name, verb in VERBS.items()))
    for command, words in (["stash"], ""), (["stash", "pop"], "first second"):
        await asyncio.to_thread(git, many, *command)
        await settled(hundred, many, words)
    await asyncio.gather(*(client.stop() for client in hundred.values()))


async def test_save_26_git_while_the_server_is_dead(server: JupyterProcess) -> None:
    """SAVE-26, JRNL-21: killed, and what was typed is discarded before it is back; the first word is older."""
    folder = server.root / "killed"
    await asyncio.to_thread(repository, folder)
    clients = await enter(server, folder, (TEXT, DOS, BOOK))
    for word in ("first", "second"):
        await typed(clients, folder, word)
    await asyncio.gather(*(client.stop() for client in clients.values()))
    server.kill9()
    [journal] = server.work.rglob("journal*.sqlite3")
    with closing(sqlite3.connect(journal)) as database, database:
        for table in ("earlier", "held"):
            aged = f"UPDATE {table} SET until = until - CASE WHEN until = (SELECT min(until) FROM {table} AS one"
            database.execute(f"{aged} WHERE one.document = {table}.document) THEN 30 ELSE 5 END")
    await asyncio.to_thread(git, folder, "stash")
    await asyncio.to_thread(server.start)
    clients = await enter(server, folder, (TEXT, DOS, BOOK))
    await settled(clients, folder, "")
    await asyncio.to_thread(git, folder, "stash", "pop")
    await settled(clients, folder, "first second")
    await asyncio.gather(*(client.stop() for client in clients.values()))
