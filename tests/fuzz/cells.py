"""Cells as Yjs types, and as JupyterLab copies them."""

from __future__ import annotations

import copy
import uuid
from typing import Any

from pycrdt import Array, Map, Text

Cell = Map[Any]


def new_cell(cell_type: str, source: str, *, like: dict[str, Any] | None = None, cell_id: str | None = None) -> Cell:
    """``like`` gives metadata and, to a code cell, outputs."""
    old = copy.deepcopy(like or {})
    fields: dict[str, Any] = {
        "cell_type": cell_type,
        "id": cell_id or uuid.uuid4().hex[:12],
        "metadata": Map(old.get("metadata", {})),
        "source": Text(source),
    }
    if cell_type == "code":
        fields["outputs"] = Array([new_output(output) for output in old.get("outputs", [])])
        fields["execution_count"] = old.get("execution_count")
    return Map(fields)


def copy_of(cell: Cell, *, cell_type: str | None = None) -> Cell:
    """JupyterLab moves a cell, and changes its type, by a copy with the same id."""
    old = cell.to_py() or {}
    return new_cell(cell_type or str(old["cell_type"]), str(old["source"]), like=old, cell_id=str(old["id"]))


def new_output(output: dict[str, Any]) -> Map[Any]:
    """A stream's text is a shared type of its own."""
    if output["output_type"] == "stream":
        return Map({**output, "text": Text(output["text"])})
    return Map(output)


def stream(text: str) -> dict[str, Any]:
    """What a cell printed."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def result(text: str) -> dict[str, Any]:
    """What a cell gave."""
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": text}}
