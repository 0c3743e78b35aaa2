"""The push stream of the host's page: one JSON event per message. An open socket counts as the host being present."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ...core.events import Event
from ...core.presence import Person
from ...protocol.ids import ParticipantId
from ..events_ping import PING
from ..people_stream import PeopleStream
from ..round_trips import RoundTrips
from ..services import SETTINGS_KEY, Services
from .base import RESOURCE

_PRESENT_KEY = "cohost_host_pages"


class EventsSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Needs *read* on the resource; only who may *write* counts as the host."""

    _stop: Callable[[], None] | None = None
    _counts = _sees_files = False
    _people: PeopleStream | None = None
    _trips: RoundTrips | None = None

    @property
    def services(self) -> Services:
        services: Services = self.settings[SETTINGS_KEY]
        return services

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        if not await self._may("read"):
            raise web.HTTPError(403)
        if not self.token_authenticated and self.get_origin() is None:
            raise web.HTTPError(403, "a page says where it comes from")
        self._counts = await self._may("write")
        self._sees_files = await self._may("read", "contents")
        await super().get(*args, **kwargs)

    async def _may(self, action: str, resource: str = RESOURCE) -> bool:
        return bool(await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, resource)))

    def open(self, *args: str, **kwargs: str) -> None:
        super().open(*args, **kwargs)
        self.set_nodelay(True)
        self._tell({"type": "hello", "session": None})
        self._stop = self.services.sessions.subscribe(self._tell)
        if self._counts:
            self._present(+1)
        self._people = PeopleStream(self.services.presence, self._look, self._tell)
        self._trips = RoundTrips(self, self.services.presence.links, ParticipantId(self.current_user.username))

    def on_pong(self, data: bytes) -> None:
        super().on_pong(data)  # type: ignore[no-untyped-call]
        if self._trips is not None:
            self._trips.pong(data)

    def _look(self, ids: frozenset[str] | None) -> dict[str, Person]:
        everyone = self.services.presence.everyone()
        chosen = everyone if ids is None else {id_: everyone[id_] for id_ in ids if id_ in everyone}
        return (
            chosen
            if self._sees_files
            else {id_: replace(person, paths=(), front=None) for id_, person in chosen.items()}
        )

    def _tell(self, event: Event) -> None:
        try:
            self.write_message(json.dumps(event))
        except WebSocketClosedError:
            self.on_close()

    def on_message(self, message: str | bytes) -> None:
        """The page asks whether the server still answers; it has nothing else to say here."""
        if message == PING:
            self._tell({"type": "pong"})

    def on_close(self) -> None:
        if self._stop is None:
            return
        self._stop()
        self._stop = None
        if self._people is not None:
            self._people.stop()
        if self._trips is not None:
            self._trips.stop()
        if self._counts:
            self._present(-1)

    def _present(self, change: int) -> None:
        pages = self.settings.get(_PRESENT_KEY, 0) + change
        self.settings[_PRESENT_KEY] = pages
        self.services.sessions.host_present(pages > 0)
