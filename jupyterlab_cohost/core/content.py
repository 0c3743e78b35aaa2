"""A notebook's JSON as the room compares, saves and vouches for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ..protocol.digest import digests_of, output_digest
from .ports import Content, Digest


def clean(content: Content) -> Content:
    """Takes out, in place, what never goes to the file: ``metadata.trusted`` and ``execution_state`` of cells."""
    for cell in _cells(content):
        cell.pop("execution_state", None)
        metadata = cell.get("metadata")
        if isinstance(metadata, dict):
            metadata.pop("trusted", None)
    return content


def fingerprint(content: Content) -> str:
    """SHA-256 in hex of what a file says, however its bytes are laid out."""
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def outputs(content: Content) -> Iterator[dict[str, Any]]:
    """Every output of every code cell."""
    for cell in _cells(content):
        yield from _outputs_of(cell)


def digests_in_cells(content: Content, indices: frozenset[int]) -> set[Digest]:
    """The digests of the outputs in the cells at ``indices``."""
    return {d for i, cell in enumerate(_cells(content)) if i in indices for d in digests_of(_outputs_of(cell))}


def all_vouched(content: Content, vouched: set[Digest]) -> bool:
    """Whether nothing in it could be active without being vouched for."""
    return all(_is_passive(output) or output_digest(output) in vouched for output in outputs(content))


def _is_passive(output: dict[str, Any]) -> bool:
    return output.get("output_type") in ("stream", "error")


def _cells(content: Content) -> list[dict[str, Any]]:
    cells = content.get("cells", []) if isinstance(content, dict) else []
    return [cell for cell in cells if isinstance(cell, dict)]


def _outputs_of(cell: dict[str, Any]) -> list[dict[str, Any]]:
    found = cell.get("outputs")
    return [output for output in found if isinstance(output, dict)] if isinstance(found, list) else []
