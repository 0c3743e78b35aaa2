"""The service's pages: plain HTML with one style inside, no script, nothing loaded from anywhere."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import Path
from typing import NewType

_PAGES = Path(__file__).parent
#: Text that stands in a page as it is: everything in it is escaped already.
Html = NewType("Html", str)


def page(title: str, body: Html, nonce: str) -> str:
    """``title`` is plain text."""
    values = {"title": escape(title), "nonce": nonce, "style": _read("page.css"), "body": body}
    whole = _read("page.html")
    for name in ("nonce", "style", "title", "body"):
        whole = whole.replace("{{" + name + "}}", values[name])
    return whole


def paragraphs(*texts: str, kind: str = "") -> Html:
    """Plain texts, one paragraph each."""
    start = f'<p class="{kind}">' if kind else "<p>"
    return Html("".join(f"{start}{escape(text)}</p>" for text in texts))


def facts(*texts: str) -> Html:
    return Html('<ul class="facts">' + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>")


def button_link(text: str, address: str, *, plain: bool = False) -> Html:
    kind = "button plain" if plain else "button"
    return Html(f'<a class="{kind}" href="{escape(address)}">{escape(text)}</a>')


def ticket_form(action: str, ticket: str, button: str) -> Html:
    """One button; the ticket goes in the body, so that no log has it."""
    return _form(action, ticket, button, "")


def small_form(action: str, ticket: str, button: str) -> Html:
    """As ``ticket_form``, beside other buttons."""
    return _form(action, ticket, button, ' class="small"')


def _form(action: str, ticket: str, button: str, attributes: str) -> Html:
    hidden = f'<input type="hidden" name="ticket" value="{escape(ticket)}">'
    start = f'<form method="post" action="{escape(action)}"{attributes}>'
    return Html(f'{start}{hidden}<button type="submit">{escape(button)}</button></form>')


def waiting(text: str) -> Html:
    """With a bar that moves."""
    return Html(f'<div class="waiting" role="status"><div></div><p class="quiet">{escape(text)}</p></div>')


def listed(what: str, note: str, action: Html) -> Html:
    """One session of the list."""
    return Html(f'<li><div class="what"><h2>{escape(what)}</h2><p class="quiet">{escape(note)}</p></div>{action}</li>')


@lru_cache
def _read(name: str) -> str:
    return (_PAGES / name).read_text("utf-8")
