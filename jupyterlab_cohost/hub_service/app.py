"""Runs the service inside the environment that JupyterHub gives to its services."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuth
from tornado.web import Application, RequestHandler

from .asked import Asked
from .base import Parts, Place
from .handlers import routes
from .keys import KeyRing
from .offers import Offers
from .sign_ins import SignIns

_log = logging.getLogger("jupyterlab_cohost.hub_service")
#: What the hub says about a user is asked again after this long: groups and removed accounts matter here.
_ASK_HUB_AGAIN_S = 10
#: Of one account, on open pages that list stopped sessions.
_BUTTONS = 100


class NotAService(Exception):
    """The environment is not that of a service of JupyterHub; the message says what is missing."""


def place_of(environment: Mapping[str, str]) -> Place:
    """Raises NotAService."""
    prefix = environment.get("JUPYTERHUB_SERVICE_PREFIX", "")
    for name in ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_CLIENT_ID"):
        if not environment.get(name):
            raise NotAService(f"{name} is not set")
    public = urlsplit(environment.get("JUPYTERHUB_PUBLIC_URL", ""))
    hub_host = environment.get("JUPYTERHUB_HOST", "")
    origin = f"{public.scheme}://{public.netloc}" if public.netloc and hub_host else ""
    return Place(_slashed(prefix), _slashed(environment.get("JUPYTERHUB_BASE_URL", "/")), origin, hub_host)


def _slashed(path: str) -> str:
    return path if path.endswith("/") else path + "/"


def make_app(place: Place, folder: Path) -> Application:
    """``folder`` keeps the keys and what was offered. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    auth = HubOAuth.instance(cache_max_age=_ASK_HUB_AGAIN_S)
    keys, offers, asked = KeyRing(folder / "keys.json"), Offers(folder / "offers.json"), Asked(folder / "asked.json")
    parts = Parts(place, keys, offers, SignIns(), SignIns(per_user=_BUTTONS), asked, auth)
    settings: dict[str, Any] = {"cookie_secret": secrets.token_bytes(32), "log_function": _log_request}
    return Application(routes(place.prefix), cohost=parts, **settings)


def _log_request(handler: RequestHandler) -> None:
    """Without the query: it holds codes of the hub's OAuth."""
    request = handler.request
    level = logging.WARNING if handler.get_status() >= 500 else logging.INFO
    _log.log(level, "%d %s %s", handler.get_status(), request.method, request.path)


def run(folder: Path, ip: str = "") -> None:
    """Until the hub ends it. ``ip``: where it listens, "" for its address's host. Raises NotAService, OSError."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s cohost: %(message)s")
    asyncio.run(_serve(place_of(os.environ), folder, ip))


async def _serve(place: Place, folder: Path, ip: str) -> None:
    app, address = make_app(place, folder), urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    server = app.listen(address.port or 80, ip or address.hostname or "127.0.0.1", xheaders=True)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    server.stop()
