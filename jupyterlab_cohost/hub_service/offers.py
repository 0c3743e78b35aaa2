"""What hosts' servers said is offered to whom. Kept by server, replaced as a whole, remembered over a restart."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from ..core.audience import Audience, HubIdentity, checked_audience
from ..core.guest_rates import Bucket
from ..protocol.errors import BadRequest, TooManyRequests
from .keys import write_private

#: Servers tell again this often; one that did not for three times as long is not running.
AGAIN_S = 60.0
_FORGOTTEN_S = 180 * 86400.0
_MOST_SESSIONS, _MOST_AUDIENCES, _LONGEST_TEXT = 1000, 100, 200
#: Of one owner: servers that are remembered, and sessions that one visitor's list shows.
MOST_SERVERS, MOST_LISTED = 20, 100
#: Changes that one owner's servers may tell, at once and per second; they tell again every minute.
_CHANGES, _CHANGES_PER_S = 60, 1.0


@dataclass(frozen=True)
class Offered:
    """A session. ``gateway``: its path on the hub, which is also the audience of assertions."""

    id: str
    title: str
    kind: str
    gateway: str
    audiences: tuple[Audience, ...]

    def admits(self, identity: HubIdentity) -> bool:
        """Whether any of its links may be for this person."""
        return any(audience.admits(identity) for audience in self.audiences)

    def names(self, identity: HubIdentity) -> bool:
        """Whether it is offered to this person by name or group."""
        return any(audience.named and audience.admits(identity) for audience in self.audiences)

    def groups(self, identity: HubIdentity) -> list[str]:
        """Those of the person's groups that links ask for: nothing else is told to the host."""
        asked = {name for audience in self.audiences if audience.kind == "groups" for name in audience.names}
        return sorted(asked & identity.groups)


@dataclass(frozen=True)
class Server:
    """One server of a user, as it said last. ``origin``: "" for the hub's own; ``seen_at`` in seconds since 1970."""

    owner: str
    name: str
    origin: str
    sessions: tuple[Offered, ...]
    running: bool
    seen_at: float


class Offers:
    """``file``: where it is remembered. ``now`` gives seconds since 1970."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file, self._now = file, now
        self._servers: dict[tuple[str, str], Server] = {}
        self._buckets: dict[str, Bucket] = {}
        self._load()

    def tell(self, owner: str, name: str, origin: str, sessions: tuple[Offered, ...], *, running: bool) -> None:
        """Replaces what this server said before; a server that stops keeps its ongoing sessions.

        Raises OSError, TooManyRequests for more servers, or more changes, than one owner may have.
        """
        self._check_owner(owner, name)
        if not running:
            sessions = tuple(session for session in sessions if session.kind == "persistent")
        before = self._servers.get((owner, name))
        server = Server(owner, name, origin, sessions, running, self._now())
        self._servers[owner, name] = server
        if not sessions and not running:
            del self._servers[owner, name]
        if before is None or replace(before, seen_at=server.seen_at) != server:
            self._save()

    def _check_owner(self, owner: str, name: str) -> None:
        mine = sum(other == owner for other, _ in self._servers)
        if (owner, name) not in self._servers and mine >= MOST_SERVERS:
            raise TooManyRequests(f"At most {MOST_SERVERS} servers of one user are remembered.")
        bucket = self._buckets.setdefault(owner, Bucket(_CHANGES_PER_S, _CHANGES, self._now()))
        if not bucket.take(1, self._now()):
            raise TooManyRequests("This user's servers tell too often.")

    def runs(self, server: Server) -> bool:
        """Whether it told lately."""
        return server.running and self._now() - server.seen_at < 3 * AGAIN_S

    def find(self, gateway: str) -> tuple[Server, Offered] | None:
        """The session of that gateway."""
        return next(((server, one) for server, one in self._all() if one.gateway == gateway), None)

    def offered_to(self, identity: HubIdentity) -> list[tuple[Server, Offered]]:
        """By name or group, never others; the host's name first. A meeting is over when its server is."""
        mine = [(server, one) for server, one in self._all() if one.names(identity)]
        here = [(server, one) for server, one in mine if one.kind == "persistent" or self.runs(server)]
        in_order = sorted(here, key=lambda found: (found[0].owner, found[1].title))
        by_owner = groupby(in_order, key=lambda found: found[0].owner)
        return [found for _, of_one in by_owner for found in islice(of_one, MOST_LISTED)]

    def _all(self) -> Iterator[tuple[Server, Offered]]:
        for server in self._servers.values():
            for session in server.sessions:
                yield server, session

    def _save(self) -> None:
        now = self._now()
        kept = [asdict(server) for server in self._servers.values() if now - server.seen_at < _FORGOTTEN_S]
        write_private(self._file, json.dumps({"servers": kept}))

    def _load(self) -> None:
        """What cannot be read is told again within a minute by the servers that run."""
        try:
            servers = json.loads(self._file.read_text("utf-8"))["servers"]
            for entry in servers:
                sessions = tuple(_restored(session) for session in entry.pop("sessions"))
                server = Server(**entry, sessions=sessions)
                self._servers[server.owner, server.name] = server
        except (OSError, ValueError, KeyError, TypeError, AttributeError, BadRequest):
            self._servers.clear()


def _restored(entry: dict[str, Any]) -> Offered:
    audiences = tuple(checked_audience(one["kind"], list(one["names"])) for one in entry.pop("audiences"))
    return Offered(**entry, audiences=audiences)


def read_sessions(value: object, gateway_of: Callable[[str], str]) -> tuple[Offered, ...]:
    """What a server sends: ``[{id, title, kind, audiences: [{kind, names}]}]``. Raises BadRequest."""
    if not isinstance(value, list) or len(value) > _MOST_SESSIONS:
        raise BadRequest(f"'sessions' must be a list of at most {_MOST_SESSIONS}.")
    return tuple(_read(entry, gateway_of) for entry in value)


def _read(entry: object, gateway_of: Callable[[str], str]) -> Offered:
    if not isinstance(entry, dict) or entry.get("kind") not in ("ad-hoc", "persistent"):
        raise BadRequest("This is not a session.")
    audiences = entry.get("audiences")
    if not isinstance(audiences, list) or len(audiences) > _MOST_AUDIENCES:
        raise BadRequest(f"'audiences' must be a list of at most {_MOST_AUDIENCES}.")
    read = tuple(checked_audience(one.get("kind"), one.get("names")) for one in audiences if isinstance(one, dict))
    identifier = entry.get("id")
    if not isinstance(identifier, str) or not _is_id(identifier):
        raise BadRequest("'id' is not that of a session.")
    return Offered(identifier, _one_line(entry.get("title")), str(entry["kind"]), gateway_of(identifier), read)


def _is_id(text: str) -> bool:
    return 0 < len(text) <= 64 and text.isascii() and all(char.isalnum() or char in "-_" for char in text)


def _one_line(text: object) -> str:
    if not isinstance(text, str):
        raise BadRequest("'title' must be text.")
    shown = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text[:_LONGEST_TEXT])
    return shown.strip()
