"""Every route of the gateway but joining (``join_routes``), in order; the last refuses what no other claims."""

from __future__ import annotations

from typing import Any

from .ask import AskHandler
from .auth import GATEWAY
from .catch_all import CatchAllHandler, ExecHandler
from .chat import GuestChatSocket
from .contents import CheckpointsHandler, ContentsHandler
from .documents import GuestDocumentsHandler
from .events import EventsSocket, QuietSocket
from .files import FilesHandler
from .kernel_channel import KernelSocket
from .kernels import KernelActionHandler, KernelHandler, KernelsHandler, KernelSpecsHandler
from .lab_api import NbconvertHandler, SettingsHandler, TranslationsHandler, WorkspacesHandler
from .me import ApiMeHandler, MeHandler
from .page import PageHandler
from .rooms import GuestRoomSocket
from .sessions_api import SessionHandler, SessionsHandler
from .static import AssetHandler
from .summon import SummonHandler
from .tickets import TicketHandler

_PATH = r"(?P<path>(?:/.*)?)"
_KERNEL = r"(?P<kernel_id>[\w-]{1,64})"

ROUTES: tuple[tuple[str, Any], ...] = (
    (r"/(?P<mode>lab)(?:/workspaces/(?P<workspace>[\w-]+))?(?:/tree/(?P<tree>.*))?/?", PageHandler),
    (r"/(?P<mode>doc)(?:/workspaces/(?P<workspace>[\w-]+))?(?:/tree/(?P<tree>.*))?/?", PageHandler),
    (r"/(?P<kind>static/lab|static/favicons|lab/extensions|lab/api/themes)/(?P<path>.+)", AssetHandler),
    (r"/lab/api/settings(?:/(?P<plugin>.+))?/?", SettingsHandler),
    (r"/lab/api/translations(?:/(?P<locale>[\w-]*))?/?", TranslationsHandler),
    (r"/lab/api/workspaces(?:/(?P<name>.+))?/?", WorkspacesHandler),
    (r"/me", MeHandler),
    (r"/api/me", ApiMeHandler),
    (r"/ask", AskHandler),
    (r"/ws-ticket", TicketHandler),
    (r"/summon", SummonHandler),
    (r"/documents", GuestDocumentsHandler),
    (r"/rooms/(?P<document_id>[\w-]{1,64})", GuestRoomSocket),
    (r"/events", EventsSocket),
    (r"/chat", GuestChatSocket),
    (r"/api/events/subscribe", QuietSocket),
    (r"/api/nbconvert", NbconvertHandler),
    (r"/api/kernelspecs", KernelSpecsHandler),
    (r"/api/kernels", KernelsHandler),
    (rf"/api/kernels/{_KERNEL}", KernelHandler),
    (rf"/api/kernels/{_KERNEL}/(?P<action>interrupt|restart)", KernelActionHandler),
    (rf"/api/kernels/{_KERNEL}/channels", KernelSocket),
    (r"/api/sessions", SessionsHandler),
    (r"/api/sessions/(?P<jupyter_session>[\w-]{1,64})", SessionHandler),
    (rf"/api/contents{_PATH}/checkpoints(?:/(?P<checkpoint>[\w-]+))?", CheckpointsHandler),
    (rf"/api/contents{_PATH}", ContentsHandler),
    (r"/files/(?P<path>.*)", FilesHandler),
    (r"/exec(?P<rest>/.*)?", ExecHandler),
    (r"(?P<rest>/.*)?", CatchAllHandler),
)


def gateway_routes() -> list[tuple[str, Any]]:
    """Patterns below the server's base URL; these come after the routes of joining."""
    return [(GATEWAY + pattern, handler) for pattern, handler in ROUTES]
