"""Every endpoint that a guest could try, and what each role gets. A route without a row fails the table test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OK = (200, 200, 200)
ALL_404 = (404, 404, 404)


@dataclass(frozen=True)
class Row:
    """``path``: below the gateway; ``{role}``, ``{kernel}``, ``{room}`` are filled in. ``gets``: by role."""

    method: str
    path: str
    gets: tuple[int, int, int]
    body: Any = None
    #: Strangers, removed guests and guests of other sessions are answered too (joining).
    public: bool = False


_NOTEBOOK = {"path": "shared/x", "name": "nb.ipynb", "type": "notebook"}
_TEXT = {"type": "file", "format": "text", "content": ""}

ROWS = (
    *(Row("GET", path, OK) for path in ("lab", "lab/tree/shared/a.py", "doc/tree/shared/a.py", "me", "api/me")),
    Row("PATCH", "me", OK, {"name": "Somebody {role}"}),
    Row("GET", "static/lab/bootstrap.js", OK, public=True),
    Row("HEAD", "static/lab/bootstrap.js", OK, public=True),
    *(Row(m, "lab/api/settings", s) for m, s in (("GET", OK), ("PUT", (204, 204, 204)))),
    Row("GET", "lab/api/translations", OK),
    Row("GET", "lab/api/workspaces", OK),
    *(Row(method, "lab/api/workspaces/default", (204, 204, 204)) for method in ("PUT", "POST", "DELETE")),
    Row("POST", "ask", (204, 204, 400), {"role": "runner"}),
    Row("POST", "ws-ticket", OK),
    Row("POST", "summon", (403, 204, 204), {"path": "shared/a.py"}),
    Row("POST", "summon", ALL_404, {"path": "private/secret.txt"}),
    Row("POST", "documents", OK, {"path": "shared/a.py", "type": "file", "format": "text"}),
    Row("POST", "documents", ALL_404, {"path": "private/secret.txt", "type": "file", "format": "text"}),
    Row("GET", "rooms/{room}", (101, 101, 101)),
    Row("GET", "rooms/made-up", ALL_404),
    Row("GET", "events", (101, 101, 101)),
    Row("GET", "chat", (101, 101, 101)),
    Row("GET", "api/events/subscribe", (101, 101, 101)),
    Row("GET", "api/nbconvert", OK),
    Row("GET", "api/kernelspecs", OK),
    Row("GET", "api/kernels", OK),
    Row("POST", "api/kernels", (403, 403, 403), {}),
    Row("GET", "api/kernels/{kernel}", (404, 404, 200)),
    Row("DELETE", "api/kernels/{kernel}", (404, 404, 403)),
    Row("POST", "api/kernels/{kernel}/interrupt", (404, 404, 204)),
    Row("POST", "api/kernels/{kernel}/restart", (404, 404, 403)),
    Row("GET", "api/kernels/{kernel}/channels", (404, 404, 101)),
    Row("GET", "api/sessions", OK),
    Row("POST", "api/sessions", (403, 403, 201), _NOTEBOOK),
    Row("GET", "api/sessions/made-up", ALL_404),
    Row("PATCH", "api/sessions/made-up", ALL_404, {}),
    Row("DELETE", "api/sessions/made-up", (204, 204, 204)),
    Row("GET", "api/contents/shared/a.py", OK),
    Row("GET", "api/contents/private/secret.txt", ALL_404),
    Row("PUT", "api/contents/shared/put-{role}.txt", (403, 201, 201), _TEXT),
    Row("PATCH", "api/contents/shared/put-{role}.txt", (403, 200, 200), {"path": "shared/moved-{role}.txt"}),
    Row("DELETE", "api/contents/shared/moved-{role}.txt", (403, 204, 204)),
    Row("POST", "api/contents/shared/sub", (403, 201, 201), {"type": "file"}),
    Row("GET", "api/contents/shared/a.py/checkpoints", OK),
    Row("POST", "api/contents/shared/a.py/checkpoints", (403, 201, 201)),
    Row("POST", "api/contents/shared/a.py/checkpoints/x", (403, 403, 403)),
    Row("DELETE", "api/contents/shared/a.py/checkpoints/x", (403, 403, 403)),
    Row("GET", "files/shared/a.py", OK),
    Row("HEAD", "files/shared/a.py", OK),
    Row("GET", "files/private/secret.txt", ALL_404),
    *(Row(m, "exec/cell", (403, 403, 501)) for m in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")),
    *(Row(m, "no/such/thing", ALL_404) for m in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")),
    *(Row("GET", path, ALL_404) for path in ("api/terminals", "lab/api/extensions", "api/status", "api/config/x", "")),
    *(
        Row("GET", path, ALL_404)
        for path in ("terminals/1", "lsp/status", "api/security/csp-report", "lab/api/licenses")
    ),
    Row("GET", "join", OK, public=True),
    Row("POST", "join", ALL_404, {"secret": "wrong", "carrier": "bearer"}, public=True),
    Row("POST", "invite", ALL_404, {"secret": "wrong"}, public=True),
    Row("POST", "sign-in", ALL_404, {"secret": "wrong"}, public=True),
    Row("POST", "knock", (410, 410, 410), {"token": "wrong", "carrier": "bearer"}, public=True),
    Row("POST", "leave", (200, 200, 200)),
)
