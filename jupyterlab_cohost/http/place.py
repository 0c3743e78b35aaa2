"""A place in a document, as a request names it."""

from __future__ import annotations

from typing import Any

from ..protocol.errors import BadRequest

_MAX_PATH, _MAX_CELL = 4096, 200


def place_in(body: dict[str, Any]) -> tuple[str, str | None]:
    """``{"path", "cell"}`` → both; the cell may be missing. Raises BadRequest."""
    path, cell = body.get("path"), body.get("cell", "")
    if set(body) - {"path", "cell"} or not isinstance(path, str) or not isinstance(cell, str):
        raise BadRequest("This is not a place in a file.")
    if not path or len(path) > _MAX_PATH or len(cell) > _MAX_CELL:
        raise BadRequest("This is not a place in a file.")
    return path, cell or None
