"""``chat``: a guest in the session's discussion."""

from __future__ import annotations

from jupyter_server.base.handlers import JupyterHandler

from ...core.chat_member import ChatPerson, Door
from ...core.chat_rooms import Chats, guest_person
from ...protocol.close_codes import ROLE_CHANGED, CloseCode
from ...protocol.errors import Forbidden
from ...protocol.roles import Capability
from ..chat_socket import ChatSocket
from .auth import GatewaySocketMixin
from .base import GuestMixin
from .flood_request import addresses
from .sockets import close_for_good


class GuestChatSocket(GuestMixin, GatewaySocketMixin, ChatSocket, JupyterHandler):  # type: ignore[misc]
    """Needs *chat*; asked for every message."""

    async def get(self) -> None:
        if not self.may_chat():
            raise Forbidden("You cannot chat in this session.")
        await super().get()

    def open(self, *args: str, **kwargs: str) -> None:
        super().open(*args, **kwargs)
        self.register_socket(self._changed)

    @property
    def chats(self) -> Chats:
        chats: Chats = self.services.chats
        return chats

    @property
    def chat_session(self) -> str:
        return self.session.id

    @property
    def person(self) -> ChatPerson:
        return guest_person(self.participant)

    def door(self) -> Door:
        account = self.participant.hub_user
        sources = (f"account {account}",) if account else addresses(self.request, self.services.server.trust_xheaders)
        return Door(self.participant.invite_id, sources)

    def may_chat(self) -> bool:
        is_in = self.session.participants.get(self.participant.id) is self.participant and not self.session.ended
        return is_in and Capability.CHAT in self.participant.capabilities("")

    def joined_at(self) -> int:
        return int(self.participant.joined_at * 1000)

    def _changed(self, code: CloseCode) -> None:
        """A change of role is told to all; whatever else closes the socket, at once and for good."""
        if code is ROLE_CHANGED and self.may_chat():
            discussion = self.chats.find(self.chat_session)
            if discussion is not None:
                discussion.changed(self.client)
            return
        self.leave_chat(clean=True)
        close_for_good(self, code)

    def on_message(self, message: str | bytes) -> None:
        """Besides the chat's own rates, whatever a guest sends counts with what they send to rooms and kernels."""
        if self.takes(message):
            super().on_message(message)

    def on_close(self) -> None:
        self.unregister_socket()
        super().on_close()
