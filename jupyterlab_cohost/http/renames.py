"""Files and folders that are renamed through the contents manager take their rooms along."""

from __future__ import annotations

from typing import Any

from ..core.rooms import Rooms

_CONTENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"


def follow_renames(server: Any, rooms: Rooms) -> None:
    """Listens to the contents manager's events for the server's life."""
    server.contents_manager.event_logger  # noqa: B018 - registers the schema of its events

    async def heard(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        old, new = data.get("source_path"), data.get("path")
        if data.get("action") == "rename" and old and new:
            await rooms.rename(old.strip("/"), new.strip("/"))

    if _CONTENTS in server.event_logger.schemas:
        server.event_logger.add_listener(schema_id=_CONTENTS, listener=heard)
