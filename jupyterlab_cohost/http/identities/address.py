"""Where the hub service is, and as whom this server speaks to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Address:
    """``url``: the service as this server reaches it, ends with a slash. ``server``: this server's name on the hub.

    ``origin``: where the server's pages are, for a hub with a name for each user, else "".
    """

    url: str
    token: str
    server: str
    origin: str = ""


def address_of(url: str, environment: Mapping[str, str]) -> Address | None:
    """None when there is no hub service for this server. ``url``: the setting, else the environment's."""
    url = url or environment.get("COHOST_HUB_SERVICE_URL", "")
    token = environment.get("JUPYTERHUB_API_TOKEN", "")
    if not url or not token:
        return None
    public = urlsplit(environment.get("JUPYTERHUB_PUBLIC_URL", ""))
    origin = f"{public.scheme}://{public.netloc}" if public.netloc and environment.get("JUPYTERHUB_HOST") else ""
    server = environment.get("JUPYTERHUB_SERVER_NAME", "")
    return Address(url if url.endswith("/") else url + "/", token, server, origin)
