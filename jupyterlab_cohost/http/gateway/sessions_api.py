"""``api/sessions``: attaching to the kernel of a document, and detaching from it."""

from __future__ import annotations

from typing import Any

from ...protocol.errors import BadRequest, Forbidden
from .base import Handler


class SessionsHandler(Handler):
    """``api/sessions``."""

    async def get(self) -> None:
        self.finish_json(await self.kernels.sessions())

    async def post(self) -> None:
        body = self.json_body()
        path, name = body.get("path"), body.get("name") or ""
        wanted = (body.get("kernel") or {}).get("name") if isinstance(body.get("kernel") or {}, dict) else None
        if not isinstance(path, str) or not isinstance(name, str) or not isinstance(wanted, str | None):
            raise BadRequest("A path, a name and a kernel are needed.")
        self.finish_json(await self.kernels.attach(path, name, wanted or None), 201)


class SessionHandler(Handler):
    """``api/sessions/<id>``."""

    async def get(self, jupyter_session: str) -> None:
        self.finish_json(await self.kernels.find(jupyter_session))

    async def patch(self, jupyter_session: str) -> None:
        model, body = await self.kernels.find(jupyter_session), self.json_body()
        if _asks_for_other_kernel(body, model["kernel"]):
            raise Forbidden("Only the host can change the kernel of a shared notebook.")
        echoed = {key: body[key] for key in ("path", "name", "type") if isinstance(body.get(key), str)}
        self.finish_json({**model, **echoed})

    async def delete(self, jupyter_session: str) -> None:
        self.finish_nothing()


def _asks_for_other_kernel(body: dict[str, Any], kernel: dict[str, Any]) -> bool:
    wanted = body.get("kernel")
    if not wanted:
        return False
    return not isinstance(wanted, dict) or wanted.get("id") != kernel["id"]
