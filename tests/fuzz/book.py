"""What must be true in the end. Every insertion is a character of its own, so that each can be found and counted."""

from __future__ import annotations

from dataclasses import dataclass, field

_FIRST = 0x4E00


@dataclass
class Book:
    """``may_be``: nobody can say whether they stand in the document; ``never``: they were refused."""

    typed: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    may_be: set[str] = field(default_factory=set)
    never: set[str] = field(default_factory=set)
    #: Cells that were moved, split, merged, deleted or changed in type: what others type in them meanwhile may go.
    shaken: set[str] = field(default_factory=set)
    cell_of: dict[str, str] = field(default_factory=dict)

    def token(self, who: str, cell: str = "") -> str:
        token = chr(_FIRST + len(self.typed))
        self.typed[token] = who
        self.cell_of[token] = cell
        return token

    def gone(self, before: str, after: str) -> None:
        """Characters that someone took out."""
        self.deleted |= {token for token in before if token in self.typed} - set(after)

    def problems(self, text: str) -> list[str]:
        """``text``: everything that stands in the document."""
        found = []
        for token, who in self.typed.items():
            count = text.count(token)
            if token in self.never:
                if count:
                    found.append(f"{who}'s {token!r} was refused and is there")
            elif token in self.may_be or self.cell_of[token] in self.shaken:
                continue
            elif count > 1:
                found.append(f"{who}'s {token!r} is there {count} times")
            elif count == 0 and token not in self.deleted:
                found.append(f"{who}'s {token!r} is lost")
            elif count and token in self.deleted:
                found.append(f"{who}'s {token!r} was deleted and is there")
        return found
