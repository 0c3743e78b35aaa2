"""Sentences that people read, in a form that the page can translate.

A sentence is written in English where it is said. Parts that differ each time are arguments: ``%1``, ``%2`` in the
template, as in JupyterLab's ``trans.__``. The page looks the template up in its language pack and puts the arguments
in; a program reads ``message``.
"""

from __future__ import annotations

import re
from typing import Any

_PLACE = re.compile(r"%([1-9])")


class Sentence(str):
    """The whole English sentence, which remembers what it was made from."""

    template: str
    arguments: tuple[str, ...]


def sentence(template: str, *arguments: object) -> Sentence:
    """Puts the arguments in place of ``%1``, ``%2`` …; a number without an argument stays as it is."""
    texts = tuple(str(argument) for argument in arguments)
    filled = Sentence(
        _PLACE.sub(lambda place: texts[int(place[1]) - 1] if int(place[1]) <= len(texts) else place[0], template)
    )
    filled.template, filled.arguments = template, texts
    return filled


def spoken(message: str, key: str = "message") -> dict[str, Any]:
    """``{message}``, and ``template`` and ``arguments`` where it has arguments: what stands in an answer or a frame."""
    if isinstance(message, Sentence) and message.arguments:
        return {key: str(message), "template": message.template, "arguments": list(message.arguments)}
    return {key: str(message)}
