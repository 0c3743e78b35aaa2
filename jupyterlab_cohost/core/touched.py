"""Where guests could ever write: what stands there is content of others, also when the session has ended.

The host's page is careful with it (SPEC, TRUST-41): it draws and loads on its own only what nobody else could write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..protocol.errors import CohostError
from ..protocol.roles import Capability, capabilities_of
from .events import Event
from .scope import Scope, ScopeItem, is_below
from .sessions import Sessions
from .sessions_errors import SessionEnded, SessionUnknown
from .sessions_store import Record, SessionStore

#: Beyond, everything counts as touched.
_MOST = 2_000
_EVERYTHING = ScopeItem("", "directory")


class Touched:
    """Follows ``sessions`` for the server's life. ``store`` keeps the items; one that cannot be read means everything.

    ``failed`` is told when the items cannot be written: they are then known until the server ends.
    """

    def __init__(
        self, sessions: Sessions, store: SessionStore, failed: Callable[[str], None] = lambda _message: None
    ) -> None:
        self._sessions, self._store, self._failed = sessions, store, failed
        self._scope = Scope(self._kept())
        for session in sessions.live():
            self._look(session.id)
        sessions.subscribe(self._happened)

    def covers(self, path: str) -> bool:
        """Whether a guest could ever change the file at ``path`` (relative to the content root)."""
        return any(item.covers(path) for item in self._scope.items)

    async def rename(self, old_path: str, new_path: str) -> None:
        """What a guest could write stays so where it is moved to; the old place does, too."""
        moved = [ScopeItem(new_path, "directory")] if self.covers(old_path) else []
        for item in self._scope.items:
            if item.path == old_path or is_below(item.path, old_path):
                moved.append(ScopeItem(new_path + item.path[len(old_path) :], item.type))
        self._add(moved)

    def _happened(self, event: Event) -> None:
        if event["session"] is not None:
            self._look(event["session"])

    def _look(self, session_id: str) -> None:
        try:
            session = self._sessions.get(session_id)
        except (SessionEnded, SessionUnknown):
            return
        roles = {invite.role for invite in session.invites.values()}
        roles |= {participant.role for participant in session.participants.values()}
        if any(Capability.EDIT in capabilities_of(role) for role in roles):
            self._add(session.scope.items)

    def _add(self, items: Iterable[ScopeItem]) -> None:
        new = [item for item in items if item not in self._scope.items and not self._within(item)]
        if not new:
            return
        everything = [*self._scope.items, *new]
        self._scope = Scope(everything if len(everything) <= _MOST else [_EVERYTHING])
        try:
            self._store.save([{"path": item.path, "type": item.type} for item in self._scope.items])
        except CohostError as error:
            self._failed(error.message)

    def _within(self, item: ScopeItem) -> bool:
        return any(other.path != item.path and other.covers(item.path) for other in self._scope.items)

    def _kept(self) -> list[ScopeItem]:
        try:
            items = [_item(record) for record in self._store.load()]
        except (KeyError, TypeError, ValueError):
            self._store.set_aside()
            return [_EVERYTHING]
        return [_EVERYTHING] if getattr(self._store, "notices", ()) else items


def _item(record: Record) -> ScopeItem:
    if record["type"] not in ("file", "directory"):
        raise ValueError(record["type"])
    return ScopeItem(str(record["path"]), record["type"])
