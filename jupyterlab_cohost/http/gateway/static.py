"""JupyterLab's static files, the shared extensions' and the themes': below the gateway, so that one path covers all."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from jupyter_server import DEFAULT_STATIC_FILES_PATH

from ...protocol.errors import NotFound
from .assets import Asset
from .base import Handler

#: File names that carry a hash of their content.
_HASHED = re.compile(r"[.-]?[0-9a-f]{12,}\.(js|woff2?|ttf|eot|svg|css|png)$")
_YEAR = "private, max-age=31536000, immutable"


class AssetHandler(Handler):
    """``static/lab/…``, ``static/favicons/…``, ``lab/extensions/…``, ``lab/api/themes/…``.

    Public, as on every Jupyter server: a page whose session has ended still loads the rest of its code.
    """

    public = anywhere = True

    async def get(self, kind: str, path: str) -> None:
        folder, relative = self._place(kind, path)
        asset = await asyncio.get_running_loop().run_in_executor(None, self.parts.assets.read, folder, relative)
        if asset is None:
            raise NotFound("There is no such file.")
        self._head(asset, relative)
        if self.request.headers.get("If-None-Match") == asset.etag:
            self.set_status(304)
            await self.finish()
            return
        await self.finish(self._body(asset))

    head = get

    def _place(self, kind: str, path: str) -> tuple[Path, str]:
        if kind == "static/favicons":
            return Path(DEFAULT_STATIC_FILES_PATH) / "favicons", path
        lab = self.parts.lab()
        if kind == "static/lab":
            return lab.static_folder, path
        if kind == "lab/api/themes":
            return lab.themes_folder, path
        return self._extension(path)

    def _extension(self, path: str) -> tuple[Path, str]:
        names = path.split("/")
        depth = 2 if names[0].startswith("@") else 1
        folder = self.parts.lab().extension_folder("/".join(names[:depth]))
        if folder is None or names[depth : depth + 1] != ["static"]:
            raise NotFound("There is no such file.")
        return folder / "static", "/".join(names[depth + 1 :])

    def _head(self, asset: Asset, name: str) -> None:
        self.allow_any_origin()
        self.set_header("Content-Type", asset.content_type)
        self.set_header("Cache-Control", _YEAR if _HASHED.search(name) else "private, no-cache")
        self.set_header("Etag", asset.etag)
        if asset.compressed is not None:
            self.set_header("Vary", "Accept-Encoding")

    def _body(self, asset: Asset) -> bytes:
        if asset.compressed is None or "gzip" not in self.request.headers.get("Accept-Encoding", ""):
            return asset.body
        self.set_header("Content-Encoding", "gzip")
        return asset.compressed
