"""How each person's pages reach the server, and how long a message takes there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..protocol.ids import ParticipantId

#: ``server``: from the server itself, through nothing in between; ``network``: from elsewhere, or through a proxy.
Via = Literal["server", "network"]

#: What differs less is not told again.
_ANOTHER_SHARE, _ANOTHER_MS = 0.3, 3


@dataclass(eq=False)
class Link:
    """One open page. ``round_trip_ms``: as last told; None until it was measured."""

    person: ParticipantId
    via: Via
    round_trip_ms: int | None = None


class Links:
    """``changed`` is told about whom something else is to be shown."""

    def __init__(self, changed: Callable[[ParticipantId], None]) -> None:
        self._changed = changed
        self._links: dict[ParticipantId, list[Link]] = {}

    def open(self, person: ParticipantId, via: Via) -> Link:
        """A page is there."""
        link = Link(person, via)
        self._links.setdefault(person, []).append(link)
        self._changed(person)
        return link

    def close(self, link: Link) -> None:
        """A page is gone. May be told twice."""
        links = self._links.get(link.person, [])
        if link in links:
            links.remove(link)
            if not links:
                del self._links[link.person]
            self._changed(link.person)

    def measured(self, link: Link, seconds: float) -> None:
        """A round trip has ended."""
        now, before = max(1, round(seconds * 1000)), link.round_trip_ms
        if before is None or abs(now - before) > max(_ANOTHER_MS, before * _ANOTHER_SHARE):
            link.round_trip_ms = now
            self._changed(link.person)

    def of(self, person: str) -> Link | None:
        """The best of somebody's pages."""
        links = self._links.get(ParticipantId(person), [])
        return min(links, key=_slowness, default=None)


def _slowness(link: Link) -> float:
    return float("inf") if link.round_trip_ms is None else link.round_trip_ms
