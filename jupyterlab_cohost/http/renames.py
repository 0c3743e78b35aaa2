"""Files and folders that are renamed through the contents manager take their rooms and sessions along."""

from __future__ import annotations

from typing import Any, Protocol

from ..core.rooms import Rooms

_CONTENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class Follower(Protocol):
    """Rooms and sessions."""

    async def rename(self, old_path: str, new_path: str) -> None:
        """A file or folder has another path now; both are relative to the content root, without slashes at the ends."""


def follow_renames(server: Any, *followers: Follower) -> None:
    """Listens to the contents manager's events for the server's life."""
    server.contents_manager.event_logger  # noqa: B018 - registers the schema of its events

    async def heard(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        old, new = data.get("source_path"), data.get("path")
        if data.get("action") == "rename" and old and new:
            for follower in followers:
                await follower.rename(old.strip("/"), new.strip("/"))

    if _CONTENTS in server.event_logger.schemas:
        server.event_logger.add_listener(schema_id=_CONTENTS, listener=heard)


def announce_moves(server: Any, rooms: Rooms) -> None:
    """A file that the shell moved is told as one that the contents manager renamed: sessions and guests hear of it."""

    def announce(old_path: str, new_path: str) -> None:
        if _CONTENTS in server.event_logger.schemas:
            server.contents_manager.emit({"action": "rename", "path": new_path, "source_path": old_path})

    rooms.on_moved = announce
