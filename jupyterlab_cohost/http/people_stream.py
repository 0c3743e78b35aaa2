"""Who is here, told over an event stream: ``people`` with everybody at the start, then ``person`` with one whole entry,
and ``person-gone``. Nothing is said twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.presence import Person, Presence

Tell = Callable[[dict[str, Any]], None]
#: Those of the given ids (None: all) whom this page may know of.
Look = Callable[["frozenset[str] | None"], dict[str, Person]]


class PeopleStream:
    """One page's view."""

    def __init__(self, presence: Presence, look: Look, tell: Tell) -> None:
        self._look, self._tell = look, tell
        self._known = look(None)
        tell({"type": "people", "people": [person.to_json() for person in self._known.values()]})
        self.stop = presence.subscribe(self._changed)

    def _changed(self, ids: frozenset[str] | None) -> None:
        now = self._look(ids)
        for id_ in list(self._known) if ids is None else ids:
            if id_ in self._known and id_ not in now:
                del self._known[id_]
                self._tell({"type": "person-gone", "id": id_})
        for person in now.values():
            if self._known.get(person.id) != person:
                self._known[person.id] = person
                self._tell({"type": "person", "person": person.to_json()})
