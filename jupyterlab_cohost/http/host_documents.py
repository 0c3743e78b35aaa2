"""The host's documents: ``POST cohost/api/documents`` and the room socket ``cohost/rooms/<document>``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jupyter_client.jsonutil import json_default
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from ..core.events import Event
from ..core.ports import Identity, Kind
from ..core.rooms import Rooms
from ..protocol.close_codes import ROLE_CHANGED
from ..protocol.errors import BadRequest, NotFound, Unsupported
from ..protocol.limits import Limits
from ..protocol.roles import NOTHING, Capabilities, Capability, Role, capabilities_of, most_like
from .host_api.base import HostHandler, host_user
from .room_socket import RoomSocket
from .services import SETTINGS_KEY, Services


def normal_path(path: object) -> str:
    """A path below the content root without tricks. Raises BadRequest, NotFound."""
    if not isinstance(path, str):
        raise BadRequest("The path is missing.")
    parts = path.strip("/").split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        raise NotFound("This document does not exist.")
    return "/".join(parts)


def kind_of(body: dict[str, Any]) -> Kind:
    """Raises Unsupported for what is not text, and for documents of other extensions: as text they would be damaged."""
    type_, format_ = body.get("type", "file"), body.get("format", "text")
    if not isinstance(type_, str) or not isinstance(format_, (str, type(None))):
        raise BadRequest("The type or format is not text.")
    if type_ == "notebook":
        return "notebook"
    if type_ != "file" or format_ == "base64":
        raise Unsupported("This is not a text file, so it cannot be edited together.")
    return "file"


class DocumentsHandler(HostHandler):
    """``{"path", "type", "format"}`` → ``{"id", "epoch", "model", "others"}``."""

    @web.authenticated
    @authorized("read", "contents")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        self.services.other.check_host()
        body = self.body()
        path, kind = normal_path(body.get("path")), kind_of(body)
        model = await self._model(path)
        opened = await self.services.rooms.open(path, kind)
        model["type"] = kind
        answer = {
            "id": opened.record.id,
            "epoch": opened.epoch,
            "model": {**model, "content": None},
            "others": self.services.touched.covers(path),
        }
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(answer, default=json_default))

    async def _model(self, path: str) -> dict[str, Any]:
        """The contents manager refuses what is not there or hidden."""
        try:
            model: dict[str, Any] = await ensure_async(self.services.server.contents_manager.get(path, content=False))
        except web.HTTPError as error:
            if error.status_code in (400, 403, 404):
                raise NotFound("This document does not exist.") from error
            raise
        if model.get("type") == "directory":
            raise Unsupported("This is a folder; open a file in it.")
        return model


class HostRoomSocket(RoomSocket, JupyterHandler):
    """Needs *read* on contents; what else it may do is the authorizer's word at the time of opening."""

    _capabilities: Capabilities = NOTHING
    _stop_names: Callable[[], None] = staticmethod(lambda: None)

    @property
    def services(self) -> Services:
        services: Services = self.settings[SETTINGS_KEY]
        return services

    @property
    def rooms(self) -> Rooms:
        return self.services.rooms

    @property
    def room_limits(self) -> Limits:
        return self.services.limits

    @ws_authenticated
    async def get(self, document_id: str) -> None:
        self._capabilities = await self._asked()
        if Capability.READ not in self._capabilities:
            raise web.HTTPError(403)
        if not self.token_authenticated and self.get_origin() is None:
            raise web.HTTPError(403, "a page says where it comes from")
        await super().get(document_id)

    async def _asked(self) -> Capabilities:
        granted: set[Capability] = set()
        if await self._may("read", "contents"):
            granted |= {Capability.READ, Capability.CHAT}
        if await self._may("write", "contents"):
            granted.add(Capability.EDIT)
        if await self._may("execute", "kernels"):
            granted.add(Capability.EXECUTE)
        everything = capabilities_of(Role.HOST) - {Capability.MANAGE}
        return capabilities_of(Role.HOST) if granted >= everything else frozenset(granted)

    async def _may(self, action: str, resource: str) -> bool:
        return bool(await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, resource)))

    def open(self, document_id: str) -> None:
        super().open(document_id)
        self._stop_names = self.services.sessions.subscribe(self._session_event)

    def _session_event(self, event: Event) -> None:
        """Under another name the page connects anew: who somebody is, is told once per connection."""
        if event.get("host_renamed"):
            self.close_room(ROLE_CHANGED)

    def on_close(self) -> None:
        self._stop_names()
        super().on_close()

    def room_identity(self) -> Identity:
        return host_user(self.services, self.current_user).identity(most_like(self._capabilities))

    def room_capabilities(self) -> Capabilities:
        return self._capabilities


def document_routes() -> list[tuple[str, type[Any]]]:
    """Routes below the server's base URL."""
    return [
        ("/cohost/api/documents", DocumentsHandler),
        ("/cohost/rooms/([A-Za-z0-9_-]{1,64})", HostRoomSocket),
    ]
