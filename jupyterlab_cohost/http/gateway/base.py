"""What the handlers behind the guest credential share."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from jupyter_client.jsonutil import json_default

from ...protocol.roles import Capability
from .auth import GatewayHandler, GatewayMixin
from .files_of_session import SessionFiles
from .kernels_of_session import SessionKernels
from .parts import Parts, parts_of
from .paths import Guard
from .real_places import has_narrowed_below

#: Uploads come in pieces of 1 MB; what is larger in one piece must still fit the file limit as base64.
_BASE64 = 1.4


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

        return Guard(manager, lambda: self.session.scope, self.capabilities, held_back)

    @cached_property
    def files(self: Any) -> SessionFiles:
        manager, limits = self.services.contents, self.services.limits
        return SessionFiles(manager, self.guard, limits.file_bytes, limits.listing_entries, self.parts.is_open)

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

    def finish_nothing(self) -> None:
        self.set_status(204)
        self.clear_header("Content-Type")
        self.finish()

    def large_json_body(self) -> dict[str, Any]:
        """As ``json_body``, for a file in the body."""
        return self.json_body(int(self.services.limits.file_bytes * _BASE64) + 2**16)
