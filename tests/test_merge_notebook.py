"""Three-way merge of notebooks: cell by cell, nothing is lost, trust never comes through."""

from __future__ import annotations

import copy
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_cohost.core.ports import Conflict, Merged
from jupyterlab_cohost.storage.merge import merge


def code(name: str | None, source: str, outputs: list[Any] | None = None, **metadata: Any) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": outputs or [],
        "execution_count": None,
    }
    return cell if name is None else {**cell, "id": name}


def notebook(*cells: dict[str, Any], minor: int = 5, **metadata: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": list(cells)}


def text(value: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": value}


def merged(base: dict[str, Any], room: dict[str, Any], file: dict[str, Any]) -> Merged:
    before = copy.deepcopy((base, room, file))
    result = merge("notebook", base, room, file)
    assert (base, room, file) == before
    return result


def ids(result: Merged) -> list[str]:
    assert isinstance(result.content, dict)
    return [cell["id"] for cell in result.content["cells"]]


def sources(result: Merged) -> list[str]:
    assert isinstance(result.content, dict)
    return [cell["source"] for cell in result.content["cells"]]


CELLS = st.lists(
    st.builds(
        code,
        st.sampled_from("abcdefgh"),
        st.sampled_from(["x = 1", "y = 2\nz = 3", ""]),
        st.sampled_from([[], [text("1")], [text("2")]]),
    ),
    max_size=6,
    unique_by=lambda cell: cell["id"],
)
NOTEBOOKS = st.builds(lambda cells: notebook(*cells), CELLS)
WITHOUT_IDS = st.builds(
    lambda cells: notebook(*({k: v for k, v in cell.items() if k != "id"} for cell in cells), minor=4), CELLS
)


@given(NOTEBOOKS | WITHOUT_IDS, st.data())
def test_save_12_one_side_alone_wins_exactly(base: dict[str, Any], data: st.DataObject) -> None:
    """SAVE-12: what only one side changed is taken as it is: cells, order, outputs."""
    other = data.draw(NOTEBOOKS if base["nbformat_minor"] == 5 else WITHOUT_IDS)
    assert merged(base, base, base) == Merged(base)
    assert merged(base, base, other) == Merged(other)
    assert merged(base, other, base) == Merged(other)
    assert merged(base, other, other) == Merged(other)


@given(NOTEBOOKS, NOTEBOOKS, NOTEBOOKS)
def test_save_12_no_cell_is_lost_and_none_doubled(base: Any, room: Any, file: Any) -> None:
    """SAVE-12: a cell is gone only when a side deleted it and the other left it alone; each id stands once."""
    result = merged(base, room, file)
    assert len(set(ids(result))) == len(ids(result))
    old, mine, theirs = ({cell["id"]: cell for cell in side["cells"]} for side in (base, room, file))
    for name in set(mine) ^ set(theirs):
        cell = mine.get(name) or theirs[name]
        # A new cell that looks like one of the base may be that one, moved with a new id by cut and paste.
        if name not in old and cell["source"] not in [one["source"] for one in base["cells"]]:
            assert name in ids(result)


def test_save_12_different_cells() -> None:
    """SAVE-12: one edits a cell, the other another one, adds one, deletes one and moves one."""
    base = notebook(code("a", "1"), code("b", "2"), code("c", "3"), code("d", "4"))
    room = notebook(code("a", "1 room"), code("b", "2"), code("c", "3"), code("d", "4"), code("r", "room"))
    file = notebook(code("d", "4"), code("a", "1"), code("f", "file"), code("c", "3 file"))
    result = merged(base, room, file)
    assert ids(result) == ["d", "a", "f", "c", "r"]
    assert sources(result) == ["4", "1 room", "file", "3 file", "room"]
    assert result.conflicts == []


def test_save_12_same_cell_different_lines() -> None:
    """SAVE-12: the source of a cell is merged as text."""
    base = notebook(code("a", "x = 1\ny = 2\nz = 3"))
    result = merged(base, notebook(code("a", "x = 10\ny = 2\nz = 3")), notebook(code("a", "x = 1\ny = 2\nz = 30")))
    assert sources(result) == ["x = 10\ny = 2\nz = 30"]
    assert result.conflicts == []


def test_save_12_same_line_of_a_cell_is_kept_twice_and_told() -> None:
    """SAVE-11, SAVE-12."""
    base = notebook(code("a", "x = 1"), code("b", ""))
    result = merged(base, notebook(code("a", "x = 2"), code("b", "")), notebook(code("a", "x = 3"), code("b", "")))
    assert sources(result) == ["x = 2\nx = 3", ""]
    assert result.conflicts == [Conflict("a")]


def test_save_12_a_deleted_cell_does_not_come_back_for_what_a_program_did_beside_its_source() -> None:
    """SAVE-12: ``nbconvert --execute --inplace`` while somebody tidies up; found by random plans (129, 482)."""
    base = notebook(code("a", "1"), code("b", "2"))
    ran = {**code("b", "2", [text("out")]), "execution_count": 1, "metadata": {"tags": ["slow"]}}
    without, with_outputs = notebook(base["cells"][0]), notebook(base["cells"][0], ran)
    assert merged(base, without, with_outputs) == Merged(without)
    # What people in the room did stays, and it is told.
    assert merged(base, with_outputs, without) == Merged(with_outputs, [Conflict("b")])


def test_save_12_deleted_on_one_side_and_edited_on_the_other_stays() -> None:
    """SAVE-12: at its place, and it is told."""
    base = notebook(code("a", "1"), code("b", "2"), code("c", "3"))
    edited, without = notebook(code("a", "1"), code("b", "2 edited"), code("c", "3")), notebook(*base["cells"][::2])
    for room, file in ((edited, without), (without, edited)):
        result = merged(base, room, file)
        assert ids(result) == ["a", "b", "c"]
        assert sources(result)[1] == "2 edited"
        assert result.conflicts == [Conflict("b")]


def test_save_12_outputs_come_from_the_side_that_changed_them() -> None:
    """SAVE-12: an outside run's outputs come in beside an edit; both ran: the room's stay and it is told."""
    base = notebook(code("a", "x", [text("old")]))
    room, file = notebook(code("a", "x # room", [text("old")])), notebook(code("a", "x", [text("new")]))
    result = merged(base, room, file)
    assert result == Merged(notebook(code("a", "x # room", [text("new")])))
    result = merged(base, notebook(code("a", "x", [text("room")])), file)
    assert result == Merged(notebook(code("a", "x", [text("room")])), [Conflict("a")])


def test_save_12_notebooks_without_ids_and_ids_that_a_tool_made_anew() -> None:
    """SAVE-12: cells without ids are matched by their text; a tool that gives all cells new ids doubles none."""
    base = notebook(code(None, "1"), code(None, "2"), code(None, "3"), minor=4)
    room = notebook(code(None, "1"), code(None, "2 room"), code(None, "3"), minor=4)
    file = notebook(code(None, "1"), code(None, "2"), code(None, "3"), code(None, "4"), minor=4)
    result = merged(base, room, file)
    assert sources(result)[0] == "1" and sources(result)[-1] == "4" and "2 room" in sources(result)
    named, renamed = (notebook(*(code(f"{prefix}{n}", str(n)) for n in range(3))) for prefix in "ab")
    typed = copy.deepcopy(named)
    typed["cells"].append(code("new", "typed"))
    result = merged(named, typed, renamed)
    assert sources(result) == ["0", "1", "2", "typed"]


def test_save_12_trust_never_comes_through() -> None:
    """SAVE-12: ``metadata.trusted`` that any side carries is dropped, other metadata merged by key."""
    base = notebook(code("a", "1", tags=["x"]), kernelspec={"name": "python3"})
    room = notebook(code("a", "1 room", tags=["x"], room=1, trusted=True), kernelspec={"name": "python3"}, r=1)
    file = notebook(code("a", "1", trusted=True), code("f", "f", trusted=True), kernelspec={"name": "python3"}, f=1)
    result = merged(base, room, file)
    assert "trusted" not in str(result.content)
    assert isinstance(result.content, dict)
    assert result.content["metadata"] == {"kernelspec": {"name": "python3"}, "r": 1, "f": 1}
    assert result.content["cells"][0]["metadata"] == {"room": 1}


def test_save_12_two_thousand_cells_take_seconds_at_most() -> None:
    """SAVE-12: far from quadratic; a generous bound, to catch a comparison of all with all."""
    base = notebook(*(code(f"c{n}", f"x = {n}\n" * 5, [text("o")]) for n in range(2000)))
    room, file = copy.deepcopy(base), copy.deepcopy(base)
    room["cells"][7]["source"] += "room"
    file["cells"].insert(1000, code("f", "file"))
    start = time.process_time()
    result = merged(base, room, file)
    assert time.process_time() - start < 20
    assert len(ids(result)) == 2001
    assert sources(result)[7].endswith("room")
