"""TRUST-37, TRUST-38: whose word it takes for a notebook's outputs to be active when it is opened."""

from __future__ import annotations

import copy
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager, LargeFileManager
from nbformat.sign import NotebookNotary
from pycrdt import Map, Text

from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.core.sound import sound
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.journal_place import journal_path
from jupyterlab_cohost.storage.merge import merge
from jupyterlab_cohost.storage.seals import Seals
from jupyterlab_cohost.storage.signing import Signing, signing_of

from .support.fakes import FakeClient
from .test_rooms import until

_EVIL = '<img src=x onerror="window.__pwned=1">'
_HIDDEN = "Xoutputsdatatext/html" + _EVIL + "metadataoutput_typedisplay_datasource1 #"
OUTPUT = {"data": {"text/html": _EVIL}, "metadata": {}, "output_type": "display_data"}
OWN = {"data": {"text/html": "<b>mine</b>"}, "metadata": {}, "output_type": "display_data"}


def notebook(source: str, *outputs: Any, **metadata: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "e1", "execution_count": None, "metadata": metadata}
    cells = [{**cell, "outputs": list(outputs), "source": source}]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


#: For nbformat's notary these are one and the same.
HARMLESS, HOSTILE = notebook("2", a=_HIDDEN), notebook("1 #outputssource2", OUTPUT, a="X")


class World:
    """One user's folders; ``start`` is another server on them."""

    def __init__(self, folder: Path, kind: type[Any] = AsyncLargeFileManager) -> None:
        self.root, self._kind, self._data = folder / "root", kind, folder / "data"
        self.root.mkdir()
        self.start()

    def start(self) -> None:
        self.manager: Any = self._kind(root_dir=str(self.root))
        self.signing: Signing = signing_of(self.manager)
        self.store = ContentsStore(self.manager, str(self.root))

    def put(self, name: str, content: dict[str, Any]) -> None:
        """By another program."""
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(json.dumps(content))

    def sign_by_notary(self, content: dict[str, Any]) -> None:
        """As plain JupyterLab and ``jupyter trust`` do."""
        with NotebookNotary(data_dir=self.manager.notary.data_dir) as notary:
            notary.sign(nbformat.from_dict(copy.deepcopy(content)))

    async def is_trusted(self, name: str) -> bool:
        return (await self.store.load(name, "notebook")).trusted


@pytest.fixture(params=[AsyncLargeFileManager, LargeFileManager])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    yield World(tmp_path, request.param)


async def save(world: World, name: str, content: dict[str, Any]) -> None:
    """As the contents API does."""
    answer = world.manager.save({"type": "notebook", "format": "json", "content": copy.deepcopy(content)}, name)
    if hasattr(answer, "__await__"):
        await answer


async def test_trust_37_the_twin_of_a_harmless_upload_is_not_trusted(world: World) -> None:
    with NotebookNotary(data_dir="", secret=b"key") as plain:
        plain.sign(nbformat.from_dict(copy.deepcopy(HARMLESS)))
        assert plain.check_signature(nbformat.from_dict(copy.deepcopy(HOSTILE))), "or this test proves nothing"
    for content in (HARMLESS, HOSTILE):
        with world.signing.for_guest("a.ipynb"):
            await save(world, "a.ipynb", content)
    assert not await world.is_trusted("a.ipynb")
    world.put("b.ipynb", HOSTILE)
    assert not await world.is_trusted("b.ipynb"), "no signature was made that fits it"


async def test_trust_37_what_is_written_where_a_guest_renamed_something_away_stays_a_guests(world: World) -> None:
    for folder in ("", "sub/"):
        path, moved = f"{folder}a.ipynb", f"{folder}b.ipynb"
        world.put(path, HARMLESS)
        world.signing.guest_wrote(path)
        os.rename(world.root / path, world.root / moved)
        with world.signing.for_guest(path):
            await save(world, path, HOSTILE)
        # Renames are told behind each other, and twice: by the contents manager, too.
        await world.store.rename(path, moved)
        await world.store.rename("sub", "other")
        world.sign_by_notary(HARMLESS)
        assert not await world.is_trusted(path)
        world.put(moved, HOSTILE)
        assert not await world.is_trusted(moved)


async def test_trust_37_the_twin_of_what_an_editor_types_in_a_room_is_not_trusted(world: World) -> None:
    world.put("a.ipynb", notebook("2"))
    journal = SqliteJournal(journal_path(world.root.parent / "data", str(world.root)))
    rooms = Rooms(journal, world.store, merge, DEFAULT_LIMITS)
    host, editor = FakeClient(), FakeClient(Role.EDITOR, "Eve")
    opened = await rooms.open("a.ipynb", "notebook")
    for client in (host, editor):
        room = await rooms.connect(opened.record.id, client)
        room.handle(client, messages.encode_json("hello", {"version": DEFAULT_LIMITS.protocol_version}))
        room.handle(client, messages.encode_step1(client.doc.get_state()))
    room.handle(editor, editor.edit(lambda: editor.cells[0]["metadata"].__setitem__("a", _HIDDEN)))
    await until(lambda: "window.__pwned" in (world.root / "a.ipynb").read_text())
    await room.save()

    def hostile() -> None:
        cell = editor.cells[0]
        cell["metadata"]["a"], cell["source"] = "X", Text(HOSTILE["cells"][0]["source"])
        cell["outputs"].append(Map(OUTPUT))

    room.handle(editor, editor.edit(hostile))
    await room.save()
    assert json.loads((world.root / "a.ipynb").read_text())["cells"][0]["outputs"]
    await rooms.shutdown()
    await journal.close()
    world.start()
    assert not await world.is_trusted("a.ipynb")
    shutil.copy(world.root / "a.ipynb", world.root / "b.ipynb")
    assert not await world.is_trusted("b.ipynb")


async def test_trust_38_what_the_host_made_stays_active_over_restart_rename_and_copy(world: World) -> None:
    world.put("sub/a.ipynb", notebook("1"))
    await world.store.load("sub/a.ipynb", "notebook")
    mine = notebook("show()", OWN)
    world.store.guest_wrote("sub/a.ipynb")  # an editor typed the source
    await world.store.save("sub/a.ipynb", "notebook", mine, sign=True)
    assert not world.manager.notary.check_signature(nbformat.from_dict(copy.deepcopy(mine))), "nor its twins"
    world.start()
    assert await world.is_trusted("sub/a.ipynb")
    (world.root / "sub" / "a.ipynb").rename(world.root / "moved.ipynb")
    assert await world.is_trusted("moved.ipynb")
    copied = world.manager.copy("moved.ipynb", "twin.ipynb")
    if hasattr(copied, "__await__"):
        await copied
    assert await world.is_trusted("twin.ipynb")
    world.put("laid-out.ipynb", json.loads((world.root / "moved.ipynb").read_text()))
    assert await world.is_trusted("laid-out.ipynb"), "however its bytes are laid out"
    world.put("moved.ipynb", notebook("show()", {**OWN, "metadata": {"isolated": True}}))
    assert not await world.is_trusted("moved.ipynb")


async def test_trust_37_the_notarys_word_counts_only_where_no_guest_wrote(world: World) -> None:
    world.put("sub/a.ipynb", HOSTILE)
    world.sign_by_notary(HOSTILE)
    assert await world.is_trusted("sub/a.ipynb"), "the first open of what the host signed elsewhere"
    with world.signing.for_guest("sub/a.ipynb"):
        await save(world, "sub/a.ipynb", HOSTILE)
    assert not await world.is_trusted("sub/a.ipynb")
    world.start()
    assert not await world.is_trusted("sub/a.ipynb"), "remembered"
    os.symlink("a.ipynb", world.root / "sub" / "link.ipynb")
    assert not await world.is_trusted("sub/link.ipynb")
    copied = world.manager.copy("sub/a.ipynb", "copy.ipynb")
    if hasattr(copied, "__await__"):
        await copied
    assert not await world.is_trusted("copy.ipynb")
    (world.root / "sub").rename(world.root / "other")
    await world.store.rename("sub", "other")
    assert not await world.is_trusted("other/a.ipynb")
    world.put("mine.ipynb", HOSTILE)
    assert await world.is_trusted("mine.ipynb")


async def test_trust_4_a_mark_in_the_notebook_is_nobodys_word(world: World) -> None:
    """Also of a contents manager that does not take it out: Jupyter's own do when they read."""
    evil = notebook("1", OUTPUT)
    evil["cells"][0]["metadata"]["trusted"] = True
    world.put("a.ipynb", evil)
    assert not await world.is_trusted("a.ipynb")
    read = world.manager.get

    async def as_it_stands(path: str, **options: Any) -> dict[str, Any]:
        answer = read(path, **options)
        model: dict[str, Any] = await answer if hasattr(answer, "__await__") else answer
        return {**model, "content": nbformat.from_dict(copy.deepcopy(evil))} if model["content"] else model

    world.manager.get = as_it_stands
    assert not await world.is_trusted("a.ipynb"), "the manager says no"
    world.manager.mark_trusted_cells = lambda nb, path="": None
    assert not await world.is_trusted("a.ipynb"), "the manager says nothing"


async def test_trust_37_the_host_may_trust_what_a_guest_wrote(world: World) -> None:
    with world.signing.for_guest("a.ipynb"):
        await save(world, "a.ipynb", HOSTILE)
    trusted = world.manager.trust_notebook("a.ipynb")
    if trusted is not None:
        await trusted
    assert await world.is_trusted("a.ipynb")


@pytest.mark.parametrize("who", ["host", "vouched"])
async def test_trust_35_a_type_that_nbformat_has_not_is_never_signed(world: World, who: str) -> None:
    evil = notebook("1", {**OUTPUT, "output_type": "update_display_data"})
    world.put("a.ipynb", evil)
    if who == "host":
        await save(world, "a.ipynb", evil)
    else:
        await world.store.load("a.ipynb", "notebook")
        await world.store.save("a.ipynb", "notebook", evil, sign=True)
    world.put("b.ipynb", evil)
    for name in ("a.ipynb", "b.ipynb"):
        loaded = await world.store.load(name, "notebook")
        assert not loaded.trusted and isinstance(loaded.content, dict)
        assert loaded.content["cells"][0]["outputs"] == []


def test_trust_38_the_key_and_the_seals_are_the_users_alone(tmp_path: Path) -> None:
    one, other = Seals(tmp_path / "cohost"), Seals(tmp_path / "cohost")
    one.seal("/a", HOSTILE)
    assert other.is_sealed(HOSTILE) and not other.is_sealed(HARMLESS)
    for name in ("seals.key", "seals.sqlite3"):
        assert stat.S_IMODE((tmp_path / "cohost" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "cohost").stat().st_mode) == 0o700
    assert sorted(path.name for path in (tmp_path / "cohost").iterdir() if "key" in path.name) == ["seals.key"]


def test_trust_38_with_another_key_nothing_is_sealed(tmp_path: Path) -> None:
    Seals(tmp_path).seal("/a", HOSTILE)
    (tmp_path / "seals.key").write_bytes(b"k" * 32)
    assert not Seals(tmp_path).is_sealed(HOSTILE)


@pytest.mark.parametrize("broken", ["seals.sqlite3", "seals.key"])
def test_trust_38_what_cannot_be_read_vouches_for_nothing(tmp_path: Path, broken: str) -> None:
    seals = Seals(tmp_path)
    seals.guest_wrote("/a")
    seals.close()
    seals.seal("/a", HOSTILE)
    assert not seals.is_sealed(HOSTILE) and seals.is_guests("/b")
    (tmp_path / broken).write_bytes(b"no database, no key" * 100)
    anew = Seals(tmp_path)
    assert anew.is_guests("/a") and anew.is_guests("/never seen"), "nobody knows any more"
    assert not anew.is_sealed(HOSTILE)


def test_trust_38_only_the_latest_seals_of_a_path_are_kept(tmp_path: Path) -> None:
    seals = Seals(tmp_path)
    seals.seal("/other", notebook("other"))
    for number in range(130):
        seals.seal("/a", notebook(str(number)))
    sealed = [seals.is_sealed(notebook(str(number))) for number in range(130)]
    assert sealed == [False] * 30 + [True] * 100 and seals.is_sealed(notebook("other"))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), _json), st.text(), st.dictionaries(st.sampled_from(["text/html", "a/json"]), _json))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_trust_38_what_a_room_seals_is_what_the_file_is_read_as(
    metadata: dict[str, Any], source: str, data: dict[str, Any]
) -> None:
    """Through nbformat's writer and reader; else own outputs would lie still after a restart."""
    seals = Seals(None)
    saved = sound({**notebook(source, {**OWN, "data": data}), "metadata": metadata})
    text = nbformat.writes(nbformat.from_dict(copy.deepcopy(saved)))
    seals.seal("/a", saved)
    assert seals.is_sealed(nbformat.reads(text, as_version=4))
