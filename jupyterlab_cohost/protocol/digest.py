"""The digests by which the server vouches for outputs and widget models: see "Digests" in ``protocol/README.md``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any

import rfc8785

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_DIGESTED = frozenset({"display_data", "execute_result", "update_display_data"})
_MOST_NESTED = 200


def output_digest(output: Mapping[str, Any]) -> str | None:
    """SHA-256 in hex of an output's data and metadata as they stand.

    None for outputs that are never active (streams, errors) and for what has no canonical JSON: see ``_canonical``.
    """
    kind = output.get("output_type")
    if not isinstance(kind, str) or kind not in _DIGESTED:
        return None
    data, metadata = output.get("data"), output.get("metadata")
    body = {
        "output_type": "display_data",
        "data": {} if data is None else data,
        "metadata": {} if metadata is None else metadata,
    }
    return _digest(body) if isinstance(body["data"], dict) and isinstance(body["metadata"], dict) else None


def digests_of(outputs: Iterable[Mapping[str, Any]]) -> set[str]:
    """The digests of those outputs that have one."""
    return {digest for digest in map(output_digest, outputs) if digest is not None}


def widget_digests(widgets: object) -> dict[str, str | None]:
    """By model id, of ``metadata.widgets`` as ipywidgets saves it. None for a model that has no canonical JSON."""
    bundle = widgets.get(WIDGET_STATE) if isinstance(widgets, dict) else None
    models = bundle.get("state") if isinstance(bundle, dict) else None
    if not isinstance(bundle, dict) or not isinstance(models, dict):
        return {}
    version = [bundle.get("version_major"), bundle.get("version_minor")]
    return {
        key: _digest({"widget_model": key, "version": version, "model": model}) if isinstance(model, dict) else None
        for key, model in models.items()
    }


def _digest(body: dict[str, Any]) -> str | None:
    try:
        return hashlib.sha256(rfc8785.dumps(_canonical(body, 0))).hexdigest()
    except (ValueError, RecursionError, OverflowError):
        return None


def _canonical(value: Any, depth: int) -> Any:
    """``value`` with numbers as JavaScript has them. Raises ValueError for what two readers could read differently.

    That is a number that is not finite, a lone surrogate, a key ``__proto__``, what is no JSON, and what is nested
    deeper than 200.
    """
    if isinstance(value, (dict, list, tuple)):
        if depth > _MOST_NESTED:
            raise ValueError
        if isinstance(value, dict):
            return dict(_entries(value, depth))
        return [_canonical(entry, depth + 1) for entry in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
        if not isfinite(number):
            raise ValueError
        return number
    return value


def _entries(value: dict[Any, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for key, entry in value.items():
        if not isinstance(key, str) or key == "__proto__":
            raise ValueError
        yield key, _canonical(entry, depth + 1)
