"""Round trips of an open WebSocket, by pings that carry when they left. Pages need not take part: browsers answer."""

from __future__ import annotations

import ipaddress
import struct
from time import monotonic
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.ioloop import PeriodicCallback
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..core.links import Link, Links, Via
from ..protocol.ids import ParticipantId

_EVERY_MS = 5_000
_TIME = struct.Struct("!d")
#: What proxies add.
_FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded")


def via_of(request: HTTPServerRequest) -> Via:
    """Behind a proxy on this server it cannot be told where somebody is: then it is the network."""
    if any(name in request.headers for name in _FORWARDED):
        return "network"
    try:
        address = ipaddress.ip_address(request.remote_ip or "")
    except ValueError:
        return "network"
    mapped = getattr(address, "ipv4_mapped", None)
    return "server" if (mapped or address).is_loopback else "network"


class RoundTrips:
    """Of one socket, from its opening until ``stop``; the socket passes its pongs on."""

    def __init__(self, socket: WebSocketHandler, links: Links, person: ParticipantId) -> None:
        self._socket, self._links = socket, links
        self._link: Link = links.open(person, via_of(socket.request))
        self._timer = PeriodicCallback(self._ping, _EVERY_MS)
        self._timer.start()
        self._ping()

    def _ping(self) -> None:
        connection: Any = self._socket.ws_connection
        if connection is None or connection.is_closing():
            return
        try:
            self._socket.ping(_TIME.pack(monotonic()))
        except WebSocketClosedError:
            self.stop()

    def pong(self, data: bytes) -> None:
        """Pongs to pings of other kinds, and made-up ones, say nothing."""
        if len(data) == _TIME.size:
            (sent,) = _TIME.unpack(data)
            seconds = monotonic() - sent
            if 0 <= seconds < _EVERY_MS:
                self._links.measured(self._link, seconds)

    def stop(self) -> None:
        """May be called twice."""
        self._timer.stop()
        self._links.close(self._link)
