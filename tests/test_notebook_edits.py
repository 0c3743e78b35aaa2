"""SAVE-27: what another program did to a notebook reaches it by small edits: what others do meanwhile survives."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jupyter_ydoc import YNotebook
from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.core.document import YDocument
from jupyterlab_cohost.core.notebook_edits import set_notebook


def cell(cell_id: str, **more: Any) -> dict[str, Any]:
    base = {"cell_type": "code", "id": cell_id, "source": f"# {cell_id}", "metadata": {}, "outputs": []}
    return {**base, "execution_count": None, **more}


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


class Two:
    """The room's copy, and somebody's who edits before they hear of the change."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.room, self.page = YNotebook(Doc()), Doc[Any]()
        set_notebook(self.room, content)
        self.page.apply_update(self.room.ydoc.get_update())

    @property
    def cells(self) -> Array[Any]:
        cells: Array[Any] = self.page.get("cells", type=Array)
        return cells

    def becomes(self, content: dict[str, Any]) -> dict[str, Any]:
        """What the notebook is when the change has met the page's edits."""
        set_notebook(self.room, content)
        self.room.ydoc.apply_update(self.page.get_update())
        result: dict[str, Any] = self.room.get()
        return result


def sources(content: dict[str, Any]) -> list[str]:
    return [cell["source"] for cell in content["cells"]]


def test_save_27_only_the_cell_that_moved_is_made_anew() -> None:
    cells = [cell(name) for name in "abcde"]
    two = Two(notebook(*cells))
    for one in two.cells:
        text: Text = one["source"]
        text += "!"
    merged = two.becomes(notebook(*cells[1:], cells[0]))
    assert sources(merged) == ["# b!", "# c!", "# d!", "# e!", "# a"]


def test_save_27_metadata_that_others_set_meanwhile_stays() -> None:
    two = Two(notebook(cell("a", metadata={"x": 1}), kept=1, gone=2))
    two.page.get("meta", type=Map)["metadata"]["mine"] = 3
    two.cells[0]["metadata"]["mine"] = 4
    merged = two.becomes(notebook(cell("a", metadata={"x": 2}), kept=1, new=5))
    assert merged["metadata"] == {"kept": 1, "new": 5, "mine": 3}
    assert merged["cells"][0]["metadata"] == {"x": 2, "mine": 4}


def test_save_27_outputs_that_stay_are_not_made_anew() -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "one\n"}
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "2"}}
    two = Two(notebook(cell("a", outputs=[printed])))
    text: Text = two.cells[0]["outputs"][0]["text"]
    text += "two\n"
    merged = two.becomes(notebook(cell("a", outputs=[printed, result])))
    assert [output.get("text") for output in merged["cells"][0]["outputs"]] == ["one\ntwo\n", None]


@given(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1), st.integers())
def test_save_27_any_order_is_reached(names: list[str], seed: int) -> None:
    shuffled = random.Random(seed).sample("abcdefgh", len("abcdefgh"))
    two = Two(notebook(*(cell(name) for name in shuffled)))
    assert sources(two.becomes(notebook(*(cell(name) for name in names)))) == [f"# {name}" for name in names]


async def test_of_two_cells_that_are_alike_in_a_long_notebook_the_first_one_stays() -> None:
    """They are looked for in a thread, from a copy; somebody may have worked in one of them meanwhile."""
    document = YDocument("notebook", lambda _update: None)
    document.set_content(notebook(*(cell(f"c{number}") for number in range(250))))
    peer: Doc[Any] = Doc()
    peer.apply_update(document.diff())
    cells, before = peer.get("cells", type=Array), peer.get_state()
    for number in (3, 7):
        nested = {"source": Text(f"# c{number}"), "metadata": Map({}), "outputs": Array([])}
        cells.append(Map({**cells[number].to_py(), **nested}))
    document.apply(peer.get_update(before))
    reading = asyncio.ensure_future(document.content())
    await asyncio.sleep(0)
    before = peer.get_state()
    cells[251]["source"].insert(0, "y")
    document.apply(peer.get_update(before))
    content = await reading
    assert isinstance(content, dict) and len(content["cells"]) == 250
    left = [str(cell["id"]) for cell in document.cells()]
    assert left.count("c3") == 1 and left.count("c7") == 2 and len(left) == 251


async def test_of_two_cells_that_are_alike_but_for_a_run_under_way_the_first_one_stays() -> None:
    """In the file they are one; found by random plans (155): the document had two of it for good."""
    document = YDocument("notebook", lambda _update: None)
    document.set_content(notebook(cell("a"), cell("b")))
    peer: Doc[Any] = Doc()
    peer.apply_update(document.diff())
    cells, before = peer.get("cells", type=Array), peer.get_state()
    nested = {"source": Text("# b"), "metadata": Map({}), "outputs": Array([]), "execution_state": "idle"}
    cells.append(Map({**cells[1].to_py(), **nested}))
    document.apply(peer.get_update(before))
    assert await document.content() == notebook(cell("a"), cell("b"))
    assert [str(one["id"]) for one in document.cells()] == ["a", "b"]
