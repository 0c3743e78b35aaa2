"""What a document cannot say of a notebook stays in its file: large numbers, odd text, what no page looks at."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from pycrdt import Map

from jupyterlab_cohost.core.document import content_of
from jupyterlab_cohost.core.forks import filled
from jupyterlab_cohost.core.kept import kept
from jupyterlab_cohost.core.room import Room
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.core.shown import shown
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.journal import SqliteJournal
from jupyterlab_cohost.storage.merge import merge

from .support.fakes import FakeClient
from .test_rooms import HELLO, SAVE_RESULT, World, code_cell, notebook, until, world  # noqa: F401

ODD: list[Any] = [
    *(2**53, 2**53 + 1, 2**63, -(2**63) - 1, 10**400, 6.02214076e23, 1e19, 1e308, -0.0, 1.0, 0.1, float("inf")),
    *(True, None, "half \ud83d of a pair", "a\0b", "\u2028", [], {}, [[2**64]], {"\udc00": 1e30}),
]
JSON = st.recursive(
    st.one_of(
        st.none(),
        *(st.booleans(), st.integers(), st.integers(min_value=2**52), st.floats(allow_nan=False)),
        st.text(st.characters(exclude_categories=()), max_size=5),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.text(max_size=4), JSON, max_size=3)
OUTPUT = st.fixed_dictionaries(
    {
        "output_type": st.just("display_data"),
        "data": st.fixed_dictionaries({"application/json": JSON}),
        "metadata": OBJECT,
    }
)
CELLS = st.lists(
    st.builds(
        lambda source, outputs, metadata, attached: {
            **{"cell_type": "code", "source": source, "outputs": outputs, "execution_count": 1, "metadata": metadata},
            **({"cell_type": "markdown", "attachments": {}} if attached else {}),
        },
        *(
            st.text(st.sampled_from("ab\r\n\u2028\ud800"), max_size=8),
            st.lists(OUTPUT, max_size=2),
            OBJECT,
            st.booleans(),
        ),
    ),
    max_size=3,
)


def made(cells: list[dict[str, Any]], metadata: dict[str, Any], minor: int) -> dict[str, Any]:
    named = [{**cell, "id": f"c{number}"} if minor >= 5 else cell for number, cell in enumerate(cells)]
    return {"cells": named, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor, "of_another": 2**70}


NOTEBOOK = st.builds(made, CELLS, OBJECT, st.sampled_from([2, 4, 5]))


@given(NOTEBOOK)
@settings(deadline=None)
def test_save_41_a_document_says_what_is_shown_of_any_notebook(file: dict[str, Any]) -> None:
    """SAVE-41: so that nothing looks changed that nobody changed; and showing it does not touch it."""
    before = copy.deepcopy(file)
    said = shown(file)
    assert file == before
    assert shown(said) == said
    assert content_of("notebook", filled("notebook", said)) == said
    assert kept(file, said, said) is file


@given(NOTEBOOK, NOTEBOOK)
@settings(deadline=None)
def test_save_41_the_file_says_what_the_document_says_whatever_was_changed(
    file: dict[str, Any], edited: dict[str, Any]
) -> None:
    """SAVE-41: what stays of the file takes nothing of what people did: cells, outputs, metadata that came or went."""
    now = shown(edited)
    assert shown(kept(file, shown(file), now)) == now


@pytest.mark.parametrize("before,now", [([], ["a"]), (["a"], ["a", "b"]), (["a", "b"], ["a"]), (["a"], [])])
def test_save_41_outputs_that_were_added_or_cleared_are_in_the_file(before: list[str], now: list[str]) -> None:
    def with_outputs(texts: list[str]) -> dict[str, Any]:
        outputs = [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]
        return notebook({**code_cell("c", "x"), "outputs": outputs})

    assert kept(with_outputs(before), with_outputs(before), with_outputs(now)) == with_outputs(now)


@given(NOTEBOOK, st.integers(0, 2))
@settings(deadline=None)
def test_save_41_only_the_cell_that_somebody_edited_changes(file: dict[str, Any], place: int) -> None:
    """SAVE-41: and of that only its source."""
    said = shown(file)
    assert isinstance(said, dict)
    now = copy.deepcopy(said)
    place %= len(now["cells"])
    now["cells"][place]["source"] = "typed " + now["cells"][place]["source"]
    wanted = kept(file, said, now)
    assert isinstance(wanted, dict)
    expected = copy.deepcopy(file)
    expected["cells"] = expected["cells"] or copy.deepcopy(said["cells"])
    assert shown(wanted) == now
    expected["cells"][place]["source"] = wanted["cells"][place]["source"]
    for cells in (expected["cells"], wanted["cells"]):
        # Outputs of a Markdown cell are none; the format forbids them.
        cells[place].pop("outputs", None) if cells[place]["cell_type"] == "markdown" else None
    assert wanted == expected


@pytest.mark.parametrize("odd", ODD, ids=lambda value: ascii(value)[:20])
async def test_save_41_an_odd_value_opens_stays_and_comes_from_outside(odd: Any, world: World) -> None:  # noqa: F811
    """SAVE-41: in outputs and metadata; before it was opened, and while people type."""
    output = {"output_type": "display_data", "data": {"application/json": {"y": odd}}, "metadata": {"odd": odd}}
    cells = [code_cell("c1", "plot()", [output]), {**code_cell("c2"), "metadata": {"odd": odd}}]
    world.store.files["odd.ipynb"] = file = {**notebook(*cells), "metadata": {"odd": odd}}
    ann = FakeClient()
    room = await world.join("odd.ipynb", ann)
    assert world.store.saves == []
    room.handle(ann, ann.edit(lambda: ann.cells[0]["source"].insert(0, "# ")))
    await room.save()
    wanted = copy.deepcopy(file)
    wanted["cells"][0]["source"] = "# plot()"
    assert json.dumps(world.store.files["odd.ipynb"], sort_keys=True) == json.dumps(wanted, sort_keys=True)

    outside = copy.deepcopy(wanted)
    outside["cells"][1] = {**code_cell("c2", "x = 1"), "metadata": {"odd": [odd, odd]}}
    world.store.write("odd.ipynb", outside)
    await until(lambda: len(ann.cells) == 2 and str(ann.cells[1]["source"]) == "x = 1")
    room.handle(ann, ann.edit(lambda: ann.cells[1]["source"].insert(0, "y = ")))
    await room.save()
    outside["cells"][1]["source"] = "y = x = 1"
    assert json.dumps(world.store.files["odd.ipynb"], sort_keys=True) == json.dumps(outside, sort_keys=True)


def note_kernel(room: Room, client: FakeClient, name: str = "python3") -> None:
    """What a page does by itself as soon as the kernel answers."""

    def change() -> None:
        metadata = client.doc.get("meta", type=Map)["metadata"]
        metadata["kernelspec"] = {"name": name, "display_name": "Python 3 (ipykernel)", "language": "python"}
        metadata["language_info"] = {"name": "python", "version": "3.11.7"}

    room.handle(client, client.edit(change))


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "old.ipynb"
    cells = '{"cell_type":"code","execution_count":null,"metadata":{},"outputs":[],"source":["a\\r\\n","b"]}'
    path.write_bytes(f'{{"cells":[{cells}],"metadata":{{}},"nbformat":4,"nbformat_minor":2}}'.encode())
    return path


def state(sample: Path) -> tuple[bytes, int]:
    return sample.read_bytes(), sample.stat().st_mtime_ns


def read(sample: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(sample.read_bytes())
    return notebook


def write(sample: Path, notebook: dict[str, Any]) -> None:
    sample.write_text(json.dumps(notebook))


@asynccontextmanager
async def opened(sample: Path) -> AsyncIterator[tuple[Room, FakeClient]]:
    """The real journal and the real contents manager; at the end the server stops."""
    store = ContentsStore(AsyncLargeFileManager(root_dir=str(sample.parent)))
    journal = SqliteJournal(sample.parent / "journal")
    rooms = Rooms(journal, store, merge, DEFAULT_LIMITS)
    client = FakeClient()
    room = await rooms.connect((await rooms.open(sample.name, "notebook")).record.id, client)
    room.handle(client, HELLO)
    room.handle(client, messages.encode_step1(client.doc.get_state()))
    await until(lambda: len(client.cells) == 1)
    yield room, client
    await rooms.shutdown()
    await journal.close()


async def test_save_41_a_notebook_that_was_only_opened_is_not_a_byte_another(sample: Path) -> None:
    """SAVE-41: whatever its pages note of the kernel, over a restart, too; the next edit brings it along."""
    before = state(sample)
    for _ in range(2):
        async with opened(sample) as (room, client):
            note_kernel(room, client)
            await room.save()
        assert state(sample) == before
    async with opened(sample) as (room, client):
        room.handle(client, client.edit(lambda: client.cells[0]["source"].insert(0, "x")))
        await room.save()
    assert read(sample)["cells"][0]["source"] == ["xa\r\n", "b"]
    assert read(sample)["metadata"]["language_info"]["version"] == "3.11.7"


VIEWS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    *(({"collapsed": it}, {"collapsed": it, "jupyter": {"outputs_hidden": it}}) for it in (True, False)),
    *(
        ({"jupyter": {"outputs_hidden": it}}, {"collapsed": it, "jupyter": {"outputs_hidden": it}})
        for it in (True, False)
    ),
    (
        {"collapsed": False, "jupyter": {"outputs_hidden": True, "source_hidden": True}},
        {"collapsed": False, "jupyter": {"outputs_hidden": False, "source_hidden": True}},
    ),
    ({"scrolled": False, "tags": ["a"]}, {"tags": ["a"]}),
]


@pytest.mark.parametrize("file,noted", VIEWS, ids=lambda value: json.dumps(value))
async def test_save_41_how_outputs_are_shown_is_said_in_two_keys_by_pages_and_is_no_edit(
    file: dict[str, Any], noted: dict[str, Any], sample: Path
) -> None:
    """SAVE-41: JupyterLab writes the other key, too, as soon as it has a cell; hiding outputs is an edit."""
    write(sample, {**read(sample), "cells": [{**read(sample)["cells"][0], "metadata": file}]})
    before = state(sample)

    def note(metadata: dict[str, Any]) -> None:
        said = client.cells[0]["metadata"]
        for key in [key for key in said if key not in metadata]:
            del said[key]
        for key, value in metadata.items():
            said[key] = value

    async with opened(sample) as (room, client):
        room.handle(client, client.edit(lambda: note(noted)))
        await room.save()
    assert state(sample) == before
    async with opened(sample) as (room, client):
        other = {**noted, "collapsed": not noted.get("collapsed", False)}
        room.handle(client, client.edit(lambda: note(other)))
        await room.save()
    assert read(sample)["cells"][0]["metadata"] == other


async def test_save_41_who_presses_save_or_chooses_a_kernel_has_it_written(sample: Path) -> None:
    """SAVE-41: as JupyterLab's own save would."""
    async with opened(sample) as (room, client):
        note_kernel(room, client)
        room.handle(client, messages.encode_json("save", {"id": "1", "restore": False}))
        await until(lambda: client.of_type(SAVE_RESULT))
        assert read(sample)["metadata"]["kernelspec"]["name"] == "python3"
        note_kernel(room, client, name="another")
        await room.save()
        assert read(sample)["metadata"]["kernelspec"]["name"] == "another"


async def test_save_43_a_format_3_notebook_that_was_saved_is_not_written_again(sample: Path) -> None:
    """SAVE-43: nor is it written before somebody edits it."""
    cell = {"cell_type": "code", "input": "a", "language": "python", "metadata": {}, "outputs": [], "collapsed": False}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [cell]}]}
    write(sample, old)
    before = state(sample)
    async with opened(sample):
        pass
    assert state(sample) == before
    async with opened(sample) as (room, client):
        room.handle(client, client.edit(lambda: client.cells[0]["source"].insert(0, "x")))
        await room.save()
    before = state(sample)
    assert read(sample)["nbformat"] == 4
    async with opened(sample):
        pass
    assert state(sample) == before


async def test_save_43_what_a_file_leaves_out_is_not_added(sample: Path) -> None:
    """SAVE-43: a minor format of its own would change what the file means, and give every cell an id."""
    file = read(sample)
    del file["nbformat_minor"], file["cells"][0]["execution_count"]
    write(sample, file)
    async with opened(sample) as (room, client):
        room.handle(client, client.edit(lambda: client.cells[0]["source"].insert(0, "x")))
        await room.save()
    assert read(sample) == {**file, "cells": [{**file["cells"][0], "source": ["xa\r\n", "b"]}]}
