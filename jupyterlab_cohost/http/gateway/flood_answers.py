"""The refusal beyond the limit of wrong secrets: prepared once, held back for a second, the last on its connection."""

from __future__ import annotations

import json
from collections import deque
from contextlib import suppress

from tornado.ioloop import IOLoop
from tornado.iostream import IOStream, SSLIOStream, StreamClosedError

from ...core.sessions_rate import too_many_tries

#: How long an answer is held back, in seconds, and how many at a time on one server.
_HOLD_S, _MOST_HELD = 1.0, 256
#: So many go out before the server does something else.
_AT_A_TIME = 16


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
        "Access-Control-Expose-Headers: Retry-After",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    )
    return "\r\n".join((*head, "", "")).encode() + body


_ANSWER = _prepared_answer()


class Parked:
    """Connections that wait for their refusal; nothing is read from them, and one timer serves them all."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, IOStream]] = deque()

    def refuse(self, stream: IOStream) -> None:
        """After a second, or at once when too many wait. The stream is nobody else's from now on."""
        if len(self._waiting) >= _MOST_HELD:
            _answer(stream)
            return
        loop = IOLoop.current()
        self._waiting.append((loop.time() + _HOLD_S, stream))
        if len(self._waiting) == 1:
            loop.call_later(_HOLD_S, self._let_go)

    def _let_go(self) -> None:
        loop = IOLoop.current()
        now = loop.time()
        for _ in range(_AT_A_TIME):
            if not self._waiting or self._waiting[0][0] > now:
                break
            _answer(self._waiting.popleft()[1])
        if self._waiting:
            loop.call_at(max(now, self._waiting[0][0]), self._let_go)


def _answer(stream: IOStream) -> None:
    """Best effort, for who tries secrets: straight to the socket, which has room for it."""
    if stream.closed():
        return
    if isinstance(stream, SSLIOStream):
        with suppress(StreamClosedError):
            stream.write(_ANSWER)
    else:
        with suppress(OSError):
            stream.socket.send(_ANSWER)
    stream.close()
