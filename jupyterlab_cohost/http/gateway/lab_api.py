"""The small answers that a JupyterLab page needs to start. Nothing here is written, nothing is the host's own."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

from ...protocol.errors import NotFound
from ..languages import best, languages
from .base import Handler
from .language_packs import language_pack, packs_installed


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
    """``lab/api/translations[/<locale>]``: JupyterLab's installed language pack, and our own texts in any case.

    ``default`` is what the guest's browser asks for, not the host's language. Nothing else of the installation is told.
    """

    async def get(self, locale: str | None = None) -> None:
        run = asyncio.get_running_loop().run_in_executor
        packs = await run(None, packs_installed)
        if not locale:
            self.finish_json({"data": packs, "message": ""})
            return
        known = tuple(dict.fromkeys((*packs, *languages())))
        asked = self.request.headers.get("Accept-Language", "")
        language = best(asked, known) if locale == "default" else best(locale.replace("_", "-"), known)
        self.finish_json({"data": await run(None, language_pack, language), "message": ""})


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
