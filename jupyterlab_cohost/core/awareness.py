"""Awareness of one room: who is where. Decoded before it is relayed, and each connection speaks for its own ids only.

An update is, as in y-protocols: varuint count, then per state varuint client id, varuint clock, varstring of JSON. Who
somebody is (``user``) is the server's word: put into the states for clients that know nothing else, told apart from
them, once, to those that asked for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal, cast, get_args

from ..protocol.ids import ParticipantId
from ..protocol.varint import MalformedMessage, read_string, read_varuint, write_bytes, write_varuint
from .ports import Identity

#: What somebody does, the liveliest first.
Activity = Literal["active", "idle", "away"]

_MAX_CLOCK = 2**31
_MAX_ID = 2**53
_MAX_STATES = 1024


@dataclass(frozen=True)
class Entry:
    """One state as it arrived. ``state`` None: that client is gone."""

    id: int
    clock: int
    state: dict[str, Any] | None


def liveliest(*activities: Activity) -> Activity:
    """What somebody with several pages does."""
    return min(activities, key=get_args(Activity).index)


@dataclass(frozen=True)
class Whereabouts:
    """Of one person in one room: whether it is in front of a page of theirs, and what they do."""

    front: bool = False
    activity: Activity = "active"


@dataclass
class _Known:
    owner: object
    participant: ParticipantId
    clock: int
    #: JSON objects: what the client said but its ``user``, and the server's ``user``.
    said: bytes
    user: bytes
    place: Whereabouts
    gone: bool = False

    @property
    def stamped(self) -> bytes:
        if self.gone:
            return b"null"
        return self.said[:-1] + (b"," if len(self.said) > 2 else b"") + b'"user":' + self.user + b"}"


@dataclass(frozen=True)
class Changes:
    """Ids of what changed in a tick. ``fresh``: who came or became somebody else, and who went; ``moved``: the rest."""

    fresh: frozenset[int]
    moved: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.fresh or self.moved)


def decode_update(update: bytes) -> list[Entry]:
    """Raises MalformedMessage for anything but states that are JSON objects or null."""
    count, offset = read_varuint(update, 0)
    if count > _MAX_STATES:
        raise MalformedMessage("too many awareness states")
    entries = []
    for _ in range(count):
        client, offset = read_varuint(update, offset)
        clock, offset = read_varuint(update, offset)
        text, offset = read_string(update, offset)
        if client > _MAX_ID or clock > _MAX_CLOCK:
            raise MalformedMessage("an awareness clock or id is out of range")
        entries.append(Entry(client, clock, _state(text)))
    return entries


def _state(text: str) -> dict[str, Any] | None:
    try:
        state = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("an awareness state is not JSON") from error
    if state is not None and not isinstance(state, dict):
        raise MalformedMessage("an awareness state is not an object")
    return state


def _no_constant(name: str) -> None:
    """Python reads and writes NaN and Infinity, browsers throw."""
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("a number is out of range")
    return number


class Awareness:
    """All states of a room, and which of them changed since the last flush.

    ``place_changed`` is told whose whereabouts are others now.
    """

    def __init__(self, ids_per_connection: int, place_changed: Callable[[ParticipantId], None]) -> None:
        self._limit, self._place_changed = ids_per_connection, place_changed
        self._known: dict[int, _Known] = {}
        #: Of each connection, the ids in ``_known`` of which it is the owner, and no others.
        self._owned: dict[object, set[int]] = {}
        self._moved: set[int] = set()
        self._fresh: set[int] = set()

    def receive(self, owner: object, identity: Identity, update: bytes) -> bool:
        """Takes over what ``owner`` may say; True if something changed. Raises MalformedMessage."""
        changed = [self._take(owner, identity, entry) for entry in decode_update(update)]
        return any(changed)

    def _take(self, owner: object, identity: Identity, entry: Entry) -> bool:
        owned = self._owned.setdefault(owner, set())
        known = self._known.get(entry.id)
        if known is None and (entry.state is None or len(owned) >= self._limit):
            return False
        if known is not None and not self._may_speak(owner, identity, known):
            return False
        if known is not None and _is_old(entry, known):
            return False
        # Made first: a state that cannot be written (nested too deep) changes nothing.
        now = None if entry.state is None else _known(owner, identity, entry.clock, entry.state)
        if known is not None and known.owner is not owner:
            self._owned.get(known.owner, set()).discard(entry.id)
            known.owner = owner
        owned.add(entry.id)
        if now is not None:
            self._set(entry.id, now)
        elif known is not None:
            self._end(entry.id, known, entry.clock)
        return True

    def _may_speak(self, owner: object, identity: Identity, known: _Known) -> bool:
        """An id belongs to the connection that used it first; the same participant may come back for it."""
        return known.owner is owner or known.participant == identity.participant_id or known.gone

    def _set(self, client: int, now: _Known) -> None:
        before = self._known.get(client)
        self._known[client] = now
        is_fresh = before is None or before.gone or before.user != now.user
        (self._fresh if is_fresh else self._moved).add(client)
        if before is None or before.gone or before.place != now.place:
            self._place_changed(now.participant)

    def _end(self, client: int, known: _Known, clock: int) -> None:
        self._known[client] = replace(known, clock=clock, gone=True)
        self._fresh.add(client)
        self._place_changed(known.participant)

    def leave(self, owner: object) -> bool:
        """The connection is gone: its states become null. True if there were any."""
        ids = self._owned.pop(owner, set())
        for client in ids:
            known = self._known[client]
            if not known.gone:
                self._end(client, known, known.clock + 1)
        return bool(ids)

    def take_changed(self) -> Changes:
        """What changed since the last call. To be encoded before ``forget_gone``."""
        changes = Changes(frozenset(self._fresh), frozenset(self._moved - self._fresh))
        self._fresh.clear()
        self._moved.clear()
        return changes

    def forget_gone(self, ids: Iterable[int]) -> None:
        """Their end was told."""
        for client in ids:
            known = self._known.get(client)
            if known is not None and known.gone:
                del self._known[client]
                self._owned.get(known.owner, set()).discard(client)

    def sole_owner(self, changes: Changes) -> object | None:
        """Whose states they are, if they are all of one connection that need not hear of itself."""
        owners = {self._known[client].owner for client in changes.fresh | changes.moved}
        return owners.pop() if len(owners) == 1 else None

    def ids_of(self, owner: object) -> frozenset[int]:
        """Under which ids a connection speaks."""
        return frozenset(self._owned.get(owner, ()))

    def present(self) -> frozenset[int]:
        """Everybody."""
        return frozenset(client for client, known in self._known.items() if not known.gone)

    def whereabouts(self) -> dict[ParticipantId, Whereabouts]:
        """Of everybody who has told them."""
        found: dict[ParticipantId, Whereabouts] = {}
        for known in self._known.values():
            if not known.gone:
                one, other = known.place, found.get(known.participant, known.place)
                found[known.participant] = Whereabouts(
                    one.front or other.front, liveliest(one.activity, other.activity)
                )
        return found

    # Out

    def stamped(self, ids: Iterable[int]) -> bytes:
        """An update with ``user`` in every state."""
        return self._update(ids, lambda known: known.stamped)

    def bare(self, ids: Iterable[int]) -> bytes:
        """An update without ``user``."""
        return self._update(ids, lambda known: b"null" if known.gone else known.said)

    def _update(self, ids: Iterable[int], state: Callable[[_Known], bytes]) -> bytes:
        known = [(client, self._known[client]) for client in ids if client in self._known]
        parts = [write_varuint(id_) + write_varuint(one.clock) + write_bytes(state(one)) for id_, one in known]
        return write_varuint(len(parts)) + b"".join(parts)

    def users(self, ids: Iterable[int]) -> dict[str, Any]:
        """Who the present ones among these are."""
        known = {client: self._known[client] for client in ids if client in self._known}
        return {str(client): json.loads(one.user) for client, one in known.items() if not one.gone}


def _known(owner: object, identity: Identity, clock: int, state: dict[str, Any]) -> _Known:
    said = {key: value for key, value in state.items() if key != "user"}
    place = _place(said.get("at"))
    return _Known(owner, identity.participant_id, clock, _json(said), _json(identity.to_user()), place)


def _place(at: object) -> Whereabouts:
    if not isinstance(at, dict):
        return Whereabouts()
    activity = at.get("activity")
    known = activity if isinstance(activity, str) and activity in get_args(Activity) else "active"
    return Whereabouts(at.get("front") is True, cast(Activity, known))


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("utf-8")


def _is_old(entry: Entry, known: _Known) -> bool:
    """As in y-protocols: a clock seen before counts only for a state that goes away."""
    return entry.clock < known.clock or (entry.clock == known.clock and (entry.state is not None or known.gone))
