"""What may stand where in a document of ``@jupyter/ydoc``'s layout: content kinds by parent, shared types by key.

Roots that this layout does not know may hold anything (they belong to other extensions and are never read here), but
no subdocuments and nothing nested deeper than MAX_TYPE_DEPTH.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .ports import Kind
from .structs import ANY, EMBED, FORMAT, STRING, TYPE

MAX_TYPE_DEPTH = 32
_ARRAY, _MAP, _TEXT = range(3)


@dataclass(frozen=True, eq=False)
class Rule:
    """One kind of parent. ``keyed``: its entries have keys (None: as they like).

    ``contents``: the kinds of struct by key; ``others``: for keys not named there. None: anything.
    ``types``: what a shared type becomes, by key; else by its kind.
    """

    keyed: bool | None
    others: frozenset[int] | None
    contents: dict[str, frozenset[int]] = field(default_factory=dict)
    types: dict[str | None, tuple[int, Rule]] = field(default_factory=dict)

    def takes(self, kind: int, key: str | None) -> bool:
        """Whether a struct of this kind may stand here. (What was deleted may stand anywhere.)"""
        allowed = self.contents.get(key, self.others) if key is not None else self.others
        return allowed is None or kind in allowed

    def made(self, number: int, key: str | None) -> Rule | None:
        """What a new shared type may hold; None if it may not stand here."""
        if self.others is None:
            return _IN_FREE.get(number)
        wanted = self.types.get(key)
        if wanted is not None:
            return wanted[1] if wanted[0] == number else None
        return _PLAIN.get(number)


_VALUES = frozenset({ANY, TYPE})
_ONLY_TYPE = frozenset({TYPE})
FREE = Rule(None, None)
TEXT = Rule(False, frozenset({STRING}))
ARRAY = Rule(False, _VALUES)
MAP = Rule(True, _VALUES)
_PLAIN = {_ARRAY: ARRAY, _MAP: MAP, _TEXT: TEXT}
#: Entries with keys in a list or text dangle in yrs when that is deleted, so these are kept apart everywhere.
_IN_FREE = {_ARRAY: ARRAY, _MAP: MAP, _TEXT: Rule(False, frozenset({STRING, EMBED, FORMAT}))}
_OUTPUTS = Rule(False, _VALUES, types={None: (_MAP, MAP)})
_CELL = Rule(
    True,
    _VALUES,
    contents={"source": _ONLY_TYPE, "metadata": _ONLY_TYPE, "outputs": _ONLY_TYPE, "id": frozenset({ANY})},
    types={"source": (_TEXT, TEXT), "metadata": (_MAP, MAP), "outputs": (_ARRAY, _OUTPUTS)},
)
_CELLS = Rule(False, _ONLY_TYPE, types={None: (_MAP, _CELL)})
_META = Rule(True, _VALUES, contents={"metadata": _ONLY_TYPE}, types={"metadata": (_MAP, MAP)})
_ROOTS: dict[Kind, dict[str, Rule]] = {
    "notebook": {"cells": _CELLS, "meta": _META, "state": MAP},
    "file": {"source": TEXT, "state": MAP},
}


def root(kind: Kind, name: str) -> Rule:
    """What a root may hold."""
    return _ROOTS[kind].get(name, FREE)
