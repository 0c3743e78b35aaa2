"""Who takes part: names and colours that are safe to show, roles that may be narrowed per file or folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..protocol.data import load_table
from ..protocol.errors import BadRequest
from ..protocol.ids import InviteId, ParticipantId, SecretHash
from ..protocol.roles import Capabilities, Role, capabilities_of
from ..protocol.sentences import sentence
from .looks import ROLE_NAMES, is_blank, looks_of
from .ports import Identity
from .scope import folded, is_below

#: Colours that a participant may be given by number.
PALETTE: tuple[str, ...] = tuple(load_table("colors")["people"])
#: Has no divisor in common with the palette's length.
_APART = 5
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Narrowing:
    """On ``path`` and all below it the participant has at most ``role``."""

    path: str
    role: Role

    def applies_to(self, path: str) -> bool:
        mine, asked = folded(self.path), folded(path)
        return asked == mine or is_below(asked, mine)


@dataclass
class Participant:
    """A guest of a session. Times are seconds since 1970."""

    id: ParticipantId
    name: str
    color: str
    role: Role
    invite_id: InviteId
    credential: SecretHash
    joined_at: float
    limits: tuple[Narrowing, ...] = ()
    #: The account of the hub that the hub service vouches for, or "".
    hub_user: str = ""
    #: Open sockets; told by the gateway.
    connections: int = field(default=0, compare=False)
    last_seen: float | None = None

    @property
    def online(self) -> bool:
        return self.connections > 0

    @property
    def identity(self) -> Identity:
        """What rooms stamp into awareness."""
        verified = self.hub_user != ""
        return Identity(self.id, self.name, self.color, initials(self.name), verified=verified, role=self.role)

    def capabilities(self, path: str) -> Capabilities:
        """What the role allows on ``path``, narrowed; the scope is not looked at."""
        allowed = capabilities_of(self.role)
        for limit in self.limits:
            if limit.applies_to(path):
                allowed &= capabilities_of(limit.role)
        return allowed


_TOO_LONG = {
    "name": "This name is too long: at most %1 characters.",
    "title": "This title is too long: at most %1 characters.",
    "label": "This label is too long: at most %1 characters.",
}


def clean_text(text: object, limit: int, what: str) -> str:
    """One line without control characters, direction overrides or invisible tricks. Raises BadRequest when too long."""
    if not isinstance(text, str):
        raise BadRequest(sentence("'%1' must be text.", what))
    if len(text) > 20 * limit:
        raise _too_long(what, limit)
    spaced = re.sub(r"\s+", " ", text)
    shown: list[str] = []
    for char in unicodedata.normalize("NFC", spaced):
        if _is_shown(char, shown):
            shown.append(char)
    result = re.sub(r" +", " ", "".join(shown)).strip()
    if len(result) > limit:
        raise _too_long(what, limit)
    return result


def _is_shown(char: str, before: list[str]) -> bool:
    if is_blank(char):
        return False
    if char in _JOINERS:  # needed inside some scripts and emoji, invisible elsewhere
        return bool(before) and not before[-1].isascii() and before[-1] not in _JOINERS
    if unicodedata.category(char) == "Mn":
        return bool(before) and not all(unicodedata.category(c) == "Mn" for c in before[-3:])
    return unicodedata.category(char) not in _DROPPED


def _too_long(what: str, limit: int) -> BadRequest:
    return BadRequest(sentence(_TOO_LONG.get(what, _TOO_LONG["name"]), limit))


def unique_name(name: str, taken: Iterable[str]) -> str:
    """The name, with a number when somebody here already has it (the host included)."""
    used = {look for other in (*taken, *ROLE_NAMES) for look in looks_of(other)}
    number, candidate = 1, name
    while looks_of(candidate) & used:
        number += 1
        candidate = f"{name} ({number})"
    return candidate


def same_name(one: str, other: str) -> bool:
    """Whether people would take one for the other."""
    return bool(looks_of(one) & looks_of(other))


def clean_color(color: object, index: int) -> str:
    """``#rrggbb`` or a number of the palette; None gives the palette's colour ``index``. Raises BadRequest."""
    if color is None:
        return PALETTE[index % len(PALETTE)]
    if isinstance(color, int) and not isinstance(color, bool) and 0 <= color < len(PALETTE):
        return PALETTE[color]
    if isinstance(color, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        return color.lower()
    raise BadRequest("This is not a colour.")


def free_color(color: str, taken: Iterable[str]) -> str:
    """Another of the palette when somebody here has this one already; the same when all are taken."""
    used = set(taken)
    if color not in PALETTE or color not in used:
        return color
    start = PALETTE.index(color)
    # Neighbours in the palette look alike.
    others = (PALETTE[(start + _APART * step) % len(PALETTE)] for step in range(1, len(PALETTE)))
    return next((other for other in others if other not in used), color)


def color_of(username: str) -> str:
    """Of the palette, for who chose none: the same one that a page gives (``colorOf`` in presence/colors.ts)."""
    number = 0
    for char in username:
        number = (number * 31 + ord(char)) & 0xFFFFFFFF
    return PALETTE[number % len(PALETTE)]


def initials(name: str) -> str:
    """At most two letters."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
