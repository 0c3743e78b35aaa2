"""The hub service as this server sees it: it is told what is offered, and asked for its keys."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from ...core.audience import Audience, HubIdentity
from ...core.events import Event
from ...core.session import Session
from ...core.sessions import Sessions
from ...protocol.assertions import nonce_of
from ...protocol.errors import CohostError
from .address import Address
from .asked import hear_who_asked
from .assertions import Verifier
from .errors import HubServiceAway, UnknownKey

_log = logging.getLogger(__name__)
_TIMEOUT_S = 10.0
_GOODBYE_S = 5.0
_SOON_S = 0.2
_AGAIN_S = 60.0
_KEYS_EVERY_S = 5.0
_ABOUT = {"session-created", "session-changed", "session-ended", "invite-created", "invite-ended"}


class HubService:
    """Keeps the service told while it runs."""

    def __init__(self, address: Address, sessions: Sessions) -> None:
        self._address, self._sessions = address, sessions
        self._verifier = Verifier(sessions.clock.now)
        self._told: dict[str, Any] | None = None
        self._answer: dict[str, Any] = {}
        self._keys_at = 0.0
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] = lambda: None

    def start(self) -> None:
        """From now on the service hears of every change, and once a minute that this server runs."""
        self._stop_listening = self._sessions.subscribe(self._happened)
        self._task = asyncio.ensure_future(self._keep_told())

    async def stop(self) -> None:
        """Says goodbye: ongoing sessions are listed as not running."""
        self._stop_listening()
        if self._task is not None:
            self._task.cancel()
        try:
            if self._has_something_to_tell():
                await asyncio.wait_for(self._tell(running=False), _GOODBYE_S)
        except (CohostError, asyncio.TimeoutError, TimeoutError):
            _log.info("cohost: the hub service did not hear that this server stops")

    async def sign_in_url(self, gateway: str, cookie: str) -> str:
        """Where the guest's browser goes. ``gateway``: its path. Raises HubServiceAway."""
        async with self._lock:
            if self._told != self._offers():
                await self._tell()
        query = urlencode({"gateway": gateway, "nonce": nonce_of(cookie)})
        return f"{self._answer['sign_in']}?{query}"

    async def identity(self, assertion: object, gateway: str, cookie: str) -> HubIdentity:
        """Whom the service identified for this gateway, in this browser. Raises SignInFailed, HubServiceAway."""
        if not self._answer:
            await self._tell()
        given = {"issuer": str(self._answer["issuer"]), "audience": gateway, "cookie": cookie}
        try:
            return self._verifier.identity(assertion, **given)
        except UnknownKey:
            now = self._sessions.clock.now()
            if 0 <= now - self._keys_at < _KEYS_EVERY_S:
                raise
            self._keys_at = now
            self._verifier.set_keys(await self._ask("GET", "keys"))
            return self._verifier.identity(assertion, **given)

    # Inside

    def _happened(self, event: Event) -> None:
        if event["type"] in _ABOUT:
            self._wake.set()

    async def _keep_told(self) -> None:
        trouble = False
        while True:
            try:
                async with self._lock:
                    if self._has_something_to_tell():
                        await self._tell()
                trouble = False
            except CohostError:
                if not trouble:
                    _log.warning("cohost: the hub service at %s does not answer as it should", self._address.url)
                trouble = True
            try:
                await asyncio.wait_for(self._wake.wait(), _AGAIN_S)
                await asyncio.sleep(_SOON_S)  # one telling for a burst of changes
            except (asyncio.TimeoutError, TimeoutError):
                pass
            self._wake.clear()

    def _has_something_to_tell(self) -> bool:
        """A server without sessions is no work for the hub."""
        return bool(self._offers()["sessions"]) or bool(self._told and self._told["sessions"])

    def _offers(self) -> dict[str, Any]:
        now = self._sessions.clock.now()
        sessions = [_offered(session, now) for session in self._sessions.live()]
        return {
            "server": self._address.server,
            "origin": self._address.origin,
            "sessions": [session for session in sessions if session["audiences"]],
        }

    async def _tell(self, *, running: bool = True) -> None:
        offers = self._offers()
        answer = await self._ask("PUT", "api/offers", {**offers, "running": running})
        if not isinstance(answer.get("sign_in"), str) or not isinstance(answer.get("issuer"), str):
            raise HubServiceAway()
        self._told, self._answer = offers, answer
        hear_who_asked(self._sessions, answer.get("asked"))

    async def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Raises HubServiceAway. The token goes to the configured address and nowhere else."""
        headers = {"Content-Type": "application/json"}
        if body is not None:
            headers["Authorization"] = f"token {self._address.token}"
        request = HTTPRequest(
            self._address.url + path,
            method,
            headers,
            None if body is None else json.dumps(body),
            request_timeout=_TIMEOUT_S,
            follow_redirects=False,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request)
            value = json.loads(answer.body)
        except (HTTPClientError, OSError, ValueError) as error:
            _log.debug("cohost: the hub service: %s", error)
            raise HubServiceAway() from None
        if not isinstance(value, dict):
            raise HubServiceAway()
        return value


def _offered(session: Session, now: float) -> dict[str, Any]:
    live = [invite.audience for invite in session.invites.values() if invite.state(now) == "live"]
    # Whoever has a link for anyone may sign in to be known by their account.
    asked = dict.fromkeys(audience if audience.named else Audience("members") for audience in live)
    audiences = [audience.to_json() for audience in asked]
    return {"id": session.id, "title": session.title, "kind": session.kind, "audiences": audiences}
