"""``sessions/<id>/chat``: a page of the host in the session's discussion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from ...core.chat_member import ChatPerson
from ...core.chat_rooms import Chats
from ...core.events import Event
from ...protocol.errors import CohostError
from ...protocol.ids import ParticipantId
from ...protocol.roles import Role
from ..chat_socket import ChatSocket
from ..services import SETTINGS_KEY, Services
from .base import RESOURCE, host_user


class HostChatSocket(ChatSocket, JupyterHandler):
    """Needs *write* on the resource: the host, or who may stand in for them."""

    _session = ""
    _stop_names: Callable[[], None] = staticmethod(lambda: None)

    @property
    def services(self) -> Services:
        services: Services = self.settings[SETTINGS_KEY]
        return services

    @ws_authenticated
    async def get(self, session_id: str, *args: Any, **kwargs: Any) -> None:
        allowed = self.authorizer.is_authorized(self, self.current_user, "write", RESOURCE)
        if not await ensure_async(allowed):
            raise web.HTTPError(403)
        if not self.token_authenticated and self.get_origin() is None:
            raise web.HTTPError(403, "a page says where it comes from")
        try:
            self._session = self.services.sessions.get(session_id).id
        except CohostError as error:
            raise web.HTTPError(error.status, error.message) from None
        await super().get(session_id, *args, **kwargs)

    def open(self, *args: str, **kwargs: str) -> None:
        super().open(*args, **kwargs)
        self._stop_names = self.services.sessions.subscribe(self._session_event)

    def _session_event(self, event: Event) -> None:
        discussion = self.chats.find(self._session)
        if event.get("host_renamed") and discussion is not None:
            discussion.changed(self.client)

    def on_close(self) -> None:
        self._stop_names()
        super().on_close()

    @property
    def chats(self) -> Chats:
        chats: Chats = self.services.chats
        return chats

    @property
    def chat_session(self) -> str:
        return self._session

    @property
    def person(self) -> ChatPerson:
        user, role = host_user(self.services, self.current_user), Role.HOST.value
        id_ = ParticipantId(user.username)
        return ChatPerson(id_, user.name, user.color, user.initials, role, host=True, verified=True)

    def may_chat(self) -> bool:
        return True

    def joined_at(self) -> int:
        return 0
