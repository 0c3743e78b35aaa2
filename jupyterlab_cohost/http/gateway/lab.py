"""The host's installed JupyterLab, as far as a guest's page needs it: folders, template, shared extensions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...protocol.errors import CohostError
from .plugins import SHARED_EXTENSIONS


class NoJupyterLab(CohostError):
    """The host's server runs without JupyterLab, so there is no page to serve."""

    code, status = "no_jupyterlab", 501

    def __init__(self) -> None:
        super().__init__("The host's server has no JupyterLab to show. Open the link in your own JupyterLab.")


@dataclass
class Lab:
    """Where things are on the disk. None of these paths may reach a guest."""

    app: Any
    template: Any
    shared: frozenset[str]
    _read_before: dict[Path, tuple[int, dict[str, Any] | None]] = field(default_factory=dict, repr=False)

    @property
    def static_folder(self) -> Path:
        return Path(self.app.static_dir)

    @property
    def themes_folder(self) -> Path:
        return Path(self.app.themes_dir or self.static_folder.parent / "themes")

    @property
    def extension_folders(self) -> list[str]:
        return [*self.app.extra_labextensions_path, *self.app.labextensions_path]

    def extensions(self) -> list[dict[str, Any]]:
        """The shared ones of the host's prebuilt extensions, as ``federated_extensions`` wants them.

        Their file names carry hashes: after an upgrade, without a restart, the new ones are named.
        """
        return [entry for name in sorted(self.shared) if (entry := self._entry(name)) is not None]

    def extension_folder(self, name: str) -> Path | None:
        """The folder of a shared extension; the first search path that has it wins, as in JupyterLab."""
        if name not in self.shared:
            return None
        folders = (Path(folder) / name for folder in self.extension_folders)
        return next((folder for folder in folders if (folder / "package.json").is_file()), None)

    def _entry(self, name: str) -> dict[str, Any] | None:
        folder = self.extension_folder(name)
        if folder is None:
            return None
        file = folder / "package.json"
        changed = file.stat().st_mtime_ns
        before = self._read_before.get(file)
        if before is None or before[0] != changed:
            before = self._read_before[file] = (changed, _read(name, file))
        return before[1]


def _read(name: str, file: Path) -> dict[str, Any] | None:
    try:
        build = json.loads(file.read_text("utf-8"))["jupyterlab"]["_build"]
        wanted = ("load", "extension", "mimeExtension", "style", "entrypoints")
        return {"name": name, **{key: build[key] for key in wanted if key in build}}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_lab(settings: dict[str, Any], more_extensions: tuple[str, ...] = ()) -> Lab:
    """The running LabApp's. Raises NoJupyterLab."""
    app, environment = settings.get("lab"), settings.get("lab_jinja2_env")
    if app is None or environment is None:
        raise NoJupyterLab()
    return Lab(app, environment.get_template("index.html"), frozenset((*SHARED_EXTENSIONS, *more_extensions)))
