"""The chat's WebSocket, for host and guests alike: frames to the discussion and back, nothing decided or kept here."""

from __future__ import annotations

from tornado.ioloop import PeriodicCallback

from ..core.chat_limits import CHAT_LIMITS
from ..core.chat_member import ChatPerson, Door
from ..core.chat_rooms import Chats
from ..protocol.close_codes import MALFORMED, CloseCode
from .frame_socket import FrameSocket
from .gateway.sockets import close_for_good
from .shared_frame import FINAL_TEXT, SharedFrame

#: A page that closed its tab, or left for another address.
_CLEAN = (1000, 1001)


class ChatSocket(FrameSocket):
    """Base class: a subclass checks who it is in ``get`` and says so below."""

    shared = SharedFrame(FINAL_TEXT)
    _pings: PeriodicCallback | None = None

    # What a subclass says

    @property
    def chats(self) -> Chats:
        raise NotImplementedError

    @property
    def chat_session(self) -> str:
        raise NotImplementedError

    @property
    def person(self) -> ChatPerson:
        raise NotImplementedError

    def door(self) -> Door:
        return Door()

    def may_chat(self) -> bool:
        raise NotImplementedError

    def joined_at(self) -> int:
        raise NotImplementedError

    def close_chat(self, code: CloseCode) -> None:
        close_for_good(self, code)

    # tornado's side

    @property
    def max_message_size(self) -> int:
        return CHAT_LIMITS.frame_bytes

    @property
    def ping_interval(self) -> int:
        """Neither tornado's pings nor Jupyter's: a browser answers ours even in a tab that sleeps, the discussion
        decides who is gone."""
        return 0

    def open(self, *args: str, **kwargs: str) -> None:
        self.start_frames(CHAT_LIMITS.send_buffer_bytes)
        self._pings = PeriodicCallback(self.ping_page, CHAT_LIMITS.beat_ms)
        self._pings.start()

    def on_pong(self, data: bytes) -> None:
        discussion = self.chats.find(self.chat_session)
        if discussion is not None:
            discussion.beat(self.client)

    def on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.close_chat(MALFORMED)
        else:
            self.chats.receive(self.chat_session, self.client, message)

    def leave_chat(self, *, clean: bool) -> None:
        discussion = self.chats.find(self.chat_session)
        if discussion is not None:
            discussion.leave(self.client, clean=clean)
        self.shared.forget()

    def on_close(self) -> None:
        if self._pings is not None:
            self._pings.stop()
        self.leave_chat(clean=self.close_code in _CLEAN)

    @property
    def client(self) -> SocketClient:
        if not hasattr(self, "_client"):
            self._client = SocketClient(self)
        return self._client


class SocketClient:
    """The handler as ``core.chat_member.ChatClient``; tornado's ``close`` has another shape."""

    def __init__(self, socket: ChatSocket) -> None:
        self._socket = socket

    def door(self) -> Door:
        return self._socket.door()

    def may_chat(self) -> bool:
        return self._socket.may_chat()

    def joined_at(self) -> int:
        return self._socket.joined_at()

    def send(self, frame: bytes) -> bool:
        return self._socket.send_frame(frame)

    def close(self, code: CloseCode) -> None:
        self._socket.close_chat(code)

    @property
    def person(self) -> ChatPerson:
        return self._socket.person
