"""What every handler of the gateway is built on: who asks, from where, and the same headers and errors everywhere.

A guest is known by one credential with three carriers: ``Authorization: Bearer``, the cookie that ``join`` set (limited
to the gateway's path), or, for a WebSocket that can send neither, a one-time ticket in the query. The host's own login
is worth nothing here and its identity provider is never asked, except by ``is_host_login``, without side effects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import JupyterHandler

from ...core.participants import Participant
from ...core.session import Session
from ...core.sessions import Sessions
from ...core.sessions_errors import NotSignedIn, Removed
from ...protocol.close_codes import TOO_FAST, CloseCode
from ...protocol.errors import BadRequest, CohostError, Forbidden, TooManyRequests
from ...protocol.ids import Secret
from ...protocol.origin import split_origin
from ...protocol.roles import Capabilities, Capability
from ..services import SETTINGS_KEY, Services
from .card import PageState, is_read_by_person, show_card
from .host_login import is_host_login
from .real_places import narrowed
from .sockets import close_for_good

#: Prefix of every route of the gateway, below the server's base URL.
GATEWAY = r"/cohost/g/(?P<session>[A-Za-z0-9_-]{1,64})"
_MAX_JSON = 64 * 1024
_COOKIE_DAYS = {"ad-hoc": 30, "persistent": 400}
_METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
_MESSAGES = {
    400: ("bad_request", "The request is not of the form that this server takes."),
    401: ("unauthenticated", "You are not signed in to this session. Open the link again."),
    403: ("forbidden", "This is not allowed in this session."),
    404: ("not_found", "There is no such thing in this session."),
    405: ("not_allowed", "This cannot be done in a session."),
    413: ("too_large", "This is larger than the host's server accepts."),
}
_FALLBACK = ("internal", "Something went wrong on the host's server.")


class GatewayMixin:
    """For any tornado handler; put it before the handler class in the bases.

    After ``prepare`` there are ``session`` and ``participant``; methods get the route's other arguments only.
    ``public = True``: the handler answers strangers too, and ``participant`` is never set.
    ``anywhere = True``: the same, and whether or not there is such a session; ``session`` is not set either.
    """

    public = False
    #: A person reads every answer to a GET, whatever it says that it accepts.
    is_page = False
    #: Without a session, too: for what every Jupyter server shows to anybody.
    anywhere = False
    session: Session
    participant: Participant
    bearer = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """jupyter_server must let strangers reach the methods: ``prepare`` here decides, by the guest's credential."""
        super().__init_subclass__(**kwargs)
        for name in _METHODS:
            if name in vars(cls):
                setattr(vars(cls)[name], "__allow_unauthenticated", True)

    # Who asks

    async def prepare(self: Any) -> None:
        """Raises CohostError unless the session lives and the credential is good. Jupyter's own is never run."""
        self.current_user = self._jupyter_current_user = None
        session_id = self.path_kwargs.pop("session")
        if not self.check_host():
            raise Forbidden("This server does not answer under that name.")
        if self.request.method == "OPTIONS" or self.anywhere:
            return
        self.services.other.check_guest()
        self.session = self.sessions.get(session_id)
        if not self.public:
            self.participant = self._authenticated()
            if self.is_websocket:
                self.services.sockets.check_number(self.participant.id)

    def _authenticated(self: Any) -> Participant:
        sessions: Sessions = self.sessions
        scheme, _, bearer = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and bearer:
            self.bearer = True
            self.set_header("Access-Control-Allow-Origin", "*")
            return sessions.authenticate(self.session.id, bearer.strip())
        ticket = self.get_query_argument("ticket", None) if self.is_websocket else None
        if ticket is not None:
            self.bearer = True
            return sessions.redeem_ticket(self.session.id, ticket)
        credential = self.get_cookie(self.cookie_name)
        if not credential:
            raise NotSignedIn()
        self.check_same_origin()
        return sessions.authenticate(self.session.id, credential)

    def check_same_origin(self: Any) -> None:
        """A cookie is only taken from this server's own pages. Raises Forbidden."""
        site = self.request.headers.get("Sec-Fetch-Site")
        if self.request.method in ("GET", "HEAD") and not self.is_websocket:
            navigates = self.request.headers.get("Sec-Fetch-Mode") == "navigate"
            allowed = site in (None, "same-origin", "none") or navigates
        else:
            allowed = site in (None, "same-origin") and self.origin_is_own()
        if not allowed:
            raise Forbidden("This request came from another site.")

    def origin_is_own(self: Any) -> bool:
        """Whether the Origin header is there and names this server as the browser sees it."""
        origin = split_origin(self.request.headers.get("Origin", "")).netloc.lower()
        own = {self.request.headers.get("Host", "").lower()}
        if self.services.public_url:
            own.add(urlsplit(self.services.public_url).netloc.lower())
        return origin != "" and origin in own

    async def is_host_login(self: Any) -> bool:
        """Whether this browser is logged in as the host: it must not get the guest's page. No side effects."""
        return await is_host_login(self)

    # What they may do

    def capabilities(self: Any, path: str) -> Capabilities:
        """What the participant may do on ``path`` now."""
        allowed: Capabilities = self.session.capabilities(self.participant, path)
        if allowed and self.participant.limits:
            allowed &= narrowed(self.services.server.contents_manager, self.participant, path)
        return allowed

    def check_still_in(self: Any) -> None:
        """Before something is sent that took time: the guest may be out by now. Raises Removed, SessionEnded."""
        if self.session.ended or self.session.participants.get(self.participant.id) is not self.participant:
            self.sessions.get(self.session.id)
            raise Removed()

    def can(self: Any, capability: Capability, path: str) -> bool:
        """Whether the participant may do this on ``path`` now; asked for every message."""
        return capability in self.capabilities(path)

    # Where they are

    @property
    def services(self: Any) -> Services:
        services: Services = self.settings[SETTINGS_KEY]
        return services

    @property
    def sessions(self: Any) -> Sessions:
        return self.services.sessions  # type: ignore[no-any-return]

    @property
    def gateway_base(self: Any) -> str:
        """The path of the gateway as the browser sees it, with a slash at the end."""
        return f"{self.base_url}cohost/g/{self.session.id}/"

    @property
    def is_websocket(self: Any) -> bool:
        return str(self.request.headers.get("Upgrade", "")).lower() == "websocket"

    # The cookie

    @property
    def cookie_name(self: Any) -> str:
        return f"cohost-{self.session.id}"

    def set_credential(self: Any, credential: Secret) -> None:
        """The guest's cookie: this gateway only, no script, no other site."""
        self.set_cookie(
            self.cookie_name,
            credential,
            path=self.gateway_base,
            expires_days=_COOKIE_DAYS[self.session.kind],
            httponly=True,
            samesite="Strict",
            secure="https" in (self.request.protocol, split_origin(self.request.headers.get("Origin", "")).scheme),
        )

    def clear_credential(self: Any) -> None:
        self.clear_cookie(self.cookie_name, path=self.gateway_base, samesite="Strict", httponly=True)

    # The same form everywhere

    def check_xsrf_cookie(self) -> None:
        """tornado calls this before ``prepare``; ``check_same_origin`` is our rule instead."""

    def set_default_headers(self: Any) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")

    def allow_any_origin(self: Any) -> None:
        """For what is answered without a cookie: a page elsewhere may read it."""
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Expose-Headers", "Location, ETag, Retry-After")

    def options(self: Any, *_: Any, **__: Any) -> None:
        """The preflight of a bearer; nothing is told but what may be sent."""
        self.allow_any_origin()
        self.set_header("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
        self.set_header("Access-Control-Allow-Headers", "Authorization, Content-Type, Range, If-None-Match")
        self.set_header("Access-Control-Max-Age", "600")
        self.set_status(204)
        self.finish()

    options.__dict__["__allow_unauthenticated"] = True

    def json_body(self: Any, limit: int = _MAX_JSON) -> dict[str, Any]:
        """The request's JSON object; {} for an empty body. Raises BadRequest."""
        body: bytes = self.request.body
        if len(body) > limit:
            raise BadRequest("The request is too long.")
        try:
            value = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            raise BadRequest("The request is not JSON.") from None
        if not isinstance(value, dict):
            raise BadRequest("The request is not a JSON object.")
        return value

    def answer(self: Any, value: object, status: int = 200) -> None:
        """Finishes with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value))

    def write_error(self: Any, status_code: int, **kwargs: Any) -> None:
        """``{"code", "message"}``; what Jupyter or Python said stays here, for it may hold paths.

        Who followed an address reads the same on a card.
        """
        if (self.is_page and self.request.method == "GET") or is_read_by_person(self):
            self.show_error(status_code, **kwargs)
            return
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        if isinstance(error, CohostError):
            self.set_status(error.status)
            body = error.to_json()
        else:
            body = dict(zip(("code", "message"), _MESSAGES.get(status_code, _FALLBACK), strict=True))
        if self.public or self.request.headers.get("Authorization"):
            self.allow_any_origin()
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def show_error(self: Any, status_code: int, **kwargs: Any) -> None:
        """Finishes with the card of this error."""
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        if isinstance(error, CohostError):
            status_code, code, message = error.status, error.code, error.message
        else:
            code, message = _MESSAGES.get(status_code, _FALLBACK)
        # Without a session, too, so by the request's path.
        base = re.sub(r"(/cohost/g/[^/]*).*", r"\1/", self.request.path)
        show_card(self, PageState(code, message), base, status_code)

    def _log(self: Any) -> None:
        """tornado's line per request; not for a flood, which the audit tells once and would fill the disk."""
        if self.get_status() != TooManyRequests.status:
            super()._log()  # type: ignore[misc]

    def log_exception(self: Any, kind: Any, value: Any, trace: Any) -> None:
        """An error of the closed set is an answer, not a fault."""
        if isinstance(value, CohostError):
            self.log.debug("gateway: %s", value.code)
        else:
            super().log_exception(kind, value, trace)  # type: ignore[misc]


class GatewayHandler(GatewayMixin, JupyterHandler):  # type: ignore[misc]
    """A plain request of a guest."""


class GatewaySocketMixin(GatewayMixin):
    """For a guest's WebSocket: call ``register_socket`` in ``open`` and ``unregister_socket`` in ``on_close``."""

    _unregister: Callable[[], None] | None = None

    async def get(self: Any, *args: Any, **kwargs: Any) -> None:
        """The upgrade; ``prepare`` has let it through."""
        await super().get(*args, **kwargs)  # type: ignore[misc]

    def check_origin(self, origin: str | None = None) -> bool:
        """``prepare`` has decided: a cookie needs our origin, a bearer or a ticket does not."""
        return True

    def takes(self: Any, message: str | bytes) -> bool:
        """Counts a message against what one guest may send; beyond that the socket closes, and it is not taken."""
        if self.services.rates.allows(self.participant.id, len(message)):
            return True
        close_for_good(self, TOO_FAST)
        return False

    def register_socket(
        self: Any, close: Callable[[CloseCode], None] | None = None, still_allowed: Callable[[], bool] = lambda: True
    ) -> None:
        """From now on the socket closes when its guest is removed, leaves or changes role, or the session ends.

        ``close``: in place of closing the WebSocket with the code. ``still_allowed`` is asked when the scope changes.
        """

        def cut(code: CloseCode) -> None:
            close_for_good(self, code)

        try:
            self.services.sockets.check_number(self.participant.id)
        except TooManyRequests:
            # Others opened while this one was on its way.
            close_for_good(self, TOO_FAST)
        mine = (self.session.id, self.participant.id)
        self._unregister = self.services.sockets.register(*mine, close or cut, still_allowed, cut)

    def unregister_socket(self) -> None:
        if self._unregister is not None:
            self._unregister()


class PublicHandler(GatewayHandler):
    """A request of anybody who has the address of the gateway."""

    public = True
