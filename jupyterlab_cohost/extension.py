"""The Jupyter Server extension: settings with help text, and the wiring of the parts. Nothing imports this."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Float, Int, List, Unicode

from .core.rooms import Rooms
from .core.sessions import Sessions
from .core.sessions_clock import SystemClock
from .core.touched import Touched
from .extension_policy import CohostPolicy
from .http.audit import Audit
from .http.exports import export_routes
from .http.gateway.join import join_routes
from .http.gateway.paths import leads_out
from .http.gateway.routes import gateway_routes
from .http.host_api import handlers as host_api_routes
from .http.host_documents import document_routes
from .http.identities.address import Address, address_of
from .http.interrupts import stop_on_interrupt
from .http.memory import GivesBack, keep_what_is_loaded
from .http.metrics import Metrics
from .http.one_kernel import share_kernels
from .http.renames import announce_moves, follow_renames, know_folders
from .http.services import SETTINGS_KEY, Services
from .protocol.errors import StorageFailed
from .protocol.limits import DEFAULT_LIMITS, Limits
from .storage.files import ContentsStore
from .storage.journal import SqliteJournal
from .storage.journal_place import journal_path
from .storage.merge import merge
from .storage.session_store import JsonSessionStore, open_session_store
from .storage.shared_folders import SharedFolders
from .storage.watcher import FileWatcher

#: A disk that hangs keeps no server from stopping.
_SHUTDOWN_S = 60.0


class Cohost(ExtensionApp):
    """Real-time collaboration on the host's own server."""

    name = "jupyterlab_cohost"
    extension_url = "/lab"
    load_other_extensions = True

    classes = [CohostPolicy]  # noqa: RUF012

    public_url = Unicode(
        "", config=True, help="The address under which guests reach this server, for example https://lab.example.org/."
    )

    host_name = Unicode(
        "",
        config=True,
        help="The name that guests read for the host. Empty: what the host says in the dialog, or the identity's.",
    )

    file_bytes = Int(
        DEFAULT_LIMITS.file_bytes, config=True, help="The largest file, in bytes, that is opened as a shared document."
    )
    file_notifications = Bool(
        True,
        config=True,
        help="Whether the system is asked to tell when another program changes an open file. Off: files are only "
        "looked at, every file_look_s seconds, as they are anyway on network storage that does not tell.",
    )
    file_look_s = Float(
        2.0, min=0.1, config=True, help="How often, in seconds, each open file is looked at for changes from outside."
    )
    meeting_grace_s = Float(
        DEFAULT_LIMITS.ad_hoc_grace_s,
        config=True,
        help="How long, in seconds, a session that is not ongoing outlives the host's last open page.",
    )

    guest_activity = Bool(
        True,
        config=True,
        help="Whether the guests' work (edits, runs, file changes) counts as activity of this server, "
        "so that it is not culled as idle while they work. Open pages that do nothing never count.",
    )
    guest_messages_per_s = Float(
        DEFAULT_LIMITS.guest_messages_per_s,
        min=1,
        config=True,
        help="How many WebSocket messages one guest may send per second, on average over ten seconds.",
    )
    guest_bytes_per_s = Float(
        DEFAULT_LIMITS.guest_bytes_per_s,
        min=1024,
        config=True,
        help="How many bytes one guest may send per second over WebSockets, apart from bursts.",
    )

    guest_structs = Float(
        DEFAULT_LIMITS.guest_structs,
        min=1000,
        config=True,
        help="How much one guest who may not run code may add to documents that are open: pieces of text, entries of "
        "a notebook (which count three) and the like; about 300 bytes of the server's memory each.",
    )

    guest_sockets = Int(
        DEFAULT_LIMITS.guest_sockets,
        min=4,
        config=True,
        help="How many WebSockets and downloads one guest may have open at once: a page has three, and one for each "
        "document and kernel. All guests together have at most half of the process's descriptors.",
    )
    joins_at_once = Int(
        DEFAULT_LIMITS.joins_at_once,
        min=1,
        config=True,
        help="How many people may come into a session at once from one network address; after that two a second do, "
        "and the others wait.",
    )

    hub_service_url = Unicode(
        "",
        config=True,
        help="The hub service of this package as this server reaches it, for example "
        "http://127.0.0.1:10101/services/cohost/. Empty: what COHOST_HUB_SERVICE_URL says. "
        "With it, links can be limited to members, users and groups of the JupyterHub.",
    )

    guest_extensions = List(
        Unicode(),
        config=True,
        help="Prebuilt JupyterLab extensions of the host, by package name, that a guest's page loads besides "
        "the known renderers and widgets. They run in the guest's page with the guest's rights.",
    )

    def initialize_handlers(self) -> None:
        """Routes of rooms, sessions and the gateway."""
        limits = self._limits()
        server = self._server()
        hub_address = self._hub_address()
        self.sessions = self._open_sessions(limits, identities=hub_address is not None)
        self.touched = self._open_touched()
        self.rooms = self._open_rooms(limits)
        services = Services(
            self.rooms,
            self.sessions,
            limits,
            self.public_url,
            server,
            touched=self.touched,
            host_name=self.host_name,
            guest_activity=self.guest_activity,
            guest_extensions=tuple(self.guest_extensions),
        )
        if hub_address is not None:
            from .http.identities.service import HubService

            services.hub = HubService(hub_address, self.sessions)
        services.renames.first = (self._store,)
        self._store.places.leads_out = leads_out(
            lambda: server.contents_manager, lambda: (session.scope for session in self.sessions.live())
        )
        follow_renames(server, services.renames)
        folders = SharedFolders(server.root_dir)
        know_folders(self.sessions, folders)
        announce_moves(server, self.rooms, services.renames, folders)
        share_kernels(server, self.rooms.is_open)
        self._services = services
        self.settings[SETTINGS_KEY] = services
        server.web_app.settings[SETTINGS_KEY] = services
        Audit(self.sessions, server.event_logger)
        self._metrics = Metrics(self.sessions, self.rooms, self._journal.path)
        self.sessions.apply_policy()
        self.handlers.extend(document_routes())
        self.handlers.extend(export_routes())
        self.handlers.extend(host_api_routes())
        self.handlers.extend(join_routes())
        self.handlers.extend(gateway_routes())

    def _hub_address(self) -> Address | None:
        """None without the hub service, or without what is needed to check its signatures."""
        address = address_of(self.hub_service_url, dict(os.environ))
        if address is not None and find_spec("jwt") is None:
            self.log.warning("cohost: people of the hub cannot be identified: pip install 'jupyterlab-cohost[hub]'")
            return None
        return address

    def _limits(self) -> Limits:
        return replace(
            DEFAULT_LIMITS,
            file_bytes=self.file_bytes,
            ad_hoc_grace_s=self.meeting_grace_s,
            guest_messages_per_s=self.guest_messages_per_s,
            guest_bytes_per_s=self.guest_bytes_per_s,
            guest_structs=self.guest_structs,
            guest_sockets=self.guest_sockets,
            joins_at_once=self.joins_at_once,
        )

    def _server(self) -> Any:
        assert self.serverapp is not None, "linked before it is initialized"
        return self.serverapp

    def _open_sessions(self, limits: Limits, *, identities: bool) -> Sessions:
        self._session_store = self._open_session_store("sessions")
        policy = CohostPolicy(parent=self).policy(identities=identities)
        root_name = Path(self._server().root_dir).name
        sessions = Sessions(self._session_store, SystemClock(), limits, policy=policy, root_name=root_name)
        for notice in self._session_store.notices:
            self.log.warning("cohost: %s", notice)
        return sessions

    def _open_touched(self) -> Touched:
        self._touched_store = self._open_session_store("touched")
        return Touched(self.sessions, self._touched_store, lambda message: self.log.warning("cohost: %s", message))

    def _open_session_store(self, kind: str) -> JsonSessionStore:
        data_dir = Path(jupyter_data_dir())
        try:
            return open_session_store(data_dir, self._server().root_dir, kind)
        except StorageFailed as error:
            store = JsonSessionStore(data_dir / "cohost" / f"{kind}-unusable.json")
            store.notices.append(f"{error.message} Ongoing sessions cannot be kept.")
            return store

    def _open_rooms(self, limits: Limits) -> Rooms:
        """Rooms with their journal and files."""
        server = self._server()
        self._journal = self._open_journal(limits)
        for notice in self._journal.notices:
            self.log.warning("cohost: %s", notice)
        self._watcher = FileWatcher(look_s=self.file_look_s, notify=self.file_notifications)
        self._store = ContentsStore(lambda: server.contents_manager, server.root_dir, limits, self._watcher)
        rooms = Rooms(self._journal, self._store, merge, limits)
        self._memory = GivesBack()
        rooms.on_freed = self._memory.wake
        return rooms

    def _open_journal(self, limits: Limits) -> SqliteJournal:
        root = self._server().root_dir
        try:
            return SqliteJournal(journal_path(jupyter_data_dir(), root), limits)
        except StorageFailed as error:
            journal = SqliteJournal(journal_path(mkdtemp(prefix="cohost-"), root), limits)
            journal.notices.append(f"{error.message} Edits that are not saved are kept in a temporary folder.")
            return journal

    def _is_loaded(self) -> bool:
        """Not with a setting that cannot be read: then nothing can be shared, and the server must stop all the same."""
        return SETTINGS_KEY in self.settings

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """The server runs now (the name is jupyter_server's)."""
        stop_on_interrupt(serverapp)
        if not self._is_loaded():
            return
        keep_what_is_loaded()
        self.sessions.resume()
        self._store.adopt()
        self._tell_of_other_server(serverapp)
        self._services.flood.install(serverapp)
        if self._services.hub is not None:
            self._services.hub.start()

    def _tell_of_other_server(self, serverapp: Any) -> None:
        """The log and the host's page: the button says why it is off, and no document is bound."""
        reason = self._services.other.reason
        if reason:
            self.log.warning("cohost: %s", reason)
            serverapp.web_app.settings.setdefault("page_config_data", {})["cohostOff"] = reason

    async def stop_extension(self) -> None:
        """Everything is written before the server exits, however long the hub service takes to hear goodbye."""
        if not self._is_loaded():
            return
        self._metrics.close()
        goodbye = asyncio.ensure_future(self._services.hub.stop()) if self._services.hub is not None else None
        try:
            await asyncio.wait_for(self.rooms.shutdown(), _SHUTDOWN_S)
        except asyncio.TimeoutError:
            self.log.error("cohost: not everything could be saved in time; the journal keeps it for the next start")
        await self._journal.close()
        await self._watcher.stop()
        self._store.close()
        if goodbye is not None:
            await goodbye
        self.sessions.close()
        self._session_store.close()
        self._touched_store.close()
