"""The small answers that a JupyterLab page needs to start. Nothing here is written, nothing is the host's own."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

from ...protocol.errors import NotFound
from .base import Handler


class SettingsHandler(Handler):
    """``lab/api/settings[/<plugin>]``: defaults. A change is accepted and lasts as long as the page."""

    async def get(self, plugin: str | None = None) -> None:
        settings = self.parts.settings()
        run = asyncio.get_running_loop().run_in_executor
        if plugin:
            entry = await run(None, settings.one, unquote(plugin))
            if entry is None:
                raise NotFound("There are no such settings.")
            self.finish_json(entry)
        elif self.get_query_argument("ids_only", "") == "true":
            self.finish_json({"settings": [{"id": name} for name in await run(None, settings.ids)]})
        else:
            self.finish_json({"settings": await run(None, settings.all)})

    async def put(self, plugin: str | None = None) -> None:
        self.finish_nothing()


class TranslationsHandler(Handler):
    """``lab/api/translations[/<locale>]``: the page speaks English."""

    async def get(self, locale: str | None = None) -> None:
        self.finish_json({"data": {}, "message": ""})


class WorkspacesHandler(Handler):
    """``lab/api/workspaces[/<name>]``: empty; what a page wants to keep is dropped."""

    async def get(self, name: str | None = None) -> None:
        if name:
            self.finish_json({"data": {}, "metadata": {"id": unquote(name)[:200]}})
        else:
            self.finish_json({"workspaces": {"ids": [], "values": []}})

    async def put(self, name: str | None = None) -> None:
        self.finish_nothing()

    post = delete = put


class NbconvertHandler(Handler):
    """``api/nbconvert``: no exporters."""

    async def get(self) -> None:
        self.finish_json({})
