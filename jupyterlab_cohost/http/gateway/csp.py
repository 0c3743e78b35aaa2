"""Content-Security-Policies of what the gateway serves.

A script in the guest's page runs on the host's origin. The page's policy therefore names the gateway's *path*, so that
nothing else of that origin can be reached, not even in a browser that is logged in there. A policy's path is ignored
after a redirect: the gateway never redirects.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ...protocol.errors import BadRequest

#: ``host[:port]`` as a policy can name it; an IPv6 literal cannot be named with a path.
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?")

#: A downloaded file that somebody opens as a page can do nothing.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def page_policy(host: str, gateway_path: str, public_url: str = "") -> str:
    """The policy of the JupyterLab page. ``host`` is the Host header, ``gateway_path`` starts and ends with ``/``.

    Raises BadRequest for a host that a policy cannot name.
    """
    hosts = [host, *_public_host(public_url, host)]
    if not all(_HOST.fullmatch(h) for h in hosts):
        raise BadRequest("Open this session by the name of the host's computer (or localhost), not by this address.")
    gateway = " ".join(f"{h}{gateway_path}" for h in hosts)
    scripts = " ".join(f"{h}{gateway_path}{part}" for h in hosts for part in ("static/", "lab/extensions/"))
    sockets = " ".join(f"{scheme}://{h}{gateway_path}" for h in hosts for scheme in ("ws", "wss"))
    return "; ".join(
        (
            "default-src 'none'",
            f"connect-src {gateway} {sockets} data: blob:",
            f"script-src {scripts} 'unsafe-inline' 'unsafe-eval' blob:",
            f"worker-src {scripts} blob:",
            f"style-src {gateway} 'unsafe-inline'",
            f"img-src {gateway} data: blob:",
            f"font-src {gateway} data:",
            f"media-src {gateway} data: blob:",
            "frame-src blob: data:",
            *("object-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"),
            "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads",
        )
    )


def _public_host(public_url: str, host: str) -> list[str]:
    public = urlsplit(public_url).netloc
    return [public] if public and public != host else []
