"""Wrong secrets beyond the limit: they wait for a prepared answer, and the connection ends; a right one passes through.

Everything else that a request costs (an error's answer, a line in the log) is left out, so that guessing does not slow
those who come in; waiting limits how often one connection tries.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from ...core.sessions_rate import too_many_tries
from .auth import PublicHandler

#: How long an answer is held back, in seconds, and how many at a time on one server.
_HOLD_S, _MOST_HELD = 1.0, 256
#: A longer body is no try with a link's secret. Bytes.
_MAX_BODY = 16 * 1024
#: What a person of the hub comes with, or goes to sign in with, in place of a secret.
_WITHOUT_SECRET = {"assertion", "again", "offered"}
_KEY = "cohost_gateway_held"


def _prepared_answer() -> bytes:
    """The refusal as it goes over the wire; the connection ends with it."""
    body = json.dumps(too_many_tries().to_json()).encode()
    head = (
        "HTTP/1.1 429 Too Many Requests",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "Retry-After: 60",
        "Access-Control-Allow-Origin: *",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    )
    return "\r\n".join((*head, "", "")).encode() + body


_ANSWER = _prepared_answer()


class Held:
    """How many answers are held back now; one per web application."""

    def __init__(self) -> None:
        self._now = 0

    @property
    def is_full(self) -> bool:
        return self._now >= _MOST_HELD

    async def wait(self) -> None:
        self._now += 1
        try:
            await asyncio.sleep(_HOLD_S)
        finally:
            self._now -= 1


class TryingHandler(PublicHandler):
    """A POST that may bring a link's secret."""

    async def prepare(self) -> None:  # type: ignore[override]
        """As in ``GatewayMixin``, and answers TooManyRequests in a flood: after a while, or at once if many wait."""
        await super().prepare()
        if self.request.method != "POST" or not self._is_refused():
            return
        held: Held = self.settings.setdefault(_KEY, Held())
        if not held.is_full:
            await held.wait()
        self._hang_up()

    def _is_refused(self) -> bool:
        door = self.sessions.door
        if not door.is_flooded(self.session, self.request.remote_ip or ""):
            return False
        body = self._small_body()
        if "secret" not in body and not body.keys().isdisjoint(_WITHOUT_SECRET):
            return False
        return bool(door.turns_away(self.session, body.get("secret")))

    def _small_body(self) -> dict[str, Any]:
        """The request's JSON object; {} for everything that is none."""
        if len(self.request.body) > _MAX_BODY:
            return {}
        try:
            value = json.loads(self.request.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def _hang_up(self) -> None:
        stream = self.detach()
        if not stream.closed():
            stream.write(_ANSWER)
            stream.close()
