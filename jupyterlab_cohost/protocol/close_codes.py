"""WebSocket close codes, named once in ``protocol/close-codes.json``."""

from __future__ import annotations

from dataclasses import dataclass

from .data import load_table


@dataclass(frozen=True)
class CloseCode:
    """A close code, whether the client may connect again by itself, and the sentence that its person reads."""

    name: str
    code: int
    retry: bool
    message: str


_CODES = {name: CloseCode(name=name, **entry) for name, entry in load_table("close-codes").items()}


def close_code(name: str) -> CloseCode:
    """The close code called ``name``. Raises KeyError for a name that is not in the table."""
    return _CODES[name]


GOING_AWAY = close_code("going_away")
INTERNAL = close_code("internal")
MALFORMED = close_code("malformed")
UNAUTHENTICATED = close_code("unauthenticated")
FORBIDDEN = close_code("forbidden")
NOT_FOUND = close_code("not_found")
HISTORY_REPLACED = close_code("history_replaced")
SESSION_ENDED = close_code("session_ended")
REMOVED = close_code("removed")
LEFT = close_code("left")
TOO_LARGE = close_code("too_large")
UNSUPPORTED = close_code("unsupported")
TOO_FAST = close_code("too_fast")
VERSION = close_code("version")
ROLE_CHANGED = close_code("role_changed")
TOO_SLOW = close_code("too_slow")
