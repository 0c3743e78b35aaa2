"""For whom a link is: anyone who has it, or people whom the hub service identifies."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..protocol.errors import BadRequest
from ..protocol.sentences import sentence

AudienceKind = Literal["any", "members", "users", "groups"]
KINDS: tuple[AudienceKind, ...] = ("any", "members", "users", "groups")
_MOST_NAMES, _LONGEST_NAME = 100, 255


@dataclass(frozen=True)
class HubIdentity:
    """Somebody as the hub knows them. ``groups``: only those that links of the session ask for."""

    user: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Audience:
    """``names``: users or groups as the hub writes them, for the kinds of these names."""

    kind: AudienceKind = "any"
    names: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        return self.kind != "any"

    @property
    def named(self) -> bool:
        """Whether it says who: then it is an offer to them, and they need no link."""
        return self.kind in ("users", "groups")

    def admits(self, identity: HubIdentity | None) -> bool:
        """None: a guest whom nobody identified."""
        if self.kind == "any":
            return True
        if identity is None:
            return False
        if self.kind == "members":
            return True
        return identity.user in self.names if self.kind == "users" else not identity.groups.isdisjoint(self.names)

    def to_json(self) -> dict[str, object]:
        return {"kind": self.kind, "names": list(self.names)}


ANYONE = Audience()


def checked_audience(kind: object, names: object) -> Audience:
    """Raises BadRequest with a sentence for the dialog."""
    if kind not in KINDS:
        raise BadRequest("A link is for any, members, users or groups.")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadRequest("'names' must be a list of names.")
    if kind in ("any", "members"):
        if names:
            raise BadRequest(sentence("A link for %1 takes no names.", kind))
        return Audience(kind)
    found = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not found:
        raise BadRequest("Name at least one person." if kind == "users" else "Name at least one group.")
    if len(found) > _MOST_NAMES:
        raise BadRequest(sentence("At most %1 names: make a group of them on the hub, or another link.", _MOST_NAMES))
    _check_names(found)
    return Audience(kind, found)


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        unseen = any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in name)
        if unseen or len(name) > _LONGEST_NAME or "/" in name:
            raise BadRequest(sentence("“%1” cannot be a name on the hub.", name[:40]))
