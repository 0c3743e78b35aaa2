"""A notebook's JSON as the room compares, saves and vouches for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ..protocol.digest import digests_of, output_digest, widget_digests
from .ports import Content, Digest
from .sound import OUTPUT_TYPES

#: Of a notebook's metadata; nbformat writes none of them, and notes the first two when it converts an older format.
_NEVER_WRITTEN = ("orig_nbformat", "orig_nbformat_minor", "signature")


def clean(content: Content) -> Content:
    """Takes out, in place, what never goes to the file, as nbformat's ``strip_transient`` does."""
    about = content.get("metadata") if isinstance(content, dict) else None
    if isinstance(about, dict):
        for key in _NEVER_WRITTEN:
            about.pop(key, None)
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


def digests_in(content: Content) -> set[Digest]:
    """The digests of all outputs and widget models."""
    models = {digest for digest in widget_digests(_widgets(content)).values() if digest is not None}
    return models | digests_of(output for output in outputs(content) if _is_known(output))


def all_vouched(content: Content, vouched: set[Digest]) -> bool:
    """Whether nothing in it could be active without being vouched for."""
    models = widget_digests(_widgets(content)).values()
    return all(digest in vouched for digest in models) and all(
        _is_known(output) and (_is_passive(output) or output_digest(output) in vouched) for output in outputs(content)
    )


def without_unknown_outputs(content: Content) -> Content:
    """Takes out, in place, the outputs of types that nbformat does not have: nobody can vouch for them."""
    for cell in _cells(content):
        found = cell.get("outputs")
        if isinstance(found, list):
            cell["outputs"] = [output for output in found if _is_known(output)]
    return content


def has_unknown_outputs(content: Content) -> bool:
    """Whether there are outputs of types that nbformat does not have: its notary overlooks them."""
    return not all(_is_known(output) for output in outputs(content))


def _is_known(output: object) -> bool:
    kind = output.get("output_type") if isinstance(output, dict) else None
    return isinstance(kind, str) and kind in OUTPUT_TYPES


def _is_passive(output: dict[str, Any]) -> bool:
    return output.get("output_type") in ("stream", "error")


def _widgets(content: Content) -> object:
    metadata = content.get("metadata") if isinstance(content, dict) else None
    return metadata.get("widgets") if isinstance(metadata, dict) else None


def _cells(content: Content) -> list[dict[str, Any]]:
    cells = content.get("cells") if isinstance(content, dict) else None
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _outputs_of(cell: dict[str, Any]) -> list[dict[str, Any]]:
    found = cell.get("outputs")
    return [output for output in found if isinstance(output, dict)] if isinstance(found, list) else []
