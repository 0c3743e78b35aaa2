"""Makes a Y notebook hold a given JSON by small edits: typing in a cell that others change survives."""

from __future__ import annotations

import copy
from typing import Any

from jupyter_ydoc import YNotebook
from pycrdt import Array, Map, Text

from .text_edits import set_text


def set_notebook(notebook: YNotebook, content: dict[str, Any]) -> None:
    """Edits inside the caller's transaction. ``content``: nbformat 4 JSON; it is not changed."""
    wanted = {**content, "cells": [_with_id(cell) for cell in content.get("cells", [])]}
    _keep_cells(notebook, wanted["cells"])
    notebook.set(wanted)
    _exact_metadata(notebook, content.get("metadata", {}))
    for ycell in notebook.ycells:
        metadata = ycell.get("metadata")
        if isinstance(metadata, Map) and "trusted" in metadata:
            del metadata["trusted"]


def _with_id(cell: dict[str, Any]) -> dict[str, Any]:
    """Sources as one string: YNotebook compares them so."""
    source = cell.get("source", "")
    return {**cell, "source": "".join(source) if isinstance(source, list) else source}


def _keep_cells(notebook: YNotebook, wanted: list[dict[str, Any]]) -> None:
    """Edits sources and outputs of cells that stay; jupyter_ydoc would empty and fill them, or make the cell anew."""
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


def _set_outputs(youtputs: Array[Any], wanted: list[dict[str, Any]]) -> None:
    if youtputs.to_py() == wanted:
        return
    del youtputs[:]
    for output in copy.deepcopy(wanted):
        if output.get("output_type") == "stream":
            text = output.get("text", "")
            output["text"] = Text(text if isinstance(text, str) else "".join(text))
        youtputs.append(Map(output))


def _exact_metadata(notebook: YNotebook, metadata: dict[str, Any]) -> None:
    """jupyter_ydoc adds an empty kernelspec and language_info, which would reach the file."""
    ymetadata = notebook._ymeta.get("metadata")
    if not isinstance(ymetadata, Map) or ymetadata.to_py() != metadata:
        notebook._ymeta["metadata"] = Map(copy.deepcopy(metadata))
