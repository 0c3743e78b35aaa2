"""In which language somebody reads: what their browser asks for, where the package has a catalogue of it.

``locale/LANGUAGE/LC_MESSAGES/`` has two files that ``scripts/messages.py`` writes: everything that JupyterLab's page
says (``jupyterlab_cohost.json``), and what the plain pages of the gateway say (``pages.json``).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from ..protocol.sentences import Sentence, sentence

_LOCALE = Path(__file__).resolve().parent.parent / "locale"
_ENGLISH = "en"
#: A browser names a few languages; nobody is served by a longer list.
_MOST = 20

Texts = dict[str, str]


@lru_cache
def languages() -> tuple[str, ...]:
    """Those with a catalogue, for example ``de_DE``."""
    return tuple(sorted(path.parent.parent.name for path in _LOCALE.glob("*/LC_MESSAGES/pages.json")))


def wanted(accept_language: str) -> list[str]:
    """What an Accept-Language header asks for, the most wanted first, as ``de_AT``; nonsense is left out."""
    found: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:_MOST]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag.replace("-", "").isalnum() and weight > 0:
            language, _, country = tag.partition("-")
            found.append((weight, f"{language.lower()}_{country.upper()}" if country else language.lower()))
    return [tag for _, tag in sorted(found, key=lambda one: -one[0])]


def best(accept_language: str, known: tuple[str, ...] | None = None) -> str:
    """The first wanted language that is in ``known`` (those with a catalogue), also of another country; else ``en``."""
    offered = languages() if known is None else known
    for tag in wanted(accept_language):
        language = tag.partition("_")[0]
        if language == _ENGLISH:
            return _ENGLISH
        for candidate in (tag, *(one for one in offered if one.partition("_")[0] == language)):
            if candidate in offered:
                return candidate
    return _ENGLISH


@lru_cache
def texts_of_pages(language: str) -> Texts:
    """English text to translation; empty for English."""
    return {} if language not in languages() else json.loads(_read(language, "pages"))


@lru_cache
def catalogue(language: str) -> dict[str, object]:
    """What JupyterLab reads for our domain; empty for English."""
    return {} if language not in languages() else json.loads(_read(language, "jupyterlab_cohost"))


def _read(language: str, name: str) -> str:
    return (_LOCALE / language / "LC_MESSAGES" / f"{name}.json").read_text("utf-8")


def translated(message: str, texts: Texts) -> str:
    """A sentence of the server, its arguments in the translated template."""
    if isinstance(message, Sentence) and message.arguments:
        return sentence(texts.get(message.template, message.template), *message.arguments)
    return texts.get(message, message)
