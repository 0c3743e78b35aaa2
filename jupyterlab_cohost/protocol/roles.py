"""Roles and what they may do, from ``protocol/roles.json``. Ask ``can(role, capability)``; never compare role names."""

from __future__ import annotations

from enum import Enum

from .data import load_table


class Capability(str, Enum):
    """One thing that a participant may do."""

    READ = "read"
    CHAT = "chat"
    EDIT = "edit"
    EXECUTE = "execute"
    MANAGE = "manage"


class Role(str, Enum):
    """A named set of capabilities."""

    VIEWER = "viewer"
    EDITOR = "editor"
    RUNNER = "runner"
    HOST = "host"


Capabilities = frozenset[Capability]

_TABLE = load_table("roles")
_CAPABILITIES: dict[Role, Capabilities] = {
    Role(name): frozenset(Capability(c) for c in entry["capabilities"]) for name, entry in _TABLE["roles"].items()
}
INVITABLE: frozenset[Role] = frozenset(Role(name) for name in _TABLE["invitable"])
NOTHING: Capabilities = frozenset()


def capabilities_of(role: Role) -> Capabilities:
    """Everything that ``role`` may do."""
    return _CAPABILITIES[role]


def can(role: Role, capability: Capability) -> bool:
    """Whether ``role`` has ``capability``."""
    return capability in _CAPABILITIES[role]


def most_like(capabilities: Capabilities) -> Role:
    """The role that may do the most of what these capabilities allow."""
    return max((role for role in Role if _CAPABILITIES[role] <= capabilities), key=_breadth, default=Role.VIEWER)


def _breadth(role: Role) -> int:
    return len(_CAPABILITIES[role])
