"""The way in for people of the hub: a cookie that stays here, a hash of it that goes to the hub service and comes back.

The cookie binds what the service says to the browser that began: an assertion that somebody took from another browser,
or made somebody else's browser fetch, opens nothing.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from ...core.audience import HubIdentity
from ...protocol.errors import Forbidden, NotFound
from ...protocol.origin import split_origin
from ..identities.errors import SignInFailed
from .flood import TryingHandler

_MINUTES = 10
_DAY_MINUTES = 1440


class SignInMixin(TryingHandler):
    """The cookie of a sign-in that has begun."""

    @property
    def _sign_in_cookie(self) -> str:
        return f"cohost-sign-in-{self.session.id}"

    def begin(self, invite_id: str) -> str:
        """Sets the cookie; returns its value."""
        text = json.dumps({"invite": invite_id, "random": secrets.token_urlsafe(16)})
        value = self.create_signed_value(self._sign_in_cookie, text).decode()
        origin = split_origin(self.request.headers.get("Origin", ""))
        self.set_cookie(
            self._sign_in_cookie,
            value,
            path=self.gateway_base,
            max_age=_MINUTES * 60,
            httponly=True,
            samesite="Strict",
            secure="https" in (self.request.protocol, origin.scheme),
        )
        return value

    def begun_with(self) -> str:
        """The id of the link that the sign-in began with, "" for an offer by name. Raises SignInFailed."""
        signed = self.get_signed_cookie(self._sign_in_cookie, max_age_days=_MINUTES / _DAY_MINUTES)
        if signed is None:
            raise SignInFailed()
        begun: dict[str, Any] = json.loads(signed)
        return str(begun["invite"])

    async def identified(self, assertion: object) -> HubIdentity:
        """Who this browser's person is. Raises SignInFailed, HubServiceAway."""
        hub = self.services.hub
        if hub is None:
            raise SignInFailed()
        return await hub.identity(assertion, self.gateway_base, self.get_cookie(self._sign_in_cookie) or "")

    def sign_in_done(self) -> None:
        """The cookie has done its work."""
        self.clear_cookie(self._sign_in_cookie, path=self.gateway_base, samesite="Strict", httponly=True)


class SignInHandler(SignInMixin):
    """Answers where to go. With a link's secret, with none for what is offered by name, or once more as before."""

    async def post(self) -> None:
        body, hub = self.json_body(), self.services.hub
        if hub is None:
            raise NotFound("People of a hub cannot be identified on this server.")
        self.check_same_origin()
        if await self.is_host_login():
            raise Forbidden("This browser is signed in as the host. Open the link in a private window.")
        cookie = self.begin(self._invite(body))
        self.answer({"url": await hub.sign_in_url(self.gateway_base, cookie)})

    def _invite(self, body: dict[str, Any]) -> str:
        if body.get("again") is True:
            return self.begun_with()
        if body.get("offered") is True:
            return ""
        _, invite = self.sessions.door.look(self.session.id, body.get("secret"), self.remotes)
        return str(invite.id)
