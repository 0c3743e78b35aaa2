"""The page that a link opens: plain HTML with one style and one script inside, nothing loaded from anywhere.

The secret stands in the fragment, which no browser sends; the page's script reads it and asks ``invite`` what it is
for. Only the state that the server knows without the secret is decided here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from ...core.participants import PALETTE
from ...core.sessions_errors import Removed
from ...protocol.errors import CohostError
from .auth import PublicHandler

_PAGES = Path(__file__).parent / "pages"
_COLOR_NAMES = (
    *("orange", "amber", "olive", "green", "teal", "cyan"),
    *("blue", "indigo", "violet", "purple", "pink", "red"),
)


@dataclass(frozen=True)
class PageState:
    """``name``: form, in, host, removed, or an error's code. ``open``: where to go; ``role``: what this browser is."""

    name: str
    message: str = ""
    open: str = ""
    role: str = ""


class LandingHandler(PublicHandler):
    """GET only; ``JoinHandler`` adds the POST."""

    async def get(self) -> None:
        self.show(await self._state())

    async def _state(self) -> PageState:
        from .join import opening

        if await self.is_host_login():
            return PageState("host")
        credential = self.get_cookie(self.cookie_name)
        if not credential:
            return PageState("form")
        try:
            participant = self.sessions.authenticate(self.session.id, credential)
        except Removed as error:
            return PageState("removed", error.message)
        except CohostError:
            return PageState("form")
        return PageState("in", open=opening(self.session), role=participant.role.value)

    def show(self, state: PageState, status: int = 200) -> None:
        """Finishes with the page in this state."""
        nonce = secrets.token_urlsafe(16)
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", _policy(nonce))
        self.finish(landing_page(state, nonce))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A person reads the answer to a GET, a program that to a POST."""
        if self.request.method == "POST":
            super().write_error(status_code, **kwargs)
            return
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        if isinstance(error, CohostError):
            self.show(PageState(error.code, error.message), error.status)
        else:
            self.show(PageState("internal", "Something went wrong on the host's server."), status_code)


def landing_page(state: PageState, nonce: str) -> str:
    """The whole page."""
    values = {
        "nonce": nonce,
        "style": _read("join.css"),
        "script": _read("join.js"),
        "state": escape(state.name),
        "message": escape(state.message),
        "open": escape(state.open),
        "role": escape(state.role),
        "colors": _colors(),
    }
    page = _read("join.html")
    for name, value in values.items():
        page = page.replace("{{" + name + "}}", value)
    return page


def _colors() -> str:
    radio = (
        '<label><input type="radio" name="color" value="{0}"><span class="swatch swatch-{0}"></span>'
        '<span class="hidden-text">{1}</span></label>'
    )
    return "".join(radio.format(number, name) for number, name in enumerate(_COLOR_NAMES[: len(PALETTE)]))


@lru_cache
def _read(name: str) -> str:
    text = (_PAGES / name).read_text("utf-8")
    if name == "join.css":
        text += "".join(f".swatch-{number} {{ background: {color}; }}\n" for number, color in enumerate(PALETTE))
    return text


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
