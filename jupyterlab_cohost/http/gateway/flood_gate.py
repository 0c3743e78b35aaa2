"""While somebody tries wrong secrets, new connections are looked at before HTTP is: a refused try costs no request.

The gate is open until a try is refused the ordinary way (``TryingHandler``), and opens again a minute after the last.
It takes nothing off the wire but what it refuses: everything else, whole or in part, goes to tornado as it came. TLS,
later requests of a connection, and a server of another make go the ordinary way.
"""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable
from typing import Any

from tornado.ioloop import IOLoop
from tornado.iostream import IOStream, SSLIOStream

from .flood_answers import Parked
from .flood_request import MAX_REQUEST, Try, TryReader

_CLOSED_FOR_S = 60.0
#: A request that comes in pieces is looked at again so many times, so many seconds apart.
_LOOKS, _AGAIN_S = 5, 0.01

#: Whether a try is refused, by session, body and the addresses that it may come from.
Judge = Callable[[str, bytes, tuple[str, ...]], bool]


class Gate:
    """``parked`` is where refused connections go."""

    def __init__(self, parked: Parked, judge: Judge) -> None:
        self._parked, self._judge = parked, judge
        self._until = 0.0
        self._reader = TryReader("/")
        self._xheaders = False
        self._pass_on: Callable[[IOStream, Any], Any] | None = None
        #: Connections of which nothing has come yet, by file descriptor.
        self._silent: dict[int, tuple[IOStream, Any]] = {}

    def install(self, http_server: Any, base_url: str) -> None:
        """``http_server``: tornado's ``HTTPServer``. What does not look like one is left alone."""
        handle = getattr(http_server, "handle_stream", None)
        if not inspect.ismethod(handle) or inspect.iscoroutinefunction(handle) or self._pass_on is not None:
            return
        self._pass_on, self._reader = handle, TryReader(base_url)
        self._xheaders = bool(getattr(http_server, "xheaders", False))
        http_server.handle_stream = self._handle_stream

    @property
    def is_closed(self) -> bool:
        """Whether connections are looked at."""
        return self._until != 0.0

    def close_for_a_while(self) -> None:
        """A try was refused."""
        if self._pass_on is None:
            return
        loop = IOLoop.current()
        if not self.is_closed:
            loop.call_later(_CLOSED_FOR_S, self._open)
        self._until = loop.time() + _CLOSED_FOR_S

    def _open(self) -> None:
        """Unless there were more meanwhile; who has said nothing yet is tornado's from then on."""
        loop = IOLoop.current()
        if loop.time() < self._until:
            loop.call_at(self._until, self._open)
            return
        self._until = 0.0
        for stream, address in list(self._silent.values()):
            self._spoke(stream)
            self._hand_over(stream, address)

    def _handle_stream(self, stream: IOStream, address: Any) -> None:
        if not self.is_closed or isinstance(stream, SSLIOStream):
            self._hand_over(stream, address)
        else:
            self._look(stream, address, _LOOKS)

    def _hand_over(self, stream: IOStream, address: Any) -> None:
        assert self._pass_on is not None
        self._pass_on(stream, address)

    def _look(self, stream: IOStream, address: Any, looks: int) -> None:
        """Takes nothing from the socket."""
        try:
            data = stream.socket.recv(MAX_REQUEST, socket.MSG_PEEK)
        except BlockingIOError:
            self._await(stream, address)
            return
        except OSError:
            self._hand_over(stream, address)
            return
        found = self._reader.read(data) if data else False
        if isinstance(found, Try):
            self._judged(found, stream, address, len(data))
        elif found and looks:
            IOLoop.current().call_later(_AGAIN_S, self._look, stream, address, looks - 1)
        else:
            self._hand_over(stream, address)

    def _judged(self, found: Try, stream: IOStream, address: Any, size: int) -> None:
        if not self._judge(found.session, found.body, self._remotes(stream, address, found)):
            self._hand_over(stream, address)
            return
        self.close_for_a_while()
        stream.socket.recv(size)  # a connection that is closed with something unread takes the answer with it
        self._parked.refuse(stream)

    def _remotes(self, stream: IOStream, address: Any, found: Try) -> tuple[str, ...]:
        """As ``TryingHandler.remotes``."""
        if self._xheaders and found.forwarded:
            return found.forwarded
        has_address = stream.socket.family in (socket.AF_INET, socket.AF_INET6)
        return (str(address[0]) if has_address else "0.0.0.0",)

    def _await(self, stream: IOStream, address: Any) -> None:
        """Until the first bytes are there."""
        self._silent[stream.socket.fileno()] = (stream, address)

        def speaks(_: Any, __: int) -> None:
            self._spoke(stream)
            self._look(stream, address, _LOOKS)

        IOLoop.current().add_handler(stream.socket, speaks, IOLoop.READ)

    def _spoke(self, stream: IOStream) -> None:
        IOLoop.current().remove_handler(stream.socket)
        del self._silent[stream.socket.fileno()]
