"""Every open WebSocket of every guest, so that what the host decides takes effect on all of them at once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketHandler

from ...core.events import Event
from ...core.sessions import Sessions
from ...protocol.close_codes import FORBIDDEN, LEFT, REMOVED, ROLE_CHANGED, SESSION_ENDED, CloseCode
from ...protocol.errors import TooManyRequests
from ...protocol.ids import ParticipantId, SessionId

_log = logging.getLogger(__name__)
#: How long a closed socket may take to say goodbye before its connection is cut.
_ABORT_AFTER_S = 0.5
_CODES = {
    "participant-removed": REMOVED,
    "participant-left": LEFT,
    "participant-changed": ROLE_CHANGED,
    "participant-renamed": ROLE_CHANGED,
}


@dataclass(eq=False)
class GuestSocket:
    """``close`` ends it; ``still_allowed`` is asked again when the session's scope changes; ``cut`` never fails."""

    session: SessionId
    participant: ParticipantId
    close: Callable[[CloseCode], None]
    still_allowed: Callable[[], bool]
    cut: Callable[[CloseCode], None]


class GuestSockets:
    """The registry; it subscribes to the sessions' events."""

    def __init__(self, sessions: Sessions, each: int, all_together: int) -> None:
        self._sessions, self._each, self._all_together = sessions, each, all_together
        self._numbers: Counter[ParticipantId] = Counter()
        self._sockets: dict[GuestSocket, None] = {}
        sessions.subscribe(self._happened)

    def register(
        self,
        session: SessionId,
        participant: ParticipantId,
        close: Callable[[CloseCode], None],
        still_allowed: Callable[[], bool] = lambda: True,
        cut: Callable[[CloseCode], None] = lambda _code: None,
    ) -> Callable[[], None]:
        """Returns the way to unregister (when the socket has closed); doing so twice is harmless."""
        socket = GuestSocket(session, participant, close, still_allowed, cut)
        self._sockets[socket] = None
        self._numbers[participant] += 1
        self._sessions.connected(session, participant, +1)

        def unregister() -> None:
            if self._sockets.pop(socket, 0) is None:
                self._numbers[participant] -= 1
                if self._numbers[participant] <= 0:
                    del self._numbers[participant]
                self._sessions.connected(session, participant, -1)

        return unregister

    def check_number(self, participant: ParticipantId, besides: int = 1) -> None:
        """Whether so many more may be open: of one guest, and of all, so that the host's own keep working.

        Raises TooManyRequests.
        """
        if self._numbers[participant] + besides > self._each:
            raise TooManyRequests("Too many tabs and documents are open here. Close some, and try again.")
        if self._numbers.total() + besides > self._all_together:
            raise TooManyRequests("Too many people are connected to the host's server. Try again later.")

    def watch(
        self,
        session: SessionId,
        participant: ParticipantId,
        close: Callable[[CloseCode], None],
        still_allowed: Callable[[], bool],
    ) -> Callable[[], None]:
        """As ``register``, for an answer that takes long: it does not make the guest one who is here."""
        self.check_number(participant)
        answer = GuestSocket(session, participant, close, still_allowed, close)
        self._sockets[answer] = None
        self._numbers[participant] += 1

        def unwatch() -> None:
            if self._sockets.pop(answer, 0) is None:
                self._numbers[participant] -= 1

        return unwatch

    def _happened(self, event: Event) -> None:
        if event["type"] == "session-ended":
            self._close(SESSION_ENDED, lambda socket: socket.session == event["session"])
        elif event["type"] in _CODES:
            mine = (event["session"], event["participant"])
            self._close(_CODES[event["type"]], lambda socket: (socket.session, socket.participant) == mine)
        elif event["type"] == "session-changed":
            self._close(FORBIDDEN, lambda socket: socket.session == event["session"] and not socket.still_allowed())

    def _close(self, code: CloseCode, chosen: Callable[[GuestSocket], bool]) -> None:
        """Every one that is chosen; what goes wrong with one socket keeps no other open."""
        for socket in list(self._sockets):
            try:
                if chosen(socket):
                    socket.close(code)
            except Exception:
                _log.exception("a guest's socket did not close in good order")
                socket.cut(code)


def most_descriptors() -> int:
    """How many files and sockets this process may have open."""
    try:
        import resource
    except ImportError:  # Windows
        return 8192
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1_000_000 if soft == resource.RLIM_INFINITY else soft


def close_for_good(handler: WebSocketHandler, code: CloseCode) -> None:
    """Closes with the code and its sentence, and cuts the connection when the other side does not answer soon."""
    connection: Any = handler.ws_connection
    if connection is None:
        return
    handler.close(code.code, code.message)
    IOLoop.current().call_later(_ABORT_AFTER_S, connection._abort)
