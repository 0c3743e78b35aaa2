"""``documents``: the room of a shared file, and where its socket is."""

from __future__ import annotations

from ...protocol.errors import BadRequest, Unsupported
from ..host_documents import kind_of
from .base import Handler


class GuestDocumentsHandler(Handler):
    """``POST {"path", "type", "format"}`` answers ``{"id", "epoch", "model"}``; nothing is opened before the checks."""

    async def post(self) -> None:
        body = self.json_body()
        path, kind = body.get("path"), kind_of(body)
        if not isinstance(path, str):
            raise BadRequest("The path is missing.")
        path = await self.guard.locate(path)
        model = await self.files.get(path, content=False, type=None, format=None, hash=False)
        if model["type"] == "directory":
            raise Unsupported("This is a folder; open a file in it.")
        opened = await self.services.rooms.open(path, kind)
        self.finish_json({"id": opened.record.id, "epoch": opened.epoch, "model": {**model, "type": kind}})
