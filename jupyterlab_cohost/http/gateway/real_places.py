"""A narrowing holds for the file itself, by whatever way a path leads there: links are followed on both sides."""

from __future__ import annotations

import os
from typing import Any

from tornado import web

from ...core.participants import Narrowing, Participant
from ...core.scope import folded, is_below
from ...protocol.roles import Capabilities, Capability, capabilities_of


def narrowed(manager: Any, participant: Participant, path: str) -> Capabilities:
    """What the role allows on the file that ``path`` leads to; the scope is not looked at."""
    allowed = participant.capabilities(path)
    place = _place(manager, path) if participant.limits else None
    if place is None:
        return allowed
    for limit in participant.limits:
        where = _place(manager, limit.path)
        if where is not None and (place == where or is_below(place, where)):
            allowed &= capabilities_of(limit.role)
    return allowed


def has_narrowed_below(manager: Any, participant: Participant, path: str, capability: Capability) -> Narrowing | None:
    """What in a folder the participant may not do this with: who moves or deletes the folder would do it."""
    place, asked = _place(manager, path), folded(path)
    for limit in participant.limits:
        where = _place(manager, limit.path)
        is_there = place is not None and where is not None and is_below(where, place)
        if (is_there or is_below(folded(limit.path), asked)) and capability not in capabilities_of(limit.role):
            return limit
    return None


def _place(manager: Any, path: str) -> str | None:
    """Where the file really is, in one spelling; None for contents managers without a disk."""
    locate = getattr(manager, "_get_os_path", None)
    if locate is None:
        return None
    try:
        return folded(os.path.realpath(str(locate(path.strip("/")))).replace(os.sep, "/"))
    except (OSError, ValueError, web.HTTPError):
        return None
