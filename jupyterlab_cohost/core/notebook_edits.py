"""Makes a Y notebook hold a given JSON by small edits: typing in a cell that others change survives."""

from __future__ import annotations

import copy
from bisect import bisect_left
from typing import Any

from jupyter_ydoc import YNotebook
from pycrdt import Array, Map, Text

from .sound import new_id
from .text_edits import set_text


def set_notebook(notebook: YNotebook, content: dict[str, Any]) -> None:
    """Edits inside the caller's transaction. ``content``: nbformat 4 JSON; it is not changed."""
    wanted = {**content, "cells": [_with_id(cell) for cell in content.get("cells", [])]}
    _keep_cells(notebook, wanted["cells"])
    _take_out_moved(notebook.ycells, [cell.get("id") for cell in wanted["cells"]])
    _set_metadata(notebook, content.get("metadata", {}))
    notebook.set(wanted)
    _set_metadata(notebook, content.get("metadata", {}))
    for ycell in notebook.ycells:
        metadata = ycell.get("metadata")
        if isinstance(metadata, Map) and "trusted" in metadata:
            del metadata["trusted"]


def _with_id(cell: dict[str, Any]) -> dict[str, Any]:
    """Sources as one string: YNotebook compares them so."""
    source = cell.get("source", "")
    return {**cell, "source": "".join(source) if isinstance(source, list) else source}


def _keep_cells(notebook: YNotebook, wanted: list[dict[str, Any]]) -> None:
    """Edits what cells hold that stay; jupyter_ydoc would empty and fill it, or make the cell anew."""
    by_id = {cell["id"]: cell for cell in wanted if isinstance(cell.get("id"), str)}
    for ycell in notebook.ycells:
        cell = by_id.get(ycell.get("id"))
        if cell is None or cell.get("cell_type") != ycell.get("cell_type"):
            continue
        source = ycell.get("source")
        if isinstance(source, Text):
            set_text(source, cell["source"])
        youtputs = ycell.get("outputs")
        if isinstance(youtputs, Array) and "outputs" in cell:
            _set_outputs(youtputs, cell["outputs"])
        metadata = ycell.get("metadata")
        if isinstance(metadata, Map) and isinstance(cell.get("metadata"), dict):
            _set_map(metadata, cell["metadata"])


def _set_outputs(youtputs: Array[Any], wanted: list[dict[str, Any]]) -> None:
    """Outputs that both begin with stay."""
    old = youtputs.to_py() or []
    same = 0
    while same < min(len(old), len(wanted)) and old[same] == wanted[same]:
        same += 1
    del youtputs[same:]
    for output in copy.deepcopy(wanted[same:]):
        if output.get("output_type") == "stream":
            text = output.get("text", "")
            output["text"] = Text(text if isinstance(text, str) else "".join(text))
        youtputs.append(Map(output))


def _take_out_moved(ycells: Array[Any], wanted: list[Any]) -> None:
    """A cell moves by being made anew, which typing under way does not survive: the fewest are."""
    places = {cell_id: place for place, cell_id in enumerate(wanted) if isinstance(cell_id, str)}
    there = [places.get(ycell.get("id")) for ycell in ycells]
    stay = _longest_rising([place for place in there if place is not None])
    for index in range(len(there) - 1, -1, -1):
        if there[index] is not None and there[index] not in stay:
            del ycells[index]


def _longest_rising(numbers: list[int]) -> set[int]:
    """The most that stand in rising order, by patience sorting; of equal numbers one."""
    tops: list[int] = []
    piles: list[int] = []
    for number in numbers:
        pile = bisect_left(tops, number)
        tops[pile : pile + 1] = [number]
        piles.append(pile)
    found: set[int] = set()
    wanted, least = len(tops) - 1, max(numbers, default=0) + 1
    for number, pile in zip(reversed(numbers), reversed(piles), strict=True):
        if pile == wanted and number < least:
            found.add(number)
            wanted, least = wanted - 1, number
    return found


def _set_metadata(notebook: YNotebook, metadata: dict[str, Any]) -> None:
    """Before jupyter_ydoc, which would put another map there, and behind it: it adds an empty kernelspec."""
    ymetadata = notebook._ymeta.get("metadata")
    if isinstance(ymetadata, Map):
        _set_map(ymetadata, metadata)
    else:
        notebook._ymeta["metadata"] = Map(copy.deepcopy(metadata))


def _set_map(ymap: Map[Any], wanted: dict[str, Any]) -> None:
    """Keys that others set meanwhile stay."""
    old = ymap.to_py() or {}
    for key in [key for key in old if key not in wanted]:
        del ymap[key]
    for key, value in wanted.items():
        if key not in old or old[key] != value:
            ymap[key] = copy.deepcopy(value)


def copies_in(notebook: YNotebook) -> list[tuple[int, int]]:
    """Cells that say the same as one before them, id included: where that one is, and where they are."""
    first: dict[str, int] = {}
    copies = []
    for index, ycell in enumerate(notebook.ycells):
        name = ycell.get("id") if isinstance(ycell, Map) else None
        if not isinstance(name, str) or not name:
            continue
        before = first.setdefault(name, index)
        if before != index and _said(ycell) == _said(notebook.ycells[before]):
            copies.append((before, index))
    return copies


def name_apart(notebook: YNotebook) -> bool:
    """Gives cells that have the id of one before them one of their own; whether there were any.

    In the caller's transaction. The names are the same in every copy of the document.
    """
    named = [(cell, cell.get("id")) for cell in notebook.ycells if isinstance(cell, Map)]
    taken: set[str] = set()
    twins = []
    for index, (cell, name) in enumerate(named):
        if isinstance(name, str) and name in taken:
            twins.append((index, cell, name))
        elif isinstance(name, str):
            taken.add(name)
    for index, cell, name in twins:
        cell["id"] = new_id(index, name, taken)
        taken.add(cell["id"])
    return bool(twins)


def are_copies(notebook: YNotebook, before: int, index: int) -> bool:
    """Whether these two cells still say the same."""
    if index >= len(notebook.ycells):
        return False
    one, other = notebook.ycells[before], notebook.ycells[index]
    return isinstance(one, Map) and isinstance(other, Map) and _said(one) == _said(other)


def _said(ycell: Map[Any]) -> dict[str, Any]:
    """Without what a page notes of a run that is under way, which is in no file: jupyter_ydoc reads two as one, too."""
    return {key: value for key, value in (ycell.to_py() or {}).items() if key != "execution_state"}
