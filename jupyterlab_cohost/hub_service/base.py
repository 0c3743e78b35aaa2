"""What the service's handlers share: where things are, and pages that no other page of the hub can read or press.

Without ``subdomain_host`` everything on a hub is one origin, so that a script in somebody's notebook could fetch these
pages with the visitor's cookies, frame them, or open and drive them. Hence: only a browser's own navigation gets one
(Fetch Metadata), none is framed, each has an origin of its own (``sandbox``), and no window keeps hold of it (COOP).
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from jupyterhub.services.auth import HubOAuth, UserNotAllowed
from jupyterhub.services.auth import HubOAuthenticated as _HubOAuthenticated
from tornado.web import Finish, HTTPError, RequestHandler

from ..core.audience import HubIdentity
from ..protocol.origin import split_origin
from .asked import Asked
from .keys import KeyRing
from .offers import Offers
from .pages import Html, button_link, page, paragraphs
from .sign_ins import SignIns

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """``prefix``: the service's path, ``base``: the hub's base path; both end with a slash.

    With ``subdomain_host``, ``hub_host`` is the hub's origin and ``public`` the service's; both are "" without.
    """

    prefix: str
    base: str
    public: str = ""
    hub_host: str = ""

    @property
    def issuer(self) -> str:
        return self.hub_host + self.prefix

    def gateway(self, owner: str, server: str, session: str) -> str:
        """The path of a session's gateway, as the hub's proxy has it."""
        named = f"{quote(server, safe='@~')}/" if server else ""
        return f"{self.base}user/{quote(owner, safe='@~')}/{named}cohost/g/{session}/"

    def is_origin_of_hub(self, origin: str) -> bool:
        """Whether an origin is one of those that ``subdomain_host`` gives to users."""
        hub, other = urlsplit(self.hub_host), split_origin(origin)
        host, below = (other.hostname or ""), f".{hub.hostname}"
        same = (hub.scheme, hub.port) == (other.scheme, other.port) and origin == f"{other.scheme}://{other.netloc}"
        return bool(hub.hostname) and same and "@" not in other.netloc and host.endswith(below)


@dataclass(frozen=True)
class Parts:
    """The running service."""

    place: Place
    keys: KeyRing
    offers: Offers
    sign_ins: SignIns
    #: Tickets of the buttons that ask a host; they are nothing to a sign-in.
    asking: SignIns
    asked: Asked
    hub_auth: HubOAuth


class ServiceHandler(RequestHandler):
    """``navigated``: what only a person's browser may open."""

    navigated = True

    @property
    def parts(self) -> Parts:
        parts: Parts = self.settings["cohost"]
        return parts

    async def prepare(self) -> None:
        """Browsers say what a request is for (on https and on localhost), and no script can say otherwise."""
        mode = self.request.headers.get("Sec-Fetch-Mode", "navigate")
        what = self.request.headers.get("Sec-Fetch-Dest", "document")
        if self.navigated and (mode != "navigate" or what != "document"):
            self.show("This page opens in a tab of its own", paragraphs("Open it from the address bar."), 403)
            raise Finish()

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Opener-Policy", "noopener-allow-popups")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")

    def show(self, title: str, body: Html, status: int = 200, *, posts_to: str = "") -> None:
        """Finishes with a page. ``posts_to``: an origin to which its form leads in the end, besides the hub's."""
        nonce = secrets.token_urlsafe(16)
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header(
            "Content-Security-Policy",
            f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self' {posts_to}; "
            "base-uri 'none'; frame-ancestors 'none'; sandbox allow-forms",
        )
        self.finish(page(title, body, nonce))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Without what Python said."""
        if status_code == 404:
            self.show("There is nothing here", self.to_list(), 404)
        elif status_code == 403:
            self.show("This was not allowed", paragraphs("Go back to the link and try again."), 403)
        else:
            again = "Something went wrong with the sign-in. Go back to the link and try again."
            self.show("This did not work", paragraphs(again), status_code)

    def to_list(self) -> Html:
        return Html(f"<p>{button_link('Sessions offered to me', self.parts.place.prefix, plain=True)}</p>")


class SignedInHandler(_HubOAuthenticated, ServiceHandler):  # type: ignore[misc]
    """Who is not signed in to the hub is sent there first, and comes back."""

    model: dict[str, Any]
    identity: HubIdentity

    async def prepare(self) -> None:
        """Sets ``model`` (the hub's) and ``identity``."""
        if self.request.method != "GET":
            raise HTTPError(405)
        await ServiceHandler.prepare(self)
        self._hub_auth = self.parts.hub_auth
        model = await self.parts.hub_auth.get_user(self, sync=False)
        if model is None:
            self.redirect(self.get_login_url())
            raise Finish()
        try:
            self.check_hub_user(model)
        except UserNotAllowed:
            model = {**model, "kind": ""}
        if model.get("kind") != "user":
            text = "Your account may not use this service. Ask the administrator of the hub."
            self.show("This account cannot be used here", paragraphs(text), 403)
            raise Finish()
        self.model = model
        self.identity = HubIdentity(str(model["name"]), frozenset(map(str, model.get("groups") or ())))

    def sign_out(self, text: str) -> Html:
        place = self.parts.place
        return button_link(text, f"{place.hub_host}{place.base}hub/logout", plain=True)
