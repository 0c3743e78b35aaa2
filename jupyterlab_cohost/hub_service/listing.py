"""What is offered to me, and what to do about a server that is stopped: ask its owner, start it, wait for it.

The pages run no script, so that waiting is a page that the browser asks for again (``Refresh``). A server is started by
the hub's own page, with the visitor's own rights; the service has no right to start any.
"""

from __future__ import annotations

import time
from urllib.parse import urlencode

from tornado.web import HTTPError

from .base import ServiceHandler, SignedInHandler
from .offers import Offered, Server
from .pages import Html, button_link, listed, paragraphs, small_form, waiting

#: Up to so many seconds after it began, a waiting page looks again every so many seconds; then it stops.
_LOOKS: tuple[tuple[int, int], ...] = ((120, 5), (1800, 15), (12 * 3600, 60))
#: Who asked may ask again after this time.
_AGAIN_S = 3600.0


class _OfferHandler(SignedInHandler):
    """What the list and the waiting page share."""

    def offered(self) -> tuple[Server, Offered]:
        """The session of the query, if it is offered to this person by name or group. Raises HTTPError."""
        found = self.parts.offers.find(self.get_query_argument("gateway", ""))
        if found is None or not found[1].names(self.identity):
            raise HTTPError(404)
        return found

    def open_link(self, server: Server, session: Offered) -> Html:
        return button_link("Open", f"{server.origin}{session.gateway}join#offered")

    def actions(self, server: Server, session: Offered) -> Html:
        """For a stopped server."""
        start = self._start_link(server, session) if self._may_start(server) else ""
        asked = self._asked_at(session)
        if asked is not None and time.time() - asked < _AGAIN_S:
            return Html(start)
        button = f"Ask {server.owner}" if asked is None else f"Ask {server.owner} again"
        ticket = self.parts.asking.ask(self.identity, session.gateway, "")
        return Html(small_form(f"{self.parts.place.prefix}ask", ticket, button) + start)

    def about_asking(self, server: Server, session: Offered) -> str:
        """Empty when nobody asked."""
        at = self._asked_at(session)
        if at is None:
            return ""
        return f"You asked {_ago(time.time() - at)}. {server.owner} reads it when the server runs again."

    def wait_address(self, session: Offered, since: int) -> str:
        return f"{self.parts.place.prefix}wait?{urlencode({'gateway': session.gateway, 'since': since})}"

    def _asked_at(self, session: Offered) -> float | None:
        return self.parts.asked.at(session.gateway, self.identity.user)

    def _start_link(self, server: Server, session: Offered) -> Html:
        """The hub's own page: it checks the right once more, asks what it has to, and leads back here."""
        place = self.parts.place
        spawn = place.gateway(server.owner, server.name, "").partition("user/")[2].partition("cohost/g/")[0]
        back = urlencode({"next": place.public + self.wait_address(session, int(time.time()))})
        return button_link("Start the server", f"{place.hub_host}{place.base}hub/spawn/{spawn.rstrip('/')}?{back}")

    def _may_start(self, server: Server) -> bool:
        """Whether the hub says so of this visitor (of groups it does not)."""
        scope = f"servers!server={server.owner}/{server.name}"
        return bool(self.parts.hub_auth.check_scopes({scope}, self.model))


class ListHandler(_OfferHandler):
    """The sessions that are offered to me by name or group."""

    async def get(self) -> None:
        found = self.parts.offers.offered_to(self.identity)
        who = paragraphs(f"Signed in as {self.identity.user}.", kind="quiet")
        if not found:
            none = "Nobody has offered you a session by name or by group. If you were sent a link, open the link."
            self.show("Sessions offered to you", Html(who + paragraphs(none)))
            return
        entries = "".join(self._entry(server, session) for server, session in found)
        self.show("Sessions offered to you", Html(f'{who}<ul class="sessions">{entries}</ul>'))

    def _entry(self, server: Server, session: Offered) -> Html:
        title = session.title or "A session"
        if self.parts.offers.runs(server):
            note = f"by {server.owner}" + ("" if session.kind == "persistent" else ", a meeting")
            return listed(title, note, self.open_link(server, session))
        stopped = f"by {server.owner}, whose server is not running."
        note = f"{stopped} {self.about_asking(server, session)}".strip()
        wait = button_link("Wait for it", self.wait_address(session, int(time.time())), plain=True)
        return listed(title, note, Html(f'<div class="actions">{wait}{self.actions(server, session)}</div>'))


class WaitHandler(_OfferHandler):
    """Looks again by itself until the host's server runs."""

    async def get(self) -> None:
        server, session = self.offered()
        title = session.title or "A session"
        if self.parts.offers.runs(server):
            body = paragraphs(f"The server of {server.owner} is running.")
            self.show(f"“{title}” is open again", Html(body + self.open_link(server, session)))
            return
        since = self._since()
        every = next((every for until, every in _LOOKS if time.time() - since < until), None)
        if every is not None:
            self.set_header("Refresh", f"{every}; url={self.wait_address(session, since)}")
        self.show(f"Waiting for “{title}”", Html(self._body(server, session, since, every) + self.to_list()))

    def _body(self, server: Server, session: Offered, since: int, every: int | None) -> Html:
        stopped = f"The server of {server.owner} is not running."
        asked = self.about_asking(server, session) or (
            f"Ask, and {server.owner} reads that {self.identity.user} asked when the server runs again."
        )
        if every is None:
            again = button_link("Look again", self.wait_address(session, int(time.time())), plain=True)
            looks = Html(paragraphs("This page does not look any more.") + again)
        else:
            began = _ago(time.time() - since)
            words = f"This page looks again every {every} seconds and says when it runs. You came {began}."
            looks = waiting(words)
        actions = f'<div class="actions">{self.actions(server, session)}</div>'
        return Html(paragraphs(stopped) + looks + paragraphs(asked) + actions)

    def _since(self) -> int:
        """When waiting began, in seconds since 1970; now for what makes no sense."""
        now = int(time.time())
        text = self.get_query_argument("since", "")
        return min(now, int(text)) if text.isascii() and text.isdecimal() and len(text) < 12 else now


class AskHandler(ServiceHandler):
    """The button was pressed: the host's server hears of it when it runs again."""

    async def post(self) -> None:
        answered = self.parts.asking.take(self.get_body_argument("ticket", ""))
        found = self.parts.offers.find(answered.gateway) if answered else None
        if answered is None or found is None or not found[1].names(answered.identity):
            self.show("This was open for too long", Html(paragraphs("Look at the list again.") + self.to_list()), 410)
            return
        self.parts.asked.add(answered.gateway, answered.identity.user)
        query = urlencode({"gateway": answered.gateway, "since": int(time.time())})
        self.set_status(303)
        self.set_header("Location", f"{self.parts.place.prefix}wait?{query}")
        self.finish()


def _ago(seconds: float) -> str:
    """In words, as coarse as people are."""
    minutes = int(seconds // 60)
    for amount, unit in ((minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute")):
        if amount:
            return f"{amount} {unit}{'' if amount == 1 else 's'} ago"
    return "less than a minute ago"
