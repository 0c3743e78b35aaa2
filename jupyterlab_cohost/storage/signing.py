"""What a contents manager's notary signs, and which notebooks it calls trusted: for rooms, guests and host alike.

The manager keeps its notary; two of its methods, and those that trust and copy, ask here first, on this one instance.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from inspect import isawaitable
from pathlib import Path
from typing import Any, Literal
from weakref import WeakValueDictionary

from ..core.content import digests_in, has_unknown_outputs
from .files_notebook import plain
from .files_patch import is_local
from .seals import Seals

_MARK = "_cohost_signing"
#: Of the save that is under way: ``None`` is the host's own, by the REST API.
_Who = Literal["guest", "unvouched", "vouched", "trusting"] | None
_who: ContextVar[_Who] = ContextVar("cohost_signing", default=None)
#: Where a load wants to be told. The marks in a notebook are not asked: not every manager takes out what stands there.
_told: ContextVar[list[bool] | None] = ContextVar("cohost_trusted", default=None)

_SEALS: WeakValueDictionary[Path, Seals] = WeakValueDictionary()


class Signing:
    """Of one contents manager. Paths are its own (relative to its root)."""

    def __init__(self, manager: Any, seals: Seals) -> None:
        self._manager, self.seals = manager, seals
        self._sign: Any = getattr(manager, "check_and_sign", None)

    def key(self, path: str) -> str:
        """The name of a file for the seals: the same for every server and content root, through symlinks, too."""
        path = path.strip("/")
        if is_local(self._manager):
            return self.key_of(self._manager._get_os_path(path))
        return f"{type(self._manager).__qualname__}:{path}"

    def key_of(self, os_path: str) -> str:
        """The same, of a file of this machine."""
        return str(os.path.realpath(os_path)).replace(os.sep, "/")

    @contextmanager
    def loading(self) -> Iterator[list[bool]]:
        """Holds, after a notebook was read, whether it is trusted; nothing when the manager did not ask."""
        told: list[bool] = []
        token = _told.set(told)
        try:
            yield told
        finally:
            _told.reset(token)

    @contextmanager
    def saving(self, *, vouched: bool) -> Iterator[None]:
        """A room's save. ``vouched``: everything in it is vouched for."""
        with _as("vouched" if vouched else "unvouched"):
            yield

    @contextmanager
    def for_guest(self, path: str) -> Iterator[None]:
        """What a guest writes is never signed, and the notary's word is not enough for what stands there."""
        self.guest_wrote(path)
        with _as("guest"):
            yield

    def guest_wrote(self, path: str) -> None:
        """Somebody who may not run code writes there."""
        self.seals.guest_wrote(self.key(path))

    def moved(self, old: str, new: str) -> None:
        """A file or folder has another path now, or a twin there. May be told twice."""
        self.seals.moved(self.key(old), self.key(new))

    def seal(self, path: str, notebook: dict[str, Any]) -> None:
        """For a thread."""
        self.seals.seal(self.key(path), notebook)

    # In place of the manager's

    def check_and_sign(self, nb: Any, path: str = "", **more: Any) -> None:
        """The notary signs nothing that somebody who may not run code had a hand in: its signature fits others, too."""
        who = _who.get()
        if who in ("guest", "unvouched") or has_unknown_outputs(nb):
            return
        if who == "trusting":
            self.seal(path, plain(nb))
        elif self.seals.is_guests(self.key(path)):
            return
        self._sign(nb, path, **more)

    def mark_trusted_cells(self, nb: Any, path: str = "") -> None:
        """The manager's own marks, by our word."""
        trusted = self._may_trust(nb, path)
        if not trusted:
            self._manager.log.info("Notebook %s is not trusted", path)
        if (told := _told.get()) is not None:
            told.append(trusted)
        self._manager.notary.mark_cells(nb, trusted)

    def _may_trust(self, nb: Any, path: str) -> bool:
        by_host = not has_unknown_outputs(nb) and not self.seals.is_guests(self.key(path))
        return (by_host and self._manager.notary.check_signature(nb)) or self.is_sealed(plain(nb))

    def is_sealed(self, notebook: dict[str, Any]) -> bool:
        """Whether there is something in it that could be active, and everything was vouched for."""
        return bool(digests_in(notebook)) and self.seals.is_sealed(notebook)


@contextmanager
def _as(who: _Who) -> Iterator[None]:
    token = _who.set(who)
    try:
        yield
    finally:
        _who.reset(token)


def signing_of(manager: Any) -> Signing:
    """The rules of this manager; put in place the first time."""
    signing: Signing | None = getattr(manager, _MARK, None)
    if signing is None:
        notary = getattr(manager, "notary", None)
        folder = getattr(notary, "data_dir", "")
        signing = Signing(manager, _seals_in(Path(folder) / "cohost") if folder else Seals(None))
        if notary is not None:
            trust, copy = manager.trust_notebook, manager.copy
            manager.check_and_sign = signing.check_and_sign
            manager.mark_trusted_cells = signing.mark_trusted_cells
            manager.trust_notebook = partial(_trusting, trust)
            manager.copy = partial(_copying, signing, copy)
        setattr(manager, _MARK, signing)
    return signing


def _seals_in(folder: Path) -> Seals:
    """The same for every contents manager of a server: what a guest wrote through one counts for the others at once."""
    seals = _SEALS.get(folder)
    if seals is None or seals.closed:
        seals = _SEALS[folder] = Seals(folder)
    return seals


def _trusting(trust: Any, path: str) -> Any:
    """The host says so: sealed, whoever wrote it."""
    return _within("trusting", trust, path)


def _copying(signing: Signing, copy: Any, from_path: str, to_path: str | None = None) -> Any:
    """A copy of what a guest wrote is what a guest wrote."""
    if not signing.seals.is_guests(signing.key(from_path)):
        return copy(from_path, to_path)
    made = _within("guest", copy, from_path, to_path)

    def note(model: Any) -> Any:
        signing.moved(from_path, model["path"])
        return model

    return _then(made, note)


def _within(who: _Who, method: Any, *arguments: Any) -> Any:
    """For managers with and without coroutines."""
    with _as(who):
        answer = method(*arguments)
    return _wait_as(who, answer) if isawaitable(answer) else answer


async def _wait_as(who: _Who, answer: Any) -> Any:
    with _as(who):
        return await answer


def _then(answer: Any, work: Any) -> Any:
    if not isawaitable(answer):
        return work(answer)

    async def waited() -> Any:
        return work(await answer)

    return waited()
