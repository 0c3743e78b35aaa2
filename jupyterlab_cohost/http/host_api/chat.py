"""``sessions/<id>/chat``: a page of the host in the session's discussion."""

from __future__ import annotations

from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from ...core.chat_member import ChatPerson
from ...core.chat_rooms import Chats
from ...protocol.errors import CohostError
from ...protocol.ids import ParticipantId
from ...protocol.roles import Role
from ..chat_socket import ChatSocket
from ..services import SETTINGS_KEY, Services
from .base import RESOURCE, host_user

_COLOR = "#616161"


class HostChatSocket(ChatSocket, JupyterHandler):
    """Needs *write* on the resource: the host, or who may stand in for them."""

    _session = ""

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
        id_, color = ParticipantId(user.username), user.color or _COLOR
        return ChatPerson(id_, user.name, color, user.initials, role, host=True, verified=True)

    def may_chat(self) -> bool:
        return True

    def joined_at(self) -> int:
        return 0
