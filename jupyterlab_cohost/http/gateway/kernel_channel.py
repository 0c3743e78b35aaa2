"""``api/kernels/<kernel>/channels``: the kernel's messages, each checked against what the guest may do now.

It is jupyter_server's own handler inside the process, so nothing is copied twice and no host credential is needed. The
identity on the kernel's sockets is derived from the guest: who chooses it could take over the host's connection.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.websocket import WebSocketClosedError

from ...protocol.close_codes import FORBIDDEN, MALFORMED, CloseCode
from ...protocol.errors import BadRequest
from .auth import GatewaySocketMixin
from .base import GuestMixin
from .kernel_messages import SUBPROTOCOL, Head, Malformed, read_head, refusal
from .kernel_watch import KernelWatch
from .sockets import close_for_good

_NO = "You cannot do this with the kernel of this session."


class KernelSocket(GuestMixin, GatewaySocketMixin, KernelWebsocketHandler):  # type: ignore[misc]
    """One guest's connection to one kernel of the session."""

    connection: Any = None
    #: No message passes any more.
    _out = False
    _watch: KernelWatch | None = None

    async def get(self, kernel_id: str) -> None:
        await self.kernels.kernel(kernel_id)
        if SUBPROTOCOL not in self.request.headers.get("Sec-WebSocket-Protocol", ""):
            raise BadRequest("Only the kernel protocol v1 is spoken here.")
        self.kernel_id = kernel_id
        kernel = self.kernel_manager.get_kernel(kernel_id)
        connection = self.settings["kernel_websocket_connection_class"]
        self.connection = connection(parent=kernel, websocket_handler=self, config=self.config)
        self.connection.session.session = self._identity()
        await ensure_async(self.connection.prepare())
        await super(KernelWebsocketHandler, self).get(kernel_id=kernel_id)

    def _identity(self) -> str:
        asked = self.get_query_argument("session_id", "")[:200]
        return hashlib.sha256(f"{self.session.id}\n{self.participant.id}\n{asked}".encode()).hexdigest()[:32]

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return SUBPROTOCOL

    async def open(self, kernel_id: str) -> None:
        self.register_socket(self._thrown_out)
        self._watch = self.parts.kernel_watches.open(kernel_id)
        await super().open(kernel_id)  # type: ignore[no-untyped-call]

    async def on_message(self, message: bytes | str) -> None:
        if not self.takes(message):
            return
        try:
            head = read_head(message)
        except Malformed:
            close_for_good(self, MALFORMED)
            return
        may_execute = await self._may_execute()
        if self.connection is None or self._watch is None or self._out:
            return
        if not may_execute:
            self._thrown_out(FORBIDDEN)
        elif head.is_allowed:
            if head.channel == "shell":
                self._watch.sent(self.participant.id, head, self._may_execute)
            if head.type == "execute_request":
                self.services.activity.worked()
            self.connection.handle_incoming_message(message)
        else:
            self._refuse(head)

    async def _may_execute(self) -> bool:
        """Asked for every message: role, scope and the documents' places may have changed."""
        return any(kernel["id"] == self.kernel_id for kernel in await self.kernels.kernels())

    def _refuse(self, head: Head) -> None:
        content = refusal(head, _NO)
        if content is None:
            return
        self._say("iopub", "status", {"execution_state": "busy"}, head)
        self._say(head.channel, head.type.replace("_request", "_reply"), content, head)
        self._say("iopub", "status", {"execution_state": "idle"}, head)

    def _say(self, channel: str, kind: str, content: dict[str, Any], parent: Head) -> None:
        session = self.connection.session
        message = session.msg(kind, content, parent=parent.header)
        frame = serialize_msg_to_ws_v1(message, channel, session.pack)  # type: ignore[no-untyped-call]
        self.write_message(frame, binary=True)

    def write_message(self, message: Any, binary: bool = False) -> Any:
        if binary and isinstance(message, bytes) and self._watch is not None:
            self._watch.saw(message)
        if not self._out:
            # The kernel may have answered in the moment in which the page closed.
            with contextlib.suppress(WebSocketClosedError):
                return super().write_message(message, binary=binary)
        return None

    def _thrown_out(self, code: CloseCode) -> None:
        """Removed, ended, another role: nothing more passes. What the guest runs is the kernel watch's to stop."""
        self._out = True
        close_for_good(self, code)
        self._disconnect()

    def on_close(self) -> None:
        self.unregister_socket()
        if not self._out:
            self._disconnect()

    def _disconnect(self) -> None:
        if self._watch is not None:
            self.parts.kernel_watches.close(self._watch)
            self._watch = None
        if self.connection is not None:
            super().on_close()  # type: ignore[no-untyped-call]
