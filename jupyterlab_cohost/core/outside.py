"""What other programs did to the file: kept for a while, so that people can look at it and take it back."""

from __future__ import annotations

import json
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Any

from ..protocol.errors import NotFound
from ..protocol.ids import new_id
from .ports import Content

_KEPT, _KEPT_S = 5, 600.0
#: Of one conflict, so many places are told, and kept for those who come back behind a crash.
MOST_PLACES = 20
_MOST_BYTES = 4_000_000
_DIFFERENCE_LINES, _DIFFERENCE_OF_LINES = 400, 40_000


@dataclass(frozen=True)
class Change:
    """The document before and after, compressed; ``at`` on the monotonic clock."""

    before: bytes
    after: bytes
    at: float


def packed(before: Content, after: Content) -> Change | None:
    """To be called in a thread. None for what is too large to be kept."""
    change = Change(_pack(before), _pack(after), time.monotonic())
    return change if len(change.before) + len(change.after) <= _MOST_BYTES else None


def _pack(content: Content) -> bytes:
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 1)


def unpacked(change: Change) -> tuple[Content, Content]:
    """``(before, after)``; to be called in a thread."""
    return json.loads(zlib.decompress(change.before)), json.loads(zlib.decompress(change.after))


def still_there(after: Content, now: Content, before: Content) -> Content:
    """``before`` without the cells that people deleted since: taking back a change of one does not bring it back."""
    if not (isinstance(after, dict) and isinstance(now, dict) and isinstance(before, dict)):
        return before
    gone = {cell.get("id") for cell in after["cells"]} - {cell.get("id") for cell in now["cells"]}
    return {**before, "cells": [cell for cell in before["cells"] if cell.get("id") not in gone]}


class OutsideChanges:
    """The latest few changes of one room."""

    def __init__(self) -> None:
        self._changes: OrderedDict[str, Change] = OrderedDict()

    def add(self, change: Change) -> str:
        """Returns the name under which people ask for it."""
        name = new_id()
        self._changes[name] = change
        while len(self._changes) > _KEPT:
            self._changes.popitem(last=False)
        return name

    def get(self, name: str) -> Change:
        """Raises NotFound for a change that is old, was taken back, or never was."""
        change = self._changes.get(name)
        if change is None or time.monotonic() - change.at > _KEPT_S:
            self._changes.pop(name, None)
            raise NotFound("This change is too long ago, or was taken back already.")
        return change

    def forget(self, name: str) -> None:
        """It was taken back."""
        self._changes.pop(name, None)


def difference(change: Change) -> str:
    """A unified diff for people, cut when it is long; to be called in a thread."""
    before, after = (_lines(content) for content in unpacked(change))
    if len(before) + len(after) > _DIFFERENCE_OF_LINES:
        return "(too large to be compared)"
    lines = list(islice(unified_diff(before, after, "before", "after", lineterm=""), _DIFFERENCE_LINES + 1))
    if len(lines) > _DIFFERENCE_LINES:
        lines[_DIFFERENCE_LINES:] = ["…"]
    return "\n".join(lines)


def _lines(content: Content) -> list[str]:
    """A notebook as text: sources, and outputs by their kind."""
    if isinstance(content, str):
        return content.splitlines()
    return [line for cell in content.get("cells", []) for line in _cell_lines(cell)]


def _cell_lines(cell: dict[str, Any]) -> list[str]:
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    outputs = [f"# output: {_output_words(output)}" for output in cell.get("outputs", [])]
    return [f"# %% [{cell.get('cell_type')}]", *text.splitlines(), *outputs]


def _output_words(output: dict[str, Any]) -> str:
    if "text" in output:
        text = output["text"] if isinstance(output["text"], str) else "".join(output["text"])
        return text[:200]
    return ", ".join(sorted(output.get("data", {}))) or str(output.get("output_type"))
