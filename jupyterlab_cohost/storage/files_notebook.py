"""A notebook between the contents manager's form and the room's: ``metadata.trusted`` never crosses."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ..core.ports import Content


def is_notebook(content: Any) -> bool:
    """Whether it has the shape that a room needs (nbformat validates the rest and only warns)."""
    cells = content.get("cells") if isinstance(content, dict) else None
    return isinstance(cells, list) and all(
        isinstance(cell, dict) and isinstance(cell.get("cell_type"), str) and isinstance(cell.get("source"), str)
        for cell in cells
    )


def plain(value: Any) -> Any:
    """Ordinary dicts and lists in place of nbformat's."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def drop_trust(notebook: dict[str, Any]) -> None:
    """Removes ``metadata.trusted`` everywhere: nobody's word is taken from there (see ``signing``)."""
    for cell in notebook["cells"]:
        if isinstance(cell.get("metadata"), dict):
            cell["metadata"].pop("trusted", None)


def with_trust(notebook: dict[str, Any], sign: bool) -> dict[str, Any]:
    """A copy whose code cells say whether the notary may sign; the notary takes that out again."""
    return {**notebook, "cells": [_marked(cell, sign) for cell in notebook.get("cells", [])]}


def _marked(cell: dict[str, Any], sign: bool) -> dict[str, Any]:
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key != "trusted"}
    if cell.get("cell_type") == "code":
        metadata["trusted"] = sign
    return {**cell, "metadata": metadata}


def content_hash(content: Content) -> str:
    """For contents managers that have no bytes to hash."""
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True, ensure_ascii=False)
    return "content:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
