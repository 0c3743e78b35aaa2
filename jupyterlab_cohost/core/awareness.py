"""Awareness of one room: who is where. Decoded before it is relayed, and each connection speaks for its own ids only.

An update is, as in y-protocols: varuint count, then per state varuint client id, varuint clock, varstring of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..protocol.varint import MalformedMessage, read_string, read_varuint, write_bytes, write_varuint
from .ports import Identity

_MAX_CLOCK = 2**31
_MAX_ID = 2**53
_MAX_STATES = 1024


@dataclass(frozen=True)
class Entry:
    """One state as it arrived. ``state`` None: that client is gone."""

    id: int
    clock: int
    state: dict[str, Any] | None


@dataclass
class _Known:
    owner: object
    participant: str
    clock: int
    encoded: bytes
    gone: bool


def user_of(identity: Identity) -> dict[str, Any]:
    """JupyterLab's user model."""
    return {
        "username": identity.participant_id,
        "name": identity.name,
        "display_name": identity.name,
        "initials": identity.initials,
        "color": identity.color,
        "avatar_url": None,
        "verified": identity.verified,
    }


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
    """All states of a room, and which of them changed since the last flush."""

    def __init__(self, ids_per_connection: int) -> None:
        self._limit = ids_per_connection
        self._known: dict[int, _Known] = {}
        self._owned: dict[object, set[int]] = {}
        self._changed: set[int] = set()

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
        if known is not None and known.owner is not owner:
            self._owned.get(known.owner, set()).discard(entry.id)
        owned.add(entry.id)
        state = None if entry.state is None else {**entry.state, "user": user_of(identity)}
        self._set(entry.id, owner, identity.participant_id, entry.clock, state)
        return True

    def _may_speak(self, owner: object, identity: Identity, known: _Known) -> bool:
        """An id belongs to the connection that used it first; the same participant may come back for it."""
        return known.owner is owner or known.participant == identity.participant_id or known.gone

    def _set(self, client: int, owner: object, participant: str, clock: int, state: dict[str, Any] | None) -> None:
        text = json.dumps(state, separators=(",", ":")).encode("utf-8")
        encoded = write_varuint(client) + write_varuint(clock) + write_bytes(text)
        self._known[client] = _Known(owner, participant, clock, encoded, state is None)
        self._changed.add(client)

    def leave(self, owner: object) -> bool:
        """The connection is gone: its states become null. True if there were any."""
        ids = self._owned.pop(owner, set())
        for client in ids:
            known = self._known[client]
            if not known.gone:
                self._set(client, owner, known.participant, known.clock + 1, None)
        return bool(ids)

    def take_changed(self) -> bytes | None:
        """The states that changed since the last call, as one update; states that are gone are forgotten."""
        if not self._changed:
            return None
        update = _join(self._known[client].encoded for client in self._changed)
        for client in self._changed:
            if self._known[client].gone:
                self._forget(client)
        self._changed.clear()
        return update

    def _forget(self, client: int) -> None:
        known = self._known.pop(client)
        self._owned.get(known.owner, set()).discard(client)

    def all_states(self) -> bytes | None:
        """Every present state, for a newcomer; None when there is none."""
        present = [known.encoded for known in self._known.values() if not known.gone]
        return _join(present) if present else None


def _is_old(entry: Entry, known: _Known) -> bool:
    """As in y-protocols: a clock seen before counts only for a state that goes away."""
    return entry.clock < known.clock or (entry.clock == known.clock and (entry.state is not None or known.gone))


def _join(encoded: Iterable[bytes]) -> bytes:
    parts = list(encoded)
    return write_varuint(len(parts)) + b"".join(parts)
