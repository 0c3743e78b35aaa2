"""The way in for guests: look at a link, use it, wait at the door, leave. The secret comes in a POST body, once."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from ...core.knocks import Joined, Waiting
from ...core.participants import initials
from ...core.session import Session
from ...core.sessions_door import Knocking
from ...protocol.data import load_table
from ...protocol.errors import BadRequest, CohostError, Forbidden
from .auth import GATEWAY, GatewayHandler, PublicHandler
from .flood import TryingHandler
from .landing import LandingHandler
from .sign_in import SignInHandler, SignInMixin

#: How long one request waits at most when many come in from one address.
_PACE_S = 50.0
#: How long one request waits for the host's answer.
_KNOCK_WAIT_S = 25.0
_LABELS = {name: entry["label"] for name, entry in load_table("roles")["roles"].items()}


class InviteHandler(TryingHandler):
    """What a link is for; nothing is used up."""

    async def post(self) -> None:
        self.allow_any_origin()
        secret = self.json_body().get("secret")
        session, invite = self.sessions.door.look(self.session.id, secret, self.remotes)
        self.answer(
            {
                "title": session.title,
                "host": {"name": session.host.name},
                "items": [asdict(item) for item in session.scope.items],
                "kind": session.kind,
                "role": invite.role.value,
                "role_label": _LABELS[invite.role.value],
                "knock": invite.knock,
                "expires_at": None if invite.expires_at is None else round(invite.expires_at * 1000),
                "names": {"max": self.services.limits.name_characters},
                "audience": invite.audience.kind,
                "sign_in": self.services.hub is not None,
            }
        )


class JoiningHandler(PublicHandler):
    """Hands out the credential: as a cookie to the gateway's own page, in the answer to a bearer."""

    async def carrier(self, body: dict[str, Any]) -> str:
        """``cookie`` or ``bearer``. Raises BadRequest, Forbidden (another site's page, the host's own browser)."""
        carrier = body.get("carrier", "cookie")
        if carrier == "bearer":
            self.allow_any_origin()
            return "bearer"
        if carrier != "cookie":
            raise BadRequest("'carrier' must be cookie or bearer.")
        self.check_same_origin()
        if await self.is_host_login():
            raise Forbidden("This browser is signed in as the host. Open the link in a private window.")
        return "cookie"

    def joined(self, joined: Joined, carrier: str) -> None:
        """Answers with the participant and where to go."""
        participant = joined.participant
        self.services.activity.worked()
        answer: dict[str, Any] = {
            "state": "joined",
            "participant": {
                "id": participant.id,
                "name": participant.name,
                "color": participant.color,
                "initials": initials(participant.name),
                "role": participant.role.value,
                "verified": participant.identity.verified,
            },
            "open": opening(self.session),
        }
        if carrier == "bearer":
            answer["credential"] = joined.credential
        else:
            self._leave_before(joined)
            self.set_credential(joined.credential)
        self.answer(answer)

    def _leave_before(self, joined: Joined) -> None:
        """Who comes in by another link is not here twice."""
        before = self.participant_before()
        if before is not None and before != joined.participant.id:
            self.sessions.leave(self.session.id, before, stays=True)

    def participant_before(self) -> str | None:
        """Who this browser already is in this session."""
        try:
            return self.sessions.authenticate(self.session.id, self.get_cookie(self.cookie_name) or "").id
        except CohostError:
            return None


class JoinHandler(SignInMixin, JoiningHandler, LandingHandler):  # type: ignore[misc]
    """GET is the page that the link opens; POST uses the link, by its secret or by what the hub service signed."""

    async def post(self) -> None:
        body = self.json_body()
        carrier = await self.carrier(body)
        result = await self._result(body, carrier)
        if isinstance(result, Knocking):
            self.answer({"state": "knocking", "token": result.token}, 202)
        else:
            self.joined(result, carrier)

    async def _result(self, body: dict[str, Any], carrier: str) -> Joined | Knocking:
        color, door = body.get("color"), self.sessions.door
        if "assertion" not in body:
            door.look(self.session.id, body.get("secret"), self.remotes)
            await asyncio.sleep(door.pace(self.session.id, self.remotes, _PACE_S))
            return door.join(self.session.id, body.get("secret"), body.get("name", ""), color, self.remotes)
        if carrier != "cookie":
            raise BadRequest("Who signs in with JupyterHub gets a cookie.")
        invite = self.begun_with()
        result = door.join_identified(self.session.id, invite, await self.identified(body["assertion"]), color)
        self.sign_in_done()
        return result


class KnockHandler(JoiningHandler):
    """Waits for the host's answer, or takes the knock back."""

    async def post(self) -> None:
        body = self.json_body()
        token = body.get("token")
        if not isinstance(token, str):
            raise BadRequest("'token' must be text.")
        if body.get("withdraw") is True:
            self.allow_any_origin()
            self.sessions.door.withdraw(self.session.id, token)
            self.answer({"state": "withdrawn"})
            return
        carrier = await self.carrier(body)
        answer = await self.sessions.door.knock_answer(self.session.id, token, _KNOCK_WAIT_S)
        if isinstance(answer, Waiting):
            self.answer({"state": "knocking"}, 202)
        else:
            self.joined(answer, carrier)


class LeaveHandler(GatewayHandler):
    """The guest goes; the credential is worth nothing afterwards. ``back`` takes the place of the link's secret."""

    async def post(self) -> None:
        left = self.sessions.leave(self.session.id, self.participant.id)
        self.clear_credential()
        self.answer({"back": self.sessions.door.way_back(self.session, left)})


def opening(session: Session) -> str:
    """Where a guest's page starts, relative to the gateway: the first shared file, else the listing."""
    files = [item.path for item in session.scope.items if item.type == "file"]
    return f"lab/tree/{quote(files[0])}" if files else "lab"


def join_routes() -> list[tuple[str, Any]]:
    """Patterns below the server's base URL; they come before the gateway's catch-all."""
    return [
        (GATEWAY + "/join", JoinHandler),
        (GATEWAY + "/invite", InviteHandler),
        (GATEWAY + "/sign-in", SignInHandler),
        (GATEWAY + "/knock", KnockHandler),
        (GATEWAY + "/leave", LeaveHandler),
    ]
