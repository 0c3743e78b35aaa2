"""The Jupyter Server extension: settings with help text, and the wiring of the parts. Nothing imports this."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Unicode

from .core.sessions import Sessions
from .core.sessions_clock import SystemClock
from .http.gateway.join import join_routes
from .http.gateway.routes import gateway_routes
from .http.host_api import handlers as host_api_routes
from .http.services import SETTINGS_KEY, Services
from .protocol.limits import DEFAULT_LIMITS
from .storage.session_store import JsonSessionStore


class Cohost(ExtensionApp):  # type: ignore[misc]
    """Real-time collaboration on the host's own server."""

    name = "jupyterlab_cohost"
    extension_url = "/lab"
    load_other_extensions = True

    public_url = Unicode(
        "", config=True, help="The address under which guests reach this server, for example https://lab.example.org/."
    )

    def initialize_handlers(self) -> None:
        """Routes of rooms, sessions and the gateway."""
        limits = DEFAULT_LIMITS
        self.sessions = self._open_sessions()
        services = Services(self._open_rooms(), self.sessions, limits, self.public_url, self.serverapp)
        self.settings[SETTINGS_KEY] = services
        self.serverapp.web_app.settings[SETTINGS_KEY] = services
        self.handlers.extend(self._room_routes())
        self.handlers.extend(host_api_routes())
        self.handlers.extend(join_routes())
        self.handlers.extend(gateway_routes())

    def _open_sessions(self) -> Sessions:
        store = JsonSessionStore(Path(jupyter_data_dir()) / "cohost" / "sessions.json")
        sessions = Sessions(store, SystemClock(), DEFAULT_LIMITS)
        for notice in store.notices:
            self.log.warning("cohost: %s", notice)
        return sessions

    def _open_rooms(self) -> Any:
        """Rooms with their journal and files."""
        return None

    def _room_routes(self) -> list[tuple[str, Any]]:
        """The host's rooms."""
        return []

    async def stop_extension(self) -> None:
        """Everything is written before the server exits."""
        self.sessions.close()
