"""Guests' work counts as activity of the host's server, so that idle culling does not end a session that lives.

An open page that does nothing sends pings and cursors: those do not count, and neither does reading.
"""

from __future__ import annotations

from typing import Any

from jupyter_server._tz import utcnow

_KEY = "cohost_guests"
_SYNC, _UPDATE = 0, 2


class Activity:
    """``settings``: the web application's; jupyter_server and JupyterHub look there for when it was last active."""

    def __init__(self, settings: dict[str, Any], enabled: bool) -> None:
        self._times: dict[str, Any] = settings.setdefault("last_activity_times", {})
        self._enabled = enabled

    def worked(self) -> None:
        """A guest did something now."""
        if self._enabled:
            self._times[_KEY] = utcnow()

    def room_message(self, message: str | bytes) -> None:
        """Only an edit is work (first byte: the kind, second: what of it)."""
        if isinstance(message, bytes) and message[:2] == bytes((_SYNC, _UPDATE)):
            self.worked()
