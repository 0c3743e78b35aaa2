"""The host exports a notebook: what guests wrote does not decide which code does it.

nbconvert looks for templates, which run what they say, and for their settings in the folder that the server was started
in, often one that is shared; and it takes the class of any module that ``language_info.nbconvert_exporter`` names.
"""

from __future__ import annotations

import posixpath
from functools import cache
from typing import Any

from anyio.to_thread import run_sync
from jupyter_core.utils import ensure_async
from jupyter_server.nbconvert.handlers import default_handlers as handlers_of_files
from jupyter_server.services.nbconvert.handlers import default_handlers as handlers_of_formats

from .services import SETTINGS_KEY, Services

_NAMED = "nbconvert_exporter"


@cache
def shut_templates() -> None:
    """In this process templates come from where they are installed, or from where the host's configuration says."""
    try:
        from nbconvert.exporters.templateexporter import TemplateExporter
    except ImportError:
        return
    here = vars(TemplateExporter).get("_default_extra_template_basedirs")
    if here is not None:
        here.func = lambda _exporter: []


class _WithoutNames:
    """A contents manager whose notebooks name no exporter: that of their language does it."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)

    async def get(self, path: str, **options: Any) -> Any:
        model = await ensure_async(self._manager.get(path=path, **options))
        metadata = model["content"].get("metadata") if model["type"] == "notebook" else None
        language = metadata.get("language_info") if isinstance(metadata, dict) else None
        if isinstance(language, dict):
            language.pop(_NAMED, None)
        return model


class _Careful:
    """Before one of jupyter_server's handlers."""

    path_kwargs: dict[str, str]
    settings: dict[str, Any]

    async def prepare(self) -> None:
        await run_sync(shut_templates)
        await ensure_async(super().prepare())  # type: ignore[misc]

    @property
    def contents_manager(self) -> Any:
        manager: Any = super().contents_manager  # type: ignore[misc]
        services: Services = self.settings[SETTINGS_KEY]
        path = posixpath.normpath("/" + self.path_kwargs.get("path", "").strip("/"))[1:]
        others = services.touched.covers(path)
        return _WithoutNames(manager) if others else manager


def export_routes() -> list[tuple[str, type[Any]]]:
    """In place of jupyter_server's."""
    return [
        (pattern, type(handler.__name__, (_Careful, handler), {}))
        for pattern, handler in (*handlers_of_files, *handlers_of_formats)
    ]
