"""Every open WebSocket of every guest, so that what the host decides takes effect on all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketHandler

from ...core.events import Event
from ...core.sessions import Sessions
from ...protocol.close_codes import FORBIDDEN, LEFT, REMOVED, ROLE_CHANGED, SESSION_ENDED, CloseCode
from ...protocol.ids import ParticipantId, SessionId

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
    """``close`` ends it; ``still_allowed`` is asked again when the session's scope changes."""

    session: SessionId
    participant: ParticipantId
    close: Callable[[CloseCode], None]
    still_allowed: Callable[[], bool]


class GuestSockets:
    """The registry; it subscribes to the sessions' events."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._sockets: dict[GuestSocket, None] = {}
        sessions.subscribe(self._happened)

    def register(
        self,
        session: SessionId,
        participant: ParticipantId,
        close: Callable[[CloseCode], None],
        still_allowed: Callable[[], bool] = lambda: True,
    ) -> Callable[[], None]:
        """Returns the way to unregister (when the socket has closed); doing so twice is harmless."""
        socket = GuestSocket(session, participant, close, still_allowed)
        self._sockets[socket] = None
        self._sessions.connected(session, participant, +1)

        def unregister() -> None:
            if self._sockets.pop(socket, 0) is None:
                self._sessions.connected(session, participant, -1)

        return unregister

    def watch(
        self,
        session: SessionId,
        participant: ParticipantId,
        close: Callable[[CloseCode], None],
        still_allowed: Callable[[], bool],
    ) -> Callable[[], None]:
        """As ``register``, for an answer that takes long: it does not make the guest one who is here."""
        answer = GuestSocket(session, participant, close, still_allowed)
        self._sockets[answer] = None

        def unwatch() -> None:
            self._sockets.pop(answer, None)

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
        for socket in [socket for socket in self._sockets if chosen(socket)]:
            socket.close(code)


def close_for_good(handler: WebSocketHandler, code: CloseCode) -> None:
    """Closes with the code and its sentence, and cuts the connection when the other side does not answer soon."""
    connection: Any = handler.ws_connection
    if connection is None:
        return
    handler.close(code.code, code.message)
    IOLoop.current().call_later(_ABORT_AFTER_S, connection._abort)
