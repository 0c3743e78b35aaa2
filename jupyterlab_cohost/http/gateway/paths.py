"""From a path that a guest sent to a place that the guest may use: scope, role, hidden files, links leading outside."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from jupyter_core.utils import ensure_async
from tornado import web

from ...core.scope import Scope, ScopeItem, is_below, normal_path
from ...protocol.errors import BadRequest, Forbidden, NotFound
from ...protocol.roles import Capabilities, Capability
from ...protocol.sentences import sentence
from ...storage.regular import is_special

_DENIED = {
    Capability.EDIT: "You can read this, but not change it. Ask the host for editing.",
    Capability.EXECUTE: "You cannot run code in this session. Ask the host.",
}


def not_shared(path: str) -> NotFound:
    """The same answer for what does not exist and for what is not shared."""
    return NotFound(sentence("“%1” is not part of this session.", path[:200]))


class Guard:
    """Decides for one guest. ``capabilities`` tells what the role allows on a path of the scope, now; ``held_back``
    whether there is something below a folder that the guest may only read; ``shared_below`` whether any session shares
    something strictly below a path.
    """

    def __init__(
        self,
        manager: Any,
        scope: Callable[[], Scope],
        capabilities: Callable[[str], Capabilities],
        held_back: Callable[[str], bool] = lambda _path: False,
        shared_below: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        self._manager, self._scope, self._capabilities = manager, scope, capabilities
        self._held_back, self._shared_below = held_back, shared_below

    @property
    def scope(self) -> Scope:
        """As it is now: the host may change it while a socket is open."""
        return self._scope()

    async def locate(self, path: str, capability: Capability = Capability.READ) -> str:
        """The normal form of a path inside the scope.

        Raises NotFound for anything outside (or hidden, or a link leading outside), Forbidden for what the role denies.
        """
        plain = self._plain(path)
        item = self._item(plain)
        try:
            is_there = item is not None and self._stays_inside(plain, item) and not await self._is_hidden(plain)
            is_there = is_there and not self._is_special(plain)
        except (OSError, ValueError, web.HTTPError):  # a name that the disk cannot have
            is_there = False
        if not is_there:
            raise not_shared(plain)
        self.require(plain, capability)
        return plain

    async def below_shared_folder(self, path: str) -> str:
        """The normal form of a path that an editor may make, rename or delete: strictly below a shared folder."""
        plain = await self.locate(path, Capability.EDIT)
        item = self._item(plain)
        if item is None or item.path == plain:
            raise Forbidden("The host shared this itself: guests cannot rename, move or delete it.")
        if self._held_back(plain):
            raise Forbidden("There is something in this folder that you can read, but not change. Ask the host.")
        return plain

    async def new_place(self, path: str) -> str:
        """As ``below_shared_folder``, for the path that something is moved to.

        What comes there must not decide to what another session's item leads: its folder may be gone, and a link may
        have the item's name.
        """
        plain = await self.below_shared_folder(path)
        if self._shared_below(plain):
            raise Forbidden("The host shares something else below this name. Choose another name.")
        return plain

    def can(self, path: str, capability: Capability) -> bool:
        """Whether the guest may do this on a path in the scope."""
        return self._item(path) is not None and capability in self._capabilities(path)

    def require(self, path: str, capability: Capability) -> None:
        if capability not in self._capabilities(path):
            raise Forbidden(_DENIED.get(capability, "Your role in this session does not allow this."))

    def way(self, path: str) -> str | None:
        """The normal form of a folder outside the scope that leads to something inside; None for any other."""
        plain = self._plain(path)
        return plain if self.scope.leads_to(plain) else None

    def children_on_the_way(self, folder: str) -> list[str]:
        """The entries of such a folder that lead inside, in order of their names."""
        start = len(folder) + 1 if folder else 0
        inside = [item.path for item in self.scope.items if is_below(item.path, folder)]
        names = {path[start:].split("/")[0] for path in inside}
        return [f"{folder}/{name}" if folder else name for name in sorted(names)]

    def shows(self, path: str) -> bool:
        """Whether an entry of a shared folder's listing may be shown."""
        try:
            plain = self._plain(path)
        except NotFound:
            return False
        item = self._item(plain)
        inside = item is not None and self._stays_inside(plain, item) and not self._is_special(plain)
        return inside and self.can(plain, Capability.READ)

    def os_path(self, path: str) -> str | None:
        """The place on the local disk, for contents managers that have one."""
        locate = getattr(self._manager, "_get_os_path", None)
        return None if locate is None else str(locate(path))

    def _plain(self, path: str) -> str:
        try:
            return normal_path(path)
        except BadRequest:
            raise not_shared("This path") from None

    def _item(self, path: str) -> ScopeItem | None:
        return next((item for item in self.scope.items if item.covers(path)), None) if self.scope.covers(path) else None

    def holds(self, path: str, place: str) -> bool:
        """Whether ``place`` (links resolved) is inside the item that ``path`` belongs to."""
        item, base = self._item(path), None
        if item is not None:
            base = self.os_path(item.path)
        return item is not None and (base is None or is_inside(path, place, item, base))

    def _stays_inside(self, path: str, item: ScopeItem) -> bool:
        place, base = self.os_path(path), self.os_path(item.path)
        if place is None or base is None:
            return True
        return is_inside(path, os.path.realpath(place), item, base) and (
            path == item.path or _is_spelled_so(base, path[len(item.path) :])
        )

    def _is_special(self, path: str) -> bool:
        """A named pipe, a socket, a device: nothing of it is shared, for reading it may never end."""
        place = self.os_path(path)
        return place is not None and is_special(place)

    async def _is_hidden(self, path: str) -> bool:
        return path != "" and bool(await ensure_async(self._manager.is_hidden(path)))


def is_inside(path: str, real: str, item: ScopeItem, base: str) -> bool:
    """Whether the file at ``real``, to which ``path`` leads, is in what the item shares; ``base``: the item's place."""
    real_base = os.path.realpath(base)
    if real == real_base:
        return path == item.path
    if item.type == "file" or not real.startswith(real_base.rstrip(os.sep) + os.sep):
        return False
    return not any(part.startswith(".") for part in os.path.relpath(real, real_base).split(os.sep))


def leads_out(manager: Any, scopes: Callable[[], Iterable[Scope]]) -> Callable[[str, str], bool]:
    """``(path, place)``: whether a session shares ``path`` and not what is at ``place`` (links resolved)."""

    def leads(path: str, place: str) -> bool:
        items = (item for scope in scopes() for item in scope.items if item.covers(path))
        return not all(is_inside(path, place, item, str(manager()._get_os_path(item.path))) for item in items)

    return leads


def _is_spelled_so(base: str, rest: str) -> bool:
    """On a disk that takes ``A`` for ``a``, or two forms of ``é`` for one: whether what exists is spelled so.

    One file must not have two names.
    """
    place, folds = base, _folds_names(base)
    for part in rest.strip("/").split("/"):
        if (folds or _folds_forms(place, part)) and _is_otherwise(place, part):
            return False
        place = os.path.join(place, part)
    return True


def _is_otherwise(folder: str, name: str) -> bool:
    return os.path.lexists(os.path.join(folder, name)) and name not in os.listdir(folder)


def _folds_forms(folder: str, name: str) -> bool:
    """Whether the disk takes another Unicode form of this name for the same; nothing has to be listed to know."""
    forms = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")} - {name} if not name.isascii() else set()
    place = os.path.join(folder, name)
    others = [other for form in forms if os.path.lexists(other := os.path.join(folder, form))]
    return bool(others) and os.path.lexists(place) and any(_same(place, other) for other in others)


def _same(one: str, other: str) -> bool:
    return os.path.samestat(os.lstat(one), os.lstat(other))


@lru_cache(maxsize=256)
def _folds_names(folder: str) -> bool:
    swapped = os.path.join(os.path.dirname(folder), os.path.basename(folder).swapcase())
    return swapped != folder and os.path.exists(swapped) and os.path.samefile(folder, swapped)
