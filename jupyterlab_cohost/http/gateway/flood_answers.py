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
#: So many go out before the server does something else for a moment, seconds.
_AT_A_TIME, _MOMENT_S = 16, 0.002
#: Answers that wait for that without being held back; further ones go out where they arise.
_MOST_IN_TURN = 1024


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
        self._held: deque[tuple[float, IOStream]] = deque()
        self._in_turn: deque[IOStream] = deque()
        self._is_timed = False

    def refuse(self, stream: IOStream) -> None:
        """After a second, or soon when too many wait. The stream is nobody else's from now on."""
        if len(self._held) < _MOST_HELD:
            self._held.append((IOLoop.current().time() + _HOLD_S, stream))
        elif len(self._in_turn) < _MOST_IN_TURN:
            self._in_turn.append(stream)
        else:
            _answer(stream)
        self._time()

    def _let_go(self) -> None:
        """A few at a time, so that others come in between."""
        self._is_timed = False
        now = IOLoop.current().time()
        for _ in range(_AT_A_TIME):
            if self._held and self._held[0][0] <= now:
                _answer(self._held.popleft()[1])
            elif self._in_turn:
                _answer(self._in_turn.popleft())
            else:
                break
        self._time()

    def _time(self) -> None:
        if self._is_timed or not (self._held or self._in_turn):
            return
        loop = IOLoop.current()
        soon = loop.time() + _MOMENT_S
        loop.call_at(soon if self._in_turn else max(soon, self._held[0][0]), self._let_go)
        self._is_timed = True


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
