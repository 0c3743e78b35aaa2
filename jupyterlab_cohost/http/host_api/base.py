"""What the host's REST handlers share: the Jupyter server's own login, JSON errors, links."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from ...core.invites import Invite
from ...core.participants import clean_text, color_of, initials
from ...core.session import HostUser, Session
from ...core.sessions import Sessions
from ...core.sessions_errors import LinkUnknown
from ...protocol.errors import BadRequest, CohostError, Forbidden
from ...protocol.roles import Capability, Role, can
from ...protocol.sentences import sentence
from ..services import SETTINGS_KEY, Services
from .models import session_json
from .reachability import Reachability, Seen, reachability
from .sealed import seal

RESOURCE = "cohost"
_SEEN_KEY = "cohost_seen_address"
_CODES = {400: "bad_request", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "not_allowed"}


Method = TypeVar("Method", bound=Callable[..., Any])


def reads(method: Method) -> Method:
    """Logged in, and allowed to *read* sessions."""
    return web.authenticated(authorized("read", RESOURCE)(method))  # type: ignore[return-value]


def writes(method: Method) -> Method:
    """Logged in, and allowed to *write*, that is to start, change and end sessions."""
    return web.authenticated(authorized("write", RESOURCE)(method))  # type: ignore[return-value]


def host_user(services: Services, user: Any, asked: str = "") -> HostUser:
    """As guests read it: the administrator's word, else the host's for this or a running session, else Jupyter's.

    Jupyter's made-up names ("Anonymous Euanthe") would tell a guest less than "Host".
    """
    known = _known_name(user)
    before = [session.host for session in services.sessions.live() if is_host(user, session.host)]
    name = services.host_name or asked or (before[0].name if before else "Host" if _is_made_up(known) else known)
    letters = (user.initials or "") if name == known else initials(name)
    color = before[0].color if before else user.color
    return HostUser(user.username, name, color or color_of(user.username), letters)


def is_host(user: Any, host: HostUser) -> bool:
    """Whether this user of the server began the session. With a token, Jupyter makes up another for every browser."""
    return _is_made_up(_known_name(user)) or host.username == user.username


def _known_name(user: Any) -> str:
    return str(user.display_name or user.name or user.username)


def _is_made_up(name: str) -> bool:
    return name.startswith("Anonymous ")


class HostHandler(APIHandler):
    """Every method of a subclass carries ``@reads`` or ``@writes``."""

    @property
    def services(self) -> Services:
        services: Services = self.settings[SETTINGS_KEY]
        return services

    @property
    def sessions(self) -> Sessions:
        return self.services.sessions

    # What the caller may do on this server

    async def may(self, action: str, resource: str) -> bool:
        """What the server's authorizer says."""
        return bool(await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, resource)))

    async def require_grant(self, role: Role) -> None:
        """Nobody gives away what they do not have. Raises Forbidden."""
        needs = [(Capability.READ, "read", "contents"), (Capability.EDIT, "write", "contents")]
        needs += [(Capability.EXECUTE, "execute", "kernels")]
        for capability, action, resource in needs:
            if can(role, capability) and not await self.may(action, resource):
                raise Forbidden(
                    sentence("You may not %1 %2 on this server, so you cannot give it to others.", action, resource)
                )

    async def require_contents(self) -> None:
        """Sharing files is giving access to them. Raises Forbidden."""
        if not (await self.may("read", "contents") and await self.may("write", "contents")):
            raise Forbidden("You may not change files on this server, so you cannot share them.")

    # Links

    def reach(self) -> Reachability:
        """From where links can be opened. The terminal's requests learn the address from the browser's earlier ones."""
        server = self.services.server
        forwarded = self.request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip().lower()
        scheme = forwarded if forwarded in ("http", "https") else self.request.protocol
        seen = (scheme, self.request.host)
        if "Sec-Fetch-Site" in self.request.headers or "Origin" in self.request.headers:
            self.settings[_SEEN_KEY] = seen
        scheme, host = self.settings.get(_SEEN_KEY, seen)
        return reachability(
            Seen(
                str(server.ip), scheme, host, self.base_url, self.services.public_url, bool(getattr(server, "sock", ""))
            )
        )

    def link(self, session: Session, invite: Invite) -> str:
        """The way in: for the answer of a POST by who may change sessions, never for a GET. Raises LinkUnknown."""
        if invite.secret is None:
            raise LinkUnknown
        return f"{self.reach().base}cohost/g/{session.id}/join#{invite.secret}"

    def way_in(self, session: Session, invite: Invite) -> dict[str, str]:
        """The link, and what the browser may keep of it over a restart. Raises LinkUnknown."""
        link = self.link(session, invite)
        assert invite.secret is not None, "link has looked"
        return {"link": link, "sealed": seal(invite.secret, invite.id, self.sealing_key)}

    @property
    def sealing_key(self) -> bytes:
        """The key that signs this server's cookies; it outlives a restart."""
        key: bytes | str = self.settings["cookie_secret"]
        return key if isinstance(key, bytes) else key.encode()

    async def model(self, session: Session) -> dict[str, Any]:
        """The session as JSON."""
        now = self.sessions.clock.now()
        return session_json(session, now, host_present=self.sessions.host_is_present)

    def host_user(self, name: str = "") -> HostUser:
        """``name``: what the host wants to be called, or "". Raises BadRequest for one that is too long."""
        asked = clean_text(name, self.services.limits.name_characters, "name")
        return host_user(self.services, self.current_user, asked)

    # JSON in and out

    def body(self) -> dict[str, Any]:
        """The request's JSON object, {} when empty. Raises BadRequest."""
        try:
            value = json.loads(self.request.body or b"{}")
        except (ValueError, RecursionError):
            raise BadRequest("The request is not JSON.") from None
        if not isinstance(value, dict):
            raise BadRequest("The request is not a JSON object.")
        return value

    def answer(self, value: object, status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(value))

    def done(self) -> None:
        self.set_status(204)
        self.finish()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """``{"code", "message"}``."""
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        if isinstance(error, CohostError):
            self.set_status(error.status)
            self.finish(json.dumps(error.to_json()))
            return
        if status_code == 403 and not self.current_user:
            self.finish(json.dumps({"code": "unauthenticated", "message": "You are not signed in to this server."}))
            return
        message = getattr(error, "log_message", None) if status_code < 500 else None
        body = {"code": _CODES.get(status_code, "internal"), "message": message or self._reason}
        self.finish(json.dumps(body))

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """An error of the closed set is an answer, not a fault."""
        if isinstance(value, CohostError):
            self.log.debug("cohost: %s", value.code)
        else:
            super().log_exception(kind, value, trace)
