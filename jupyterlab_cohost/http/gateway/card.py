"""The card that a person reads at any address of the gateway: plain HTML with one style and one script inside.

It loads nothing from anywhere. Programs get JSON for the same answers (``GatewayMixin.write_error``).
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from ...core.participants import PALETTE
from ..languages import best, texts_of_pages, translated

_PAGES = Path(__file__).parent / "pages"
#: A text of the page, to be translated: ``{{_ Your name}}``.
_TEXT = re.compile(r"\{\{_ (.+?)\}\}")


@dataclass(frozen=True)
class PageState:
    """``name``: form, in, host, removed, or an error's code. ``open``: where to go; ``role``: what this browser is."""

    name: str
    message: str = ""
    open: str = ""
    role: str = ""


def is_read_by_person(handler: Any) -> bool:
    """Whether a browser shows the answer as a page: a GET by address or link, not a fetch, a frame or a program."""
    request = handler.request
    if request.method != "GET" or handler.is_websocket or request.headers.get("Authorization"):
        return False
    target = request.headers.get("Sec-Fetch-Dest", "document")
    return target == "document" and "text/html" in request.headers.get("Accept", "")


def show_card(handler: Any, state: PageState, base: str, status: int = 200) -> None:
    """Finishes with the card in this state. ``base``: the gateway's path, with a slash at the end."""
    nonce = secrets.token_urlsafe(16)
    handler.set_status(status)
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Content-Security-Policy", _policy(nonce))
    handler.add_header("Vary", "Accept-Language")
    handler.finish(card(state, nonce, base, best(handler.request.headers.get("Accept-Language", ""))))


def card(state: PageState, nonce: str, base: str, language: str = "en") -> str:
    """The whole page, in a language of ``languages`` or English."""
    texts = texts_of_pages(language)
    values = {
        "nonce": nonce,
        "style": _read("join.css"),
        "script": _read("join.js"),
        "state": escape(state.name),
        "message": escape(translated(state.message, texts)),
        "lang": language.replace("_", "-"),
        "texts": escape(json.dumps(texts, ensure_ascii=False)),
        "open": escape(state.open),
        "role": escape(state.role),
        "base": escape(base),
        "colors": _colors(),
    }
    page = _TEXT.sub(lambda text: escape(texts.get(text[1], text[1])), _read("join.html"))
    for name, value in values.items():
        page = page.replace("{{" + name + "}}", value)
    return page


def _colors() -> str:
    radio = (
        '<label><input type="radio" name="color" value="{0}"><span class="swatch swatch-{0}"></span>'
        '<span class="hidden-text">{0}</span></label>'
    )
    return "".join(radio.format(number) for number in range(len(PALETTE)))


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
