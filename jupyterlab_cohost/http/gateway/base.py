"""What the handlers behind the guest credential share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from jupyter_client.jsonutil import json_default
from tornado.web import Finish

from ...protocol.errors import TooLarge
from ...protocol.roles import Capability
from ...storage.json_values import has_too_many_values
from .auth import GatewayHandler, GatewayMixin
from .files_of_session import SessionFiles
from .kernels_of_session import SessionKernels
from .parts import Parts, parts_of
from .paths import Guard
from .real_places import has_narrowed_below

#: Uploads come in pieces of 1 MB; what is larger in one piece must still fit the file limit as base64.
_BASE64 = 1.4
#: Who is sent a large answer has so many seconds, and then one for so many bytes.
_PATIENCE_S, _SLOWEST = 30.0, 128 * 1024


class GuestMixin(GatewayMixin):
    """Contents and kernels, as this guest may use them."""

    @property
    def parts(self: Any) -> Parts:
        return parts_of(self.settings)

    @cached_property
    def guard(self: Any) -> Guard:
        manager = self.services.contents

        def held_back(path: str) -> bool:
            return has_narrowed_below(manager, self.participant, path, Capability.EDIT) is not None

        def shared_below(path: str) -> bool:
            return any(session.scope.leads_to(path) for session in self.sessions.live())

        return Guard(manager, lambda: self.session.scope, self.capabilities, held_back, shared_below)

    @cached_property
    def files(self: Any) -> SessionFiles:
        manager, limits = self.services.contents, self.services.limits
        parts = self.parts
        return SessionFiles(manager, self.guard, limits.file_bytes, limits.listing_entries, parts.is_open, parts.steady)

    @cached_property
    def kernels(self: Any) -> SessionKernels:
        return SessionKernels(self.services.server, self.guard, self.parts.starting)


class Handler(GuestMixin, GatewayHandler):  # type: ignore[misc]
    """A plain request of a guest."""

    def finish_json(self, value: object, status: int = 200) -> None:
        """JSON with dates as Jupyter writes them."""
        self.check_still_in()
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value, default=json_default))

    @asynccontextmanager
    async def large_turn(self, size: int) -> AsyncIterator[None]:
        """While a file of ``size`` bytes is read and sent. It ends when the guest is out. Raises TooManyRequests, and
        Finish when nobody is there any more.
        """
        stream: Any = self.request.connection.stream  # type: ignore[union-attr]
        mine = (self.session.id, self.participant.id)
        stop = self.services.sockets.watch(*mine, lambda _code: stream.close(), lambda: True)
        try:
            async with self.parts.large_answers.turn(self.participant.id, size):
                if self._gone.is_set():
                    raise Finish
                yield
        finally:
            stop()

    async def finish_large_json(self, value: object) -> None:
        """As ``finish_json``, and waits until it was read: who reads slower than 128 KiB in a second is cut off."""
        self.check_still_in()
        data = json.dumps(value, default=json_default).encode()
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Length", str(len(data)))
        self.write(data)
        sending: asyncio.Future[Any] = asyncio.ensure_future(self.flush())
        gone: asyncio.Future[Any] = asyncio.ensure_future(self._gone.wait())
        patience = _PATIENCE_S + len(data) / _SLOWEST
        await asyncio.wait({sending, gone}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if sending.done() and sending.exception() is None and not self._gone.is_set():
            await self.finish()
            return
        sending.cancel()
        self.request.connection.stream.close()  # type: ignore[union-attr]
        self._finished = True

    def on_connection_close(self) -> None:
        self._gone.set()
        super().on_connection_close()

    @cached_property
    def _gone(self) -> asyncio.Event:
        """The other side has hung up."""
        return asyncio.Event()

    def finish_nothing(self) -> None:
        self.set_status(204)
        self.clear_header("Content-Type")
        self.finish()

    def large_json_body(self) -> dict[str, Any]:
        """As ``json_body``, for a file in the body: only of who may write it. Raises TooLarge."""
        if has_too_many_values(self.request.body):
            raise TooLarge(
                "This notebook has too many values to be uploaded in one piece. Ask the host to put it there."
            )
        return self.json_body(int(self.services.limits.file_bytes * _BASE64) + 2**16)
