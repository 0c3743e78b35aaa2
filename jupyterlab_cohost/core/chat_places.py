"""Who gives the place away in a chat that is full: a guest of the link, and there of the address, with most places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .chat_member import Door, Member


class _Guest:
    """All pages of one guest. ``last``: whether a message was ever written, and since when not, or since they came."""

    def __init__(self, first: Member) -> None:
        self.door, self.pages, self.last = first.door, list[Member](), (False, first.came)

    def add(self, page: Member) -> None:
        self.pages.append(page)
        has_written, since = self.last
        if page.wrote is not None:
            self.last = (True, max(page.wrote, since) if has_written else page.wrote)
        elif not has_written:
            # Another page does not make somebody new.
            self.last = (False, min(since, page.came))


def who_gives_way(members: Iterable[Member], comes: Door, now: float, silent_s: float) -> list[Member]:
    """All pages of the guest whose place goes to one who comes by ``comes``; empty: nobody's does.

    Who has never written a message goes before who has, then the one who has been silent longest. Among those of
    their own link and address, somebody must have been silent for ``silent_s``.
    """
    guests = dict[str, _Guest]()
    for member in members:
        if not member.person.host:
            guests.setdefault(member.person.id, _Guest(member)).add(member)
    links = Counter(guest.door.link for guest in guests.values())
    links[comes.link] += 1
    most = max(links.values())
    of_link = [guest for guest in guests.values() if links[guest.door.link] == most]
    sources = Counter((guest.door.link, source) for guest in of_link for source in guest.door.sources)
    is_own = links[comes.link] == most
    if is_own:
        sources.update((comes.link, source) for source in comes.sources)
    crowds = {id(guest): _crowd(sources, guest.door) for guest in of_link}
    largest = max(crowds.values(), default=0)
    is_own = is_own and _crowd(sources, comes) >= largest
    crowd = [guest for guest in of_link if crowds[id(guest)] == largest]
    first = min(crowd, key=lambda guest: guest.last, default=None)
    if first is None or (is_own and now - first.last[1] < silent_s):
        return []
    return first.pages


def _crowd(sources: Counter[tuple[str, str]], door: Door) -> int:
    """How many came from there: of several addresses, the one that counts most."""
    return max((sources[door.link, source] for source in door.sources), default=0)
