"""The digest by which the server vouches for an output: see "Output digest" in ``protocol/README.md``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import rfc8785

_DIGESTED = frozenset({"display_data", "execute_result", "update_display_data"})


def output_digest(output: Mapping[str, Any]) -> str | None:
    """SHA-256 in hex of an output as nbformat has it.

    None for outputs that are never active (streams, errors) and for what has no canonical JSON (a number that is not
    finite or beyond 2^53, a lone surrogate).
    """
    data, metadata = output.get("data"), output.get("metadata")
    if output.get("output_type") not in _DIGESTED or not isinstance(data, (Mapping, type(None))):
        return None
    body = {
        "output_type": "display_data",
        "data": {mime: _joined(mime, value) for mime, value in (data or {}).items()},
        "metadata": {} if metadata is None else metadata,
    }
    try:
        return hashlib.sha256(rfc8785.dumps(body)).hexdigest()
    except (ValueError, RecursionError, TypeError):
        return None


def digests_of(outputs: Iterable[Mapping[str, Any]]) -> set[str]:
    """The digests of those outputs that have one."""
    return {digest for digest in map(output_digest, outputs) if digest is not None}


def _joined(mime: str, value: Any) -> Any:
    """Text may stand as a list of lines; in a JSON MIME type a list is data."""
    if isinstance(value, list) and not _is_json(mime) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def _is_json(mime: str) -> bool:
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))
