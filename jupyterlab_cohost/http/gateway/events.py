"""``events``: one stream that says what changed, so that a guest's page needs no polling; and JupyterLab's own, silent.

Text frames of JSON, each ``{"type", …}``: ``me`` (at the start, and when the role or the session changes; the body of
``GET me``), ``people``, ``person`` and ``person-gone`` (who is here, in which files of the scope), ``summon``
(somebody asks to look at a place), ``contents`` (``action``, ``path``, ``old_path``: only those in the scope),
``kernels`` (ask for ``api/sessions`` again), ``host`` (``present``), ``ask-declined`` (the host says *Not now*). The
socket closes with ``session_ended`` or ``removed``. A page that sends ``{"type": "ping"}`` is answered ``{"type":
"pong"}``: browsers do not tell it of a connection that is open on its side only.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.websocket import WebSocketHandler

from ...core.presence import Person
from ...protocol.close_codes import ROLE_CHANGED, TOO_SLOW, CloseCode
from ...protocol.roles import Capability
from ..events_ping import PING
from ..people_stream import PeopleStream
from ..polite_close import PoliteSocketMixin
from ..round_trips import RoundTrips
from ..write_through import waiting_bytes
from .auth import GatewaySocketMixin
from .base import GuestMixin
from .me import about_me
from .sockets import close_for_good

#: Of what is hardly heard.
_MESSAGE_BYTES = 4096
#: What may wait for a page that does not read.
_BUFFER_BYTES = 2**20
#: A kernel's start is told before its session stands in the table.
_SETTLE_S = 0.3


class QuietSocket(  # type: ignore[misc]
    GuestMixin, GatewaySocketMixin, PoliteSocketMixin, WebSocketMixin, WebSocketHandler, JupyterHandler
):
    """``api/events/subscribe``: accepted, says nothing, hears nothing."""

    @property
    def max_message_size(self) -> int:
        return _MESSAGE_BYTES

    def open(self) -> None:
        super().open()
        self.register_socket(self._ended)

    def _ended(self, code: CloseCode) -> None:
        close_for_good(self, code)

    def on_message(self, message: bytes | str) -> None:
        """Nothing that a guest says here is heard; it counts all the same."""
        self.takes(message)

    def on_close(self) -> None:
        self.unregister_socket()


class EventsSocket(QuietSocket):
    """``events``."""

    def open(self) -> None:
        super().open()
        self._stop = self.parts.feed.subscribe(self._heard)
        self._stop_sessions = self.services.sessions.subscribe(self._session_event)
        self._soon: asyncio.TimerHandle | None = None
        self.tell("me", **about_me(self))
        self._people = PeopleStream(self.services.presence, self._look, self._tell_event)
        self._trips = RoundTrips(self, self.services.presence.links, self.participant.id)

    def on_message(self, message: bytes | str) -> None:
        if self.takes(message) and message == PING:
            self.tell("pong")

    def on_pong(self, data: bytes) -> None:
        super().on_pong(data)  # type: ignore[no-untyped-call]
        self._trips.pong(data)

    def _tell_event(self, event: dict[str, Any]) -> None:
        self.tell(event["type"], **{key: value for key, value in event.items() if key != "type"})

    def _look(self, ids: frozenset[str] | None) -> dict[str, Person]:
        return self.services.presence.seen_by(self.session, self._shows, ids)

    def tell(self, kind: str, **details: Any) -> None:
        """Sends one event; a page that does not read is closed, and gets all anew when it comes back."""
        if waiting_bytes(self.ws_connection) > _BUFFER_BYTES:
            close_for_good(self, TOO_SLOW)
        elif self.ws_connection is not None:
            self.write_message(json.dumps({"type": kind, **details}))

    def _ended(self, code: CloseCode) -> None:
        if code is ROLE_CHANGED:
            self.tell("me", **about_me(self))
        else:
            close_for_good(self, code)

    def _session_event(self, event: dict[str, Any]) -> None:
        if event["type"] == "session-changed" and event["session"] == self.session.id:
            self.tell("me", **about_me(self))
        elif event["type"] == "host-present":
            self.tell("host", present=event["present"])
        elif event["type"] == "ask-declined" and event["participant"] == self.participant.id:
            self.tell("ask-declined")
        elif event["type"] == "summon":
            self._summoned(event)

    def _summoned(self, event: dict[str, Any]) -> None:
        """By the host of this session or another guest of it, to a place that this guest may see."""
        is_mine = event["session"] == self.session.id and event["participant"] != self.participant.id
        if is_mine and self._shows(event["path"]):
            self.tell("summon", **{key: event[key] for key in ("participant", "name", "color", "path", "cell")})

    def _heard(self, kind: str, details: dict[str, str]) -> None:
        if kind == "kernels":
            self._kernels_soon()
            return
        if self.session.id in details.get("followed", "").split() and self._is_told_of(details["path"]):
            # What was shared has another path: its old one was theirs to know.
            self.tell("contents", action="rename", path=details["path"], old_path=details["old_path"])
            return
        shown = {key: path for key in ("path", "old_path") if (path := details.get(key)) and self._shows(path)}
        if shown:
            self.tell("contents", action=details.get("action", ""), **shown)

    def _is_told_of(self, path: str) -> bool:
        return self._shows(path) or self.session.leads_to(path)

    def _shows(self, path: str) -> bool:
        return self.can(Capability.READ, path)

    def _kernels_soon(self) -> None:
        if self._soon is None and Capability.EXECUTE in self.participant.capabilities(""):
            self._soon = asyncio.get_running_loop().call_later(_SETTLE_S, self._kernels_now)

    def _kernels_now(self) -> None:
        self._soon = None
        self.tell("kernels")

    def on_close(self) -> None:
        super().on_close()
        self._stop()
        self._stop_sessions()
        self._people.stop()
        self._trips.stop()
        if self._soon is not None:
            self._soon.cancel()
