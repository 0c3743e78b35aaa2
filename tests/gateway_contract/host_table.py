"""Every endpoint of the host's REST, and what each kind of user of the Jupyter server gets.

The server's authorizer says what a user may do with the resource ``cohost``: nothing, *read*, or *read* and *write*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Nothing, read, write.
READS = (403, 200, 200)


@dataclass(frozen=True)
class HostRow:
    """``path``: below ``cohost/``; names in braces are filled in. ``gets``: by what the user may do."""

    method: str
    path: str
    gets: tuple[int, int, int]
    body: Any = None


def writes(status: int) -> tuple[int, int, int]:
    return (403, 403, status)


_SCOPE = [{"path": "shared"}]
_DOCUMENT = {"path": "shared/a.py", "type": "file", "format": "text"}

HOST_ROWS = (
    HostRow("GET", "api/sessions", READS),
    HostRow("POST", "api/sessions", writes(201), {"scope": _SCOPE}),
    HostRow("GET", "api/sessions/{session}", READS),
    HostRow("PATCH", "api/sessions/{session}", writes(200), {"title": "x"}),
    HostRow("GET", "api/sessions/{session}/invites", READS),
    HostRow("POST", "api/sessions/{session}/invites", writes(201), {"role": "viewer"}),
    HostRow("PATCH", "api/sessions/{session}/invites/{invite}", writes(200), {"label": "x", "knock": True}),
    HostRow("DELETE", "api/sessions/{session}/invites/{invite}", writes(204)),
    HostRow("POST", "api/sessions/{session}/invites/{invite}/link", writes(200)),
    HostRow("GET", "api/sessions/{session}/participants", READS),
    HostRow("PATCH", "api/sessions/{session}/participants/{participant}", writes(200), {"role": "viewer"}),
    HostRow("POST", "api/sessions/{session}/participants/{participant}/not-now", writes(204), {}),
    HostRow("DELETE", "api/sessions/{session}/participants/{participant}", writes(204)),
    HostRow("DELETE", "api/sessions/{session}/banned/nobody", writes(404)),
    HostRow("GET", "api/sessions/{session}/knocks", READS),
    HostRow("POST", "api/sessions/{session}/knocks/{knock}", writes(200), {"admit": False}),
    HostRow("POST", "api/sessions/{session}/summon", writes(204), {"path": "shared/a.py"}),
    HostRow("GET", "api/sessions/{session}/chat", (403, 403, 101)),
    HostRow("PATCH", "api/host", writes(200), {"name": "x"}),
    HostRow("GET", "api/policy", READS),
    HostRow("GET", "api/reachability", READS),
    HostRow("POST", "api/scope-preview", READS, {"scope": _SCOPE}),
    HostRow("GET", "api/events", (403, 101, 101)),
    HostRow("POST", "api/documents", READS, _DOCUMENT),
    HostRow("GET", "rooms/{room}", (403, 101, 101)),
    HostRow("DELETE", "api/sessions/{session}", writes(204)),
)
