"""What JupyterLab's own save makes of a file: the contents manager reads it, and writes the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

from jupyterlab_cohost.core.line_ends import BOM

#: What is typed: no file here has it.
LETTER = "\u0e5b"
_NEW_ID = "new"


class Reference:
    """Without the extension; files are written to ``root`` before they are asked for."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self._root, self._manager = root, AsyncLargeFileManager(root_dir=str(root))
        self.invalid = set[str]()

    async def read(self, name: str, data: bytes) -> dict[str, Any] | None:
        """The model, or None where JupyterLab refuses to open it."""
        (self._root / name).write_bytes(data)
        how = {"type": "notebook"} if name.endswith(".ipynb") else {"type": "file", "format": "text"}
        try:
            model: dict[str, Any] = await self._manager.get(name, **how)
        except HTTPError:
            return None
        if "message" in model or _is_of_the_future(model["content"]):
            # Not valid, as the page says, or nobody knows.
            self.invalid.add(name)
        return model

    async def save(self, name: str, model: dict[str, Any]) -> bytes:
        await self._manager.save(model, name)
        return (self._root / name).read_bytes()


def typed(content: Any, place: int | None) -> Any:
    """With the letter at the beginning of the file, or of the cell at ``place``; ``None``: typed and removed."""
    if isinstance(content, str):
        # Nobody types before a byte order mark.
        mark = BOM if content.startswith(BOM) else ""
        return content if place is None else mark + LETTER + content.removeprefix(mark)
    # The page puts a cell into an empty notebook.
    cells = list(content["cells"]) or [_empty_cell(content["nbformat_minor"])]
    if place is not None:
        cell = cells[place % len(cells)]
        cells[place % len(cells)] = {**cell, "source": LETTER + cell["source"]}
    return {**content, "cells": cells}


def _is_of_the_future(content: Any) -> bool:
    return isinstance(content, dict) and content.get("nbformat_minor", 0) > nbformat.current_nbformat_minor


def _empty_cell(minor: int) -> dict[str, Any]:
    name = {"id": _NEW_ID} if minor >= 5 else {}
    return {**name, "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ""}


def without_new_ids(data: bytes, original: bytes) -> Any:
    """A notebook whose cells got their ids when it was read; each time others."""
    notebook = json.loads(data)
    named = {cell.get("id") for cell in _cells(json.loads(original))}
    for cell in _cells(notebook):
        if "id" in cell and cell["id"] not in named:
            cell["id"] = _NEW_ID
    return notebook


def _cells(notebook: Any) -> list[Any]:
    cells = notebook.get("cells", [])
    return [cell for cell in cells if isinstance(cell, dict)]
