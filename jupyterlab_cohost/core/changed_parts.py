"""Which parts of a notebook transactions changed, so that only these are looked at, however large the notebook is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from jupyter_ydoc import YNotebook
from pycrdt import TextEvent

_Delta = list[dict[str, Any]]


@dataclass
class CellParts:
    """Of one cell. ``old``: its own keys that changed, with what stood there, if that was a plain value.

    ``outputs``: by index the keys that changed; None: all of it.
    """

    whole: bool = False
    old: dict[str, Any] = field(default_factory=dict)
    metadata: set[str] = field(default_factory=set)
    outputs: dict[int, set[str] | None] = field(default_factory=dict)


class ChangedParts:
    """Follows a notebook from ``open`` to ``close``; indexes are those of now."""

    def __init__(self, notebook: YNotebook) -> None:
        self._notebook = notebook
        self._subscriptions: list[tuple[Any, Any]] = []
        self.cells: dict[int, CellParts] = {}
        #: Keys of the root ``meta``, with what stood there, and those of the notebook's metadata.
        self.meta: dict[str, Any] = {}
        self.metadata: set[str] = set()
        #: Whether too much changed to be followed, or the document was made anew: then everything is looked at.
        self.lost = False

    def open(self) -> None:
        """May be called again."""
        if self._subscriptions:
            return
        for root, note in ((self._notebook.ycells, self._note_cells), (self._notebook._ymeta, self._note_meta)):
            self._subscriptions.append((root, root.observe_deep(note)))

    def close(self) -> None:
        """May be called again."""
        for root, subscription in self._subscriptions:
            root.unobserve(subscription)
        self._subscriptions.clear()

    def add_everything(self) -> None:
        """All that there is."""
        self.cells = {index: CellParts(whole=True) for index in range(self._notebook.cell_number)}
        self.meta = dict.fromkeys({"nbformat", "nbformat_minor", "metadata", *self._notebook._ymeta.keys()})

    def _note_cells(self, events: list[Any]) -> None:
        """Paths are as of the end of the transaction: what was noted before moves first."""
        for event in events:
            if not event.path:
                self._note_list(event.delta)
        for event in events:
            if event.path and not isinstance(event, TextEvent):
                index, *rest = event.path
                _note(self.cells.setdefault(index, CellParts()), rest, event)

    def _note_list(self, delta: _Delta) -> None:
        index, inserted = _mapped(delta)
        moved = ((index(old), parts) for old, parts in self.cells.items())
        self.cells = {new: parts for new, parts in moved if new is not None}
        self.cells.update((new, CellParts(whole=True)) for new in inserted)

    def _note_meta(self, events: list[Any]) -> None:
        for event in events:
            if not event.path:
                _note_keys(self.meta, event)
            elif event.path[0] == "metadata":
                self.metadata.update(event.keys if len(event.path) == 1 else event.path[1:2])


def _note(parts: CellParts, path: list[Any], event: Any) -> None:
    """``path``: within the cell."""
    if not path:
        _note_keys(parts.old, event)
    elif path[0] == "metadata":
        parts.metadata.update(event.keys if len(path) == 1 else path[1:2])
    elif path[0] == "outputs" and len(path) == 1:
        index, inserted = _mapped(event.delta)
        moved = ((index(old), keys) for old, keys in parts.outputs.items())
        parts.outputs = {new: keys for new, keys in moved if new is not None} | dict.fromkeys(inserted)
    elif path[0] == "outputs":
        keys = parts.outputs.setdefault(path[1], set())
        if keys is not None:
            keys.update(event.keys if len(path) == 2 else path[2:3])
    else:
        parts.old.setdefault(path[0], None)


def _note_keys(old: dict[str, Any], event: Any) -> None:
    for key, change in event.keys.items():
        before = change.get("oldValue")
        old.setdefault(key, before if isinstance(before, (str, int, float)) else None)


def _mapped(delta: _Delta) -> tuple[Callable[[int], int | None], Iterable[int]]:
    """Where an index is behind a change of its list (None: it is gone), and the indexes of what is new."""
    starts, steps, inserted = list[int](), list[tuple[int, int]](), list[int]()
    before = after = 0
    for step in delta:
        if "insert" in step:
            inserted.extend(range(after, after + len(step["insert"])))
            after += len(step["insert"])
        elif "delete" in step:
            before += step["delete"]
        else:
            starts.append(before)
            steps.append((before + step["retain"], after - before))
            before, after = before + step["retain"], after + step["retain"]

    def index(old: int) -> int | None:
        if old >= before:
            return old + after - before
        place = bisect_right(starts, old) - 1
        return old + steps[place][1] if place >= 0 and old < steps[place][0] else None

    return index, inserted
