"""Files and folders that are renamed through the contents manager take their rooms and sessions along."""

from __future__ import annotations

from typing import Any

from jupyter_core.utils import ensure_async

from ..core.events import Event
from ..core.renames import Renames
from ..core.rooms import Rooms
from ..core.scope import is_below
from ..core.sessions import Sessions
from ..storage.shared_folders import SharedFolders

_CONTENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"


def follow_renames(server: Any, renames: Renames) -> None:
    """Listens to the contents manager's events for the server's life."""
    server.contents_manager.event_logger  # noqa: B018 - registers the schema of its events

    async def heard(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        old, new = data.get("source_path"), data.get("path")
        if data.get("action") == "rename" and old and new:
            await renames.follow(old.strip("/"), new.strip("/"))
            await move_kernels(server, old.strip("/"), new.strip("/"))

    if _CONTENTS in server.event_logger.schemas:
        server.event_logger.add_listener(schema_id=_CONTENTS, listener=heard)


async def move_kernels(server: Any, old_path: str, new_path: str) -> None:
    """The kernels' documents have the new path, whoever renamed them."""
    manager = server.session_manager
    for model in await ensure_async(manager.list_sessions()):
        path = (model.get("path") or "").strip("/")
        if path == old_path or is_below(path, old_path):
            moved = new_path + path[len(old_path) :]
            await ensure_async(manager.update_session(model["id"], path=moved, name=moved.rpartition("/")[2]))


def know_folders(sessions: Sessions, folders: SharedFolders) -> None:
    """Keeps ``folders`` told of what is shared."""

    def changed(event: Event | None = None) -> None:
        if event is None or event["type"] in ("session-created", "session-changed", "session-ended"):
            items = [item for session in sessions.live() for item in session.scope.items]
            folders.share(item.path for item in items if item.type == "directory" and item.path)

    changed()
    sessions.subscribe(changed)


def announce_moves(server: Any, rooms: Rooms, renames: Renames, folders: SharedFolders) -> None:
    """A file that the shell moved is followed, and told as one that the contents manager renamed.

    When a shared folder was moved that it is in, that is what is followed.
    """

    async def follow(old_path: str, new_path: str) -> None:
        source, path = folders.followed(old_path, new_path)
        await renames.follow(source, path)
        if _CONTENTS in server.event_logger.schemas:
            server.contents_manager.emit({"action": "rename", "path": path, "source_path": source})

    rooms.follow_move = follow
