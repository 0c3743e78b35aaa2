"""The JupyterLab page that a guest without one of their own gets: the host's installed one, based at the gateway."""

from __future__ import annotations

import re
from html import escape

from ...protocol.errors import Conflict
from ...protocol.roles import Capability
from ..languages import best, texts_of_pages, translated
from .base import Handler
from .csp import page_policy
from .page_config import guest_page_config

#: How many of the shared files a page opens by itself.
_OPENED = 5


#: Said until the scripts are here, which takes long on a slow line; below what they draw, and ours takes it away.
_OPENING = (
    '<div id="jp-cohost-opening" role="status" style="position:fixed;inset:0;z-index:-1;display:flex;'
    "align-items:center;justify-content:center;padding:1rem;text-align:center;font:1rem/1.5 system-ui,sans-serif;"
    'color-scheme:light dark;background:Canvas;color:CanvasText"><p>{text}</p></div>'
)
_OPENING_TEXT = "Opening %1’s documents…"


def _with_opening(page: str, host: str, language: str) -> str:
    """``page`` with a sentence at the start of its body, if it has one."""
    text = escape(translated(_OPENING_TEXT, texts_of_pages(language)))
    opening = _OPENING.replace("{text}", text.replace("%1", f"<bdi>{escape(host)}</bdi>"))
    return re.sub(r"<body[^>]*>", lambda body: body[0] + opening, page, count=1)


class HostHere(Conflict):
    """A page of the guest's would run with the host's login beside it."""

    code = "host_here"

    def __init__(self) -> None:
        super().__init__(
            "This browser is logged in to this server as the host. "
            "Open the guest's link in a private window or another browser."
        )


class PageHandler(Handler):
    """``lab``, ``lab/tree/…``, ``lab/workspaces/…``, ``doc/…``: all the same page."""

    is_page = True

    async def get(self, mode: str, workspace: str | None = None, tree: str | None = None) -> None:
        if await self.is_host_login():
            raise HostHere()
        lab = self.parts.lab()
        policy = page_policy(self.request.host, self.gateway_base, self.services.public_url)
        config = guest_page_config(
            lab,
            self.gateway_base,
            self._for_our_extension(),
            mode,
            tree or "",
            workspace or "default",
            may_execute=Capability.EXECUTE in self.participant.capabilities(""),
        )
        page = lab.template.render(page_config=config, base_url=self.gateway_base, ws_url="", custom_css=False)
        page = _with_opening(page, self.session.host.name, best(self.request.headers.get("Accept-Language", "")))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", policy)
        self.set_header("Referrer-Policy", "same-origin")
        self.finish(page)

    def _for_our_extension(self) -> dict[str, object]:
        session, participant = self.session, self.participant
        return {
            "mode": "guest",
            "session": session.id,
            "title": session.title,
            "host": session.host.name,
            "role": participant.role.value,
            "capabilities": sorted(capability.value for capability in participant.capabilities("")),
            "open": [item.path for item in session.scope.items if item.type == "file"][:_OPENED],
        }
