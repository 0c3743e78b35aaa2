"""What the gateway's handlers share on one server, made when it is first needed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from ..renames import move_kernels
from ..services import SETTINGS_KEY, Services
from .assets import Assets
from .feed import Feed
from .kernel_watch import KernelWatches
from .lab import Lab, find_lab
from .lab_settings import LabSettings
from .large_answers import LargeAnswers
from .steady import Steady

_KEY = "cohost_gateway_parts"


class Parts:
    """One per web application."""

    def __init__(self, services: Services, settings: dict[str, Any]) -> None:
        self._services, self._settings = services, settings
        self.assets, self.feed = Assets(), Feed(services.server, services.renames)
        self.kernel_watches = KernelWatches(services.server, services.sessions, self.feed)
        self.large_answers = LargeAnswers(services.limits.file_bytes)
        self.steady = Steady()
        self.starting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._lab: Lab | None = None
        self._lab_settings: LabSettings | None = None

    def lab(self) -> Lab:
        """Raises NoJupyterLab."""
        self._lab = self._lab or find_lab(self._settings, self._services.guest_extensions)
        return self._lab

    def settings(self) -> LabSettings:
        """Raises NoJupyterLab."""
        self._lab_settings = self._lab_settings or LabSettings(self.lab())
        return self._lab_settings

    def is_open(self, path: str) -> bool:
        """Whether a room holds this file."""
        return bool(self._services.rooms.is_open(path))

    async def renamed(self, old_path: str, new_path: str) -> None:
        """A guest moved a file or a folder: rooms and the kernels' documents follow."""
        await self._services.renames.follow(old_path, new_path)
        await move_kernels(self._services.server, old_path, new_path)


def parts_of(settings: dict[str, Any]) -> Parts:
    """The web application's parts."""
    if _KEY not in settings:
        settings[_KEY] = Parts(settings[SETTINGS_KEY], settings)
    parts: Parts = settings[_KEY]
    return parts
