"""Another server extension that binds documents to rooms of its own: two such would write one file against each other.

It is known by what is really there, not by what is installed: a route for its rooms in the running server.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ..protocol.errors import Conflict
from ..protocol.sentences import sentence

_ROOMS = "api/collaboration/room"
_OURS = __package__.partition(".")[0]
_YDOC, _DOCUMENTS = "jupyter_server_ydoc", "jupyter_server_documents"
#: Why, and what to do.
_REASONS = {
    _YDOC: "Sharing is off while jupyter-collaboration is on, because both would write the same files: to share, "
    "start the server with --YDocExtension.disable_rtc=True.",
    _DOCUMENTS: "Sharing is off while jupyter-server-documents is on, because both would write the same files: to "
    "share, uninstall it and start the server again.",
}
_ANY_OTHER = (
    "Sharing is off while %1 is on, because both would write the same files: to share, switch it off and start the "
    "server again."
)


class OtherServerRuns(Conflict):
    """Nothing is shared, and no room is opened, while another extension does the same."""

    code = "other_server"


class OtherServer:
    """Looked for when the first request comes: all extensions are loaded then, and none is loaded later."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @cached_property
    def reason(self) -> str:
        """Why nothing can be shared and what to do, in one sentence for the host; "" without such a server."""
        module = self._module()
        if module is None:
            return ""
        return _REASONS.get(module) or sentence(_ANY_OTHER, module)

    def check_host(self) -> None:
        """Raises OtherServerRuns with the sentence for the host."""
        if self.reason:
            raise OtherServerRuns(self.reason)

    def check_room(self) -> None:
        """Raises OtherServerRuns with a sentence that a close frame can carry (123 bytes)."""
        if self.reason:
            raise OtherServerRuns(
                "Another collaboration extension is on: sharing is off, and changes here are not kept."
            )

    def check_guest(self) -> None:
        """Raises OtherServerRuns with a sentence that says nothing of the host's server."""
        if self.reason:
            raise OtherServerRuns("The host's server cannot share anything at the moment. Ask the host.")

    def _module(self) -> str | None:
        """The top package of whoever serves rooms."""
        modules = [module.partition(".")[0] for module in _modules_of_rooms(self._server.web_app)]
        others = [module for module in modules if module != _OURS and not self._is_switched_off(module)]
        return others[0] if others else None

    def _is_switched_off(self, module: str) -> bool:
        """jupyter-collaboration stands by when its administrator says so: its pages bind nothing then."""
        apps = self._server.extension_manager.extension_apps.get(module, ())
        return any(getattr(app, "disable_rtc", False) for app in apps)


def _modules_of_rooms(web_app: Any) -> Iterator[str]:
    for host in web_app.default_router.rules:
        for rule in getattr(host.target, "rules", ()):
            pattern = getattr(getattr(rule.matcher, "regex", None), "pattern", "")
            # Some name the pattern with escaped slashes or dashes.
            if _ROOMS in pattern.replace("\\", ""):
                yield str(getattr(rule.target, "__module__", ""))
