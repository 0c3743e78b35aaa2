"""JupyterLab's settings as a guest gets them: the defaults that the host's administrator set, never the host's own."""

from __future__ import annotations

import copy
import os
from typing import Any

from jupyterlab_server.settings_utils import _get_overrides, get_settings

from .lab import Lab

#: What a guest's page does otherwise than the host's.
_FORCED: dict[str, dict[str, Any]] = {
    # Light or dark is the guest's own, by their system.
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False, "renameUntitledFileOnSave": False},
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
    "@jupyterlab/filebrowser-extension:browser": {"useFuzzyFilter": True, "showHiddenFiles": False},
}


class LabSettings:
    """Reads the schemas once; the answers are the same for every guest."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._entries: dict[str, dict[str, Any]] | None = None

    def ids(self) -> list[str]:
        return list(self._load())

    def all(self) -> list[dict[str, Any]]:
        return list(self._load().values())

    def one(self, plugin: str) -> dict[str, Any] | None:
        """The schema and (empty) settings of a plugin."""
        return self._load().get(plugin)

    def _load(self) -> dict[str, dict[str, Any]]:
        if self._entries is None:
            self._entries = {entry["id"]: entry for entry in self._read() if self._is_shared(entry["id"])}
        return self._entries

    def _read(self) -> list[dict[str, Any]]:
        app = self._lab.app
        overrides = copy.deepcopy(_get_overrides(app.app_settings_dir)[0])
        for plugin, values in _FORCED.items():
            overrides.setdefault(plugin, {}).update(values)
        result, _ = get_settings(
            app.app_settings_dir,
            app.schemas_dir,
            os.devnull,  # a folder of user settings that can hold none
            overrides=overrides,
            labextensions_path=self._lab.extension_folders,
        )
        entries: list[dict[str, Any]] = result["settings"]
        return entries

    def _is_shared(self, plugin: str) -> bool:
        package = plugin.partition(":")[0]
        core = os.path.isdir(os.path.join(self._lab.app.schemas_dir, package))
        return core or package in self._lab.shared
