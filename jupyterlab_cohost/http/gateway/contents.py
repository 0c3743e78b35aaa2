"""``api/contents``: Jupyter's contents API for what the session shares."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from ...protocol.errors import BadRequest, Forbidden
from ...protocol.roles import Capability
from ...protocol.sentences import sentence
from .base import Handler
from .large_answers import LARGE_BYTES

_TYPES, _FORMATS = ("file", "notebook", "directory"), ("text", "base64", "json")


class ContentsHandler(Handler):
    """Answers carry no Location header: the guest knows its own addresses."""

    def on_finish(self) -> None:
        if self.request.method not in ("GET", "HEAD", "OPTIONS") and self.get_status() < 400:
            self.services.activity.worked()
        super().on_finish()

    async def get(self, path: str = "") -> None:
        asked_type, asked_format = self.get_query_argument("type", None), self.get_query_argument("format", None)
        async with AsyncExitStack() as turns:
            model = await self.files.get(
                path,
                content=self.get_query_argument("content", "1") != "0",
                type=asked_type if asked_type in _TYPES else None,
                format=asked_format if asked_format in _FORMATS else None,
                hash=self.get_query_argument("hash", "0") == "1",
                large=lambda size: turns.enter_async_context(self.large_turn(size)),
            )
            if isinstance(model["content"], list) or (model["size"] or 0) < LARGE_BYTES:
                self.finish_json(model)
            else:
                await self.finish_large_json(model)

    async def post(self, path: str = "") -> None:
        body = self.json_body()
        if body.get("copy_from"):
            model = await self.files.copy(_text(body, "copy_from"), path)
        else:
            model = await self.files.new_untitled(path, _text(body, "type"), _text(body, "ext"))
        self.finish_json(model, 201)

    async def put(self, path: str = "") -> None:
        await self.guard.locate(path, Capability.EDIT)
        model, is_new = await self.files.save(path, self.large_json_body())
        self.finish_json(model, 201 if is_new else 200)

    async def patch(self, path: str = "") -> None:
        new_path = _text(self.json_body(), "path")
        model = await self.files.rename(path, new_path, self.parts.renamed)
        self.finish_json(model)

    async def delete(self, path: str = "") -> None:
        await self.files.delete(path)
        self.finish_nothing()


class CheckpointsHandler(Handler):
    """``api/contents/<path>/checkpoints[/<id>]``: guests see and make none; the journal keeps the past."""

    async def get(self, path: str, checkpoint: str | None = None) -> None:
        await self.guard.locate(path)
        self.finish_json([])

    async def post(self, path: str, checkpoint: str | None = None) -> None:
        path = await self.guard.locate(path, Capability.EDIT)
        if checkpoint:
            raise Forbidden("Guests cannot go back to a checkpoint. Ask the host.")
        model = await self.files.get(path, content=False, type=None, format=None, hash=False)
        self.finish_json({"id": "current", "last_modified": model["last_modified"]}, 201)

    async def delete(self, path: str, checkpoint: str | None = None) -> None:
        await self.guard.locate(path, Capability.EDIT)
        raise Forbidden("Guests cannot delete a checkpoint.")


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key) or ""
    if not isinstance(value, str):
        raise BadRequest(sentence("“%1” is not text.", key))
    return value
