"""Metadata as nbformat has it: the few keys that mean something to it; all others are free."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .sound_values import is_count

#: The value as it can stay; None when it cannot. Values are JSON.
Rule = Callable[[object], object]
_TAG, _NAME = re.compile(r"[^,]+"), re.compile(r".+")


def _of(kind: type) -> Rule:
    return lambda value: value if isinstance(value, kind) else None


def _tags(value: object) -> object:
    if not isinstance(value, list):
        return None
    return list(dict.fromkeys(tag for tag in value if isinstance(tag, str) and _TAG.fullmatch(tag)))


def _name(value: object) -> object:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None


def _scrolled(value: object) -> object:
    return value if isinstance(value, bool) or value == "auto" else None


def _times(value: object) -> object:
    return {key: time for key, time in value.items() if isinstance(time, str)} if isinstance(value, dict) else None


def _major(value: object) -> object:
    return value if is_count(value) and value > 0 else None


def _kernelspec(value: object) -> object:
    if not isinstance(value, dict):
        return None
    name, shown = value.get("name"), value.get("display_name")
    name = name if isinstance(name, str) else ""
    return {**value, "name": name, "display_name": shown if isinstance(shown, str) else name}


def _language(value: object) -> object:
    if not isinstance(value, dict):
        return None
    found = {key: entry for key, entry in value.items() if isinstance(entry, _LANGUAGE.get(key, object))}
    return {**found, "name": found.get("name", "")}


_LANGUAGE: dict[str, type | tuple[type, ...]] = {
    **{"name": str, "codemirror_mode": (str, dict), "file_extension": str, "mimetype": str},
    "pygments_lexer": str,
}
_OF_NOTEBOOK: dict[str, Rule] = {
    **{"kernelspec": _kernelspec, "language_info": _language, "orig_nbformat": _major},
    **{"title": _of(str), "authors": _of(list)},
}
_OF_CELL: dict[str, Rule] = {"name": _name, "tags": _tags, "jupyter": _of(dict)}
_OF_KIND: dict[str, dict[str, Rule]] = {
    "code": {**_OF_CELL, "collapsed": _of(bool), "scrolled": _scrolled, "execution": _times},
    "raw": {**_OF_CELL, "format": _of(str)},
    "markdown": _OF_CELL,
}


def rules_of_notebook() -> dict[str, Rule]:
    """By key, of a notebook's metadata."""
    return _OF_NOTEBOOK


def rules_of_cell(cell_type: str) -> dict[str, Rule]:
    """By key, of a cell's metadata. ``cell_type``: one of nbformat's three."""
    return _OF_KIND[cell_type]


def sound_metadata(metadata: dict[str, Any], rules: dict[str, Rule]) -> None:
    """In place: what nbformat would refuse goes."""
    for key in metadata.keys() & rules.keys():
        value = rules[key](metadata[key])
        if value is None:
            del metadata[key]
        else:
            metadata[key] = value
