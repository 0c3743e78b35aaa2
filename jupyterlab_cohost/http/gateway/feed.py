"""What jupyter_server tells of contents and kernels, passed on to the guests' event streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.renames import Renames
from ...protocol.ids import SessionId

_CONTENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"
_KERNELS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
#: Reading a file is an event too, but nothing has changed by it.
_CHANGES = {"save", "delete", "copy"}

#: ``heard(kind, details)``: kind is ``contents`` (action, path, old_path) or ``kernels`` (action, kernel).
Listener = Callable[[str, dict[str, str]], None]


class Feed:
    """Listens once per server, whatever the number of guests."""

    def __init__(self, server: Any, renames: Renames) -> None:
        self._listeners: dict[object, Listener] = {}
        server.contents_manager.event_logger  # noqa: B018 - registers the schema of its events
        logger = server.event_logger
        for schema, listener in ((_CONTENTS, self._contents), (_KERNELS, self._kernels)):
            if schema in logger.schemas:
                logger.add_listener(schema_id=schema, listener=listener)
        # In this place: a guest is told of a rename when the scope has followed.
        renames.subscribe(self._renamed)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Returns the way to stop."""
        key = object()
        self._listeners[key] = listener

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop

    def tell(self, kind: str, **details: str) -> None:
        for listener in list(self._listeners.values()):
            listener(kind, details)

    def _renamed(self, old_path: str, new_path: str, followed: frozenset[SessionId]) -> None:
        """``followed``: ids of the sessions whose scope did, with blanks between."""
        self.tell("contents", action="rename", path=new_path, old_path=old_path, followed=" ".join(followed))

    async def _contents(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if data.get("action") in _CHANGES:
            paths = {"path": data.get("path"), "old_path": data.get("source_path")}
            self.tell("contents", action=data["action"], **{k: p.strip("/") for k, p in paths.items() if p})

    async def _kernels(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if data.get("action") != "interrupt":
            self.tell("kernels", action=str(data.get("action", "")), kernel=str(data.get("kernel_id", "")))
