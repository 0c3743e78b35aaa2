"""The service's addresses, below ``/services/NAME/``."""

from __future__ import annotations

import json
import re
from typing import Any

from jupyterhub.services.auth import HubOAuthCallbackHandler
from tornado.web import HTTPError

from ..core.audience import HubIdentity
from ..protocol.errors import BadRequest, CohostError, Forbidden, Unauthenticated
from .base import ServiceHandler, SignedInHandler
from .listing import AskHandler, ListHandler, WaitHandler
from .offers import AGAIN_S, Offered, Server, read_sessions
from .pages import Html, facts, paragraphs, ticket_form

_NONCE = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES = 512 * 1024


class SignInHandler(SignedInHandler):
    """Asks whether a host may know who I am. Nothing is said before the button is pressed."""

    async def get(self) -> None:
        gateway, nonce = self.get_query_argument("gateway", ""), self.get_query_argument("nonce", "")
        found = self.parts.offers.find(gateway)
        if found is None or not _NONCE.fullmatch(nonce):
            text = "The session is not running, or the link is not complete. Open the link again."
            self.show("This sign-in leads nowhere", Html(paragraphs(text) + self.to_list()), 404)
            return
        server, session = found
        if not session.admits(self.identity):
            self._refuse(server)
            return
        self._ask(server, session, nonce)

    def _refuse(self, server: Server) -> None:
        user, owner = self.identity.user, server.owner
        body = paragraphs(
            f"You are signed in as {user}, and {owner} has offered this session to others.",
            f"Ask {owner} to add {user}, or sign in with another account and open the link again.",
        )
        actions = f"<p>{self.sign_out('Sign out of the hub')}</p>{self.to_list()}"
        self.show("This session is not for you", Html(body + actions), 403)

    def _ask(self, server: Server, session: Offered, nonce: str) -> None:
        user, groups = self.identity.user, session.groups(self.identity)
        told = [f"{server.owner} and everybody in the session learn that you are {user}."]
        if groups:
            told.append(f"{server.owner}’s server learns that you are in {', '.join(groups)}.")
        told.append("Nobody gets access to your account or to your server.")
        ticket = self.parts.sign_ins.ask(self.identity, session.gateway, nonce)
        form = ticket_form(f"{self.parts.place.prefix}continue", ticket, f"Continue as {user}")
        body = Html(paragraphs(f"A session of {server.owner}.", kind="quiet") + facts(*told) + form)
        body = Html(f"{body}<p></p><p class='quiet'>Not you? {self._other_account()}</p>")
        self.show(f"Join “{session.title or 'a session'}”?", body, posts_to=server.origin)

    def _other_account(self) -> str:
        place = self.parts.place
        return f'<a href="{place.hub_host}{place.base}hub/logout">Sign out</a>, then open the link again.'


class ContinueHandler(ServiceHandler):
    """The button was pressed: the browser takes the assertion to the gateway, in a fragment, which no log has."""

    async def post(self) -> None:
        answered = self.parts.sign_ins.take(self.get_body_argument("ticket", ""))
        found = self.parts.offers.find(answered.gateway) if answered else None
        if answered is None or found is None:
            text = "The question was open for too long, or was answered already. Open the link again."
            self.show("This sign-in is over", Html(paragraphs(text) + self.to_list()), 410)
            return
        server, session = found
        if not session.admits(answered.identity):
            raise HTTPError(403)
        self.parts.asked.came_in(session.gateway, answered.identity.user)
        assertion = self.parts.keys.sign(self._claims(answered.identity, session, answered.nonce))
        self.set_status(303)
        self.set_header("Location", f"{server.origin}{session.gateway}join#assertion={assertion}")
        self.finish()

    def _claims(self, identity: HubIdentity, session: Offered, nonce: str) -> dict[str, Any]:
        return {
            "iss": self.parts.place.issuer,
            "aud": session.gateway,
            "sub": identity.user,
            "groups": session.groups(identity),
            "nonce": nonce,
        }


class KeysHandler(ServiceHandler):
    """The public keys, for the hosts' servers."""

    navigated = False

    async def get(self) -> None:
        self.set_header("Content-Type", "application/jwk-set+json")
        self.finish(json.dumps(self.parts.keys.public()))


class OffersHandler(ServiceHandler):
    """A host's server says what is offered to whom. It is known by the token that the hub gave to that server."""

    navigated = False

    async def put(self) -> None:
        body = self._body()
        server, running = body.get("server", ""), body.get("running", True)
        if not isinstance(server, str) or len(server) > 255 or not isinstance(running, bool):
            raise BadRequest("'server' must be text, 'running' true or false.")
        owner = await self._owner_of(server)
        place, offers = self.parts.place, self.parts.offers
        sessions = read_sessions(body.get("sessions"), lambda session: place.gateway(owner, server, session))
        offers.tell(owner, server, self._origin(body.get("origin")), sessions, running=running)
        answer = {
            "issuer": place.issuer,
            "sign_in": f"{place.public}{place.prefix}sign-in",
            "again_in_s": AGAIN_S,
            "owner": owner,
            "asked": self._asked(sessions) if running else [],
        }
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(answer))

    def _asked(self, sessions: tuple[Offered, ...]) -> list[dict[str, Any]]:
        """Who asked for these sessions while the server was stopped; milliseconds since 1970."""
        found = ((session.id, self.parts.asked.of(session.gateway)) for session in sessions)
        return [{"session": one, "user": user, "at": round(at * 1000)} for one, who in found for user, at in who]

    def _body(self) -> dict[str, Any]:
        if len(self.request.body) > _MOST_BYTES:
            raise BadRequest("The request is too long.")
        try:
            value = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise BadRequest("The request is not JSON.") from None
        if not isinstance(value, dict):
            raise BadRequest("The request is not a JSON object.")
        return value

    async def _owner_of(self, server: str) -> str:
        """The user whose server it is. A right on somebody else's server is not enough. Raises CohostError."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("token", "bearer") or not token:
            raise Unauthenticated("Send the token that the hub gave to the server.")
        auth = self.parts.hub_auth
        model = await auth.user_for_token(token.strip(), sync=False)
        if model is None:
            raise Unauthenticated("The hub does not know this token.")
        name = str(model.get("name", ""))
        if model.get("kind") != "user" or not auth.check_scopes({f"access:servers!server={name}/{server}"}, model):
            raise Forbidden("This token is not that of a user's server.")
        return name

    def _origin(self, origin: object) -> str:
        """Where the server's pages are: "" (the hub's own origin) but for a hub with a name for each user."""
        if not isinstance(origin, str):
            return ""
        return origin if self.parts.place.is_origin_of_hub(origin) else ""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        body = {"code": "error", "message": "This did not work."}
        if isinstance(error, CohostError):
            status_code, body = error.status, error.to_json()
        self.set_status(status_code)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        if not isinstance(value, CohostError) or value.status >= 500:
            super().log_exception(kind, value, trace)


class CallbackHandler(HubOAuthCallbackHandler, ServiceHandler):  # type: ignore[misc]
    """The end of the hub's OAuth."""

    async def prepare(self) -> None:
        await ServiceHandler.prepare(self)
        self._hub_auth = self.parts.hub_auth


class NothingHandler(ServiceHandler):
    """What no other handler claims."""

    navigated = False

    async def get(self) -> None:
        raise HTTPError(404)

    post = put = patch = delete = head = options = get


def routes(prefix: str) -> list[tuple[str, type[ServiceHandler]]]:
    """``prefix`` ends with a slash."""
    start = re.escape(prefix)
    return [
        (start, ListHandler),
        (f"{start}wait", WaitHandler),
        (f"{start}ask", AskHandler),
        (f"{start}sign-in", SignInHandler),
        (f"{start}continue", ContinueHandler),
        (f"{start}keys", KeysHandler),
        (f"{start}api/offers", OffersHandler),
        (f"{start}oauth_callback", CallbackHandler),
        (r".*", NothingHandler),
    ]
