"""Who is here, and in which files: put together from rooms and sessions, told in merged ticks to whoever subscribed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..protocol.errors import TooManyRequests
from ..protocol.ids import ParticipantId
from ..protocol.roles import Role
from .awareness import Activity
from .events import Event
from .links import Links, Via
from .participants import Participant, initials
from .ports import Identity
from .rooms import Attention, Rooms
from .session import HostUser, Session
from .sessions import Sessions

_TICK_S = 0.1
_SUMMON_EVERY_S = 3.0

#: Told the ids of those about whom something may have changed; None: about everybody.
Listener = Callable[["frozenset[str] | None"], None]


@dataclass(frozen=True)
class Person:
    """Somebody who is here. ``paths``: the files they have open, the one entered last at the end; ``front``: the one in
    front of them; ``activity``: of the liveliest of their pages in documents, None with none; ``via`` and
    ``round_trip_ms``: see Link, None when it is not known.
    """

    id: str
    name: str
    color: str
    initials: str
    role: str
    verified: bool
    paths: tuple[str, ...] = ()
    front: str | None = None
    activity: Activity | None = None
    via: Via | None = None
    round_trip_ms: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "paths": list(self.paths)}


class Presence:
    """One per server."""

    def __init__(self, rooms: Rooms, sessions: Sessions) -> None:
        self._rooms, self._sessions = rooms, sessions
        self._listeners: dict[object, Listener] = {}
        self._changed: set[str] | None = set()
        self._tick: asyncio.TimerHandle | None = None
        self._everyone: dict[str, Person] | None = None
        self._summoned: dict[str, float] = {}
        self._closed = False
        self.links = Links(self.changed)
        rooms.on_renamed = lambda: self.changed(None)
        rooms.on_place_changed = self.changed
        sessions.subscribe(self._happened)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Returns the way to stop."""
        key = object()
        self._listeners[key] = listener

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop

    def everyone(self) -> dict[str, Person]:
        """All people with open pages, of whatever session."""
        if self._everyone is None:
            self._everyone = self._look()
        return self._everyone

    def seen_by(self, session: Session, sees: Callable[[str], bool], only: frozenset[str] | None) -> dict[str, Person]:
        """Whom a guest of the session knows of, with the files that ``sees`` lets through; ``only`` those ids."""
        found: dict[str, Person] = {}
        members = {str(id_) for id_ in session.participants} | {session.host.username}
        everyone = self.everyone()
        for person in everyone.values() if only is None else [everyone[id_] for id_ in only if id_ in everyone]:
            paths = tuple(path for path in person.paths if sees(path))
            if paths or person.id in members:
                front = person.front if person.front in paths else None
                found[person.id] = replace(person, paths=paths, front=front)
        return found

    def summon(self, session_id: str | None, person: Identity, path: str, cell: str | None) -> None:
        """Asks the others to look at a place. Raises TooManyRequests for one who asks again within three seconds."""
        now = self._sessions.clock.now()
        if now - self._summoned.get(person.participant_id, -_SUMMON_EVERY_S) < _SUMMON_EVERY_S:
            raise TooManyRequests("You have just asked the others to come. Wait a moment.")
        self._summoned = {id_: at for id_, at in self._summoned.items() if now - at < _SUMMON_EVERY_S}
        self._summoned[person.participant_id] = now
        details = {"participant": person.participant_id, "name": person.name, "color": person.color}
        self._sessions.events.publish("summon", session_id, path=path, cell=cell, **details)

    def changed(self, person: ParticipantId | None) -> None:
        """Somebody entered or left a room; None: everything may be different."""
        self._everyone = None
        if self._closed:
            return
        if person is None or not self._is_guest(person):
            # With a host comes or goes who stands in for them, too.
            self._changed = None
        elif self._changed is not None:
            self._changed.add(person)
        if self._tick is None:
            self._tick = asyncio.get_running_loop().call_later(_TICK_S, self._tell)

    def _is_guest(self, person: ParticipantId) -> bool:
        return any(person in session.participants for session in self._sessions.live())

    def close(self) -> None:
        """Nothing is told any more."""
        self._closed = True
        if self._tick is not None:
            self._tick.cancel()
        self._listeners.clear()

    def _tell(self) -> None:
        self._tick = None
        changed, self._changed = self._changed, set()
        for listener in list(self._listeners.values()):
            listener(None if changed is None else frozenset(changed))

    def _happened(self, event: Event) -> None:
        if "participant" in event and event["type"] != "summon":
            self.changed(event["participant"])
        elif event["type"] in ("host-present", "session-changed", "session-created", "session-ended"):
            self.changed(None)

    # Everybody

    def _look(self) -> dict[str, Person]:
        found: dict[str, Person] = {}
        guests = {p.id: p for session in self._sessions.live() for p in session.participants.values()}
        for guest in guests.values():
            if guest.online:
                found[guest.id] = _guest(guest)
        for path, clients in self._rooms.documents_open().items():
            for client in clients:
                known = found.get(client.identity.participant_id) or _unknown(client.identity)
                if path not in known.paths:
                    known = replace(known, paths=(*known.paths, path))
                found[known.id] = known
        # A session from the terminal has another user name than the host's page: one of both is enough.
        if self._sessions.host_is_present and not any(person.role == Role.HOST.value for person in found.values()):
            found.update((session.host.username, _host(session.host)) for session in self._sessions.live())
        attention = self._rooms.attention()
        return {
            person.id: self._with_link(_attentive(person, attention.get(ParticipantId(person.id))))
            for person in found.values()
        }

    def _with_link(self, person: Person) -> Person:
        link = self.links.of(person.id)
        return person if link is None else replace(person, via=link.via, round_trip_ms=link.round_trip_ms)


def _attentive(person: Person, to: Attention | None) -> Person:
    return person if to is None else replace(person, front=to.front, activity=to.activity)


def _guest(guest: Participant) -> Person:
    return Person(guest.id, guest.name, guest.color, initials(guest.name), guest.role.value, guest.identity.verified)


def _host(host: HostUser) -> Person:
    letters = host.initials or initials(host.name)
    return Person(host.username, host.name, host.color, letters, Role.HOST.value, verified=True)


def _unknown(identity: Identity) -> Person:
    """In a room but of no session: somebody with a login on this server."""
    letters = identity.initials or initials(identity.name)
    return Person(
        identity.participant_id, identity.name, identity.color, letters, identity.role.value, identity.verified
    )
