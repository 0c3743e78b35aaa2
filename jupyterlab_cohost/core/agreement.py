"""Whether everybody reads the same from the same history.

Yjs copies are alike whatever the order in which they take over changes, as long as every change names neighbours that
stood beside each other. Who names others (a damaged or hostile client) makes copies that differ by the order in which
they took over what all of them have. So when people pause, the document as it is and one made of the whole history, as
a newcomer's, are compared; where they differ the server types the content anew: what it typed stands in one piece, and
reads the same everywhere. Then pages are told a digest, and one whose copy differs opens the document anew.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from .document import YDocument, same_said
from .ports import Kind

#: After the last change; and at the latest, while people go on.
_PAUSE_S, _AT_LATEST_S = 1.0, 10.0
#: The share of the time that comparing may take is one in this many.
_REST = 20
_log = logging.getLogger("jupyterlab_cohost.rooms")


def agreed(kind: Kind, history: bytes, live: tuple[str, ...]) -> str | None:
    """The digest of what everybody should read, or None when the history can be read in another order. For a thread."""
    document = YDocument(kind, lambda _update: None)
    document.load(history)
    digest = document.digest() if same_said(kind, document.said(), live) else None
    document.close()
    return digest


class Agreement:
    """``repaired`` is told when content had to be typed anew, ``agreed`` the digest of what all copies should say."""

    def __init__(self, document: YDocument, repaired: Callable[[], None], agreed: Callable[[str], None]) -> None:
        self._document, self._repaired, self._agreed = document, repaired, agreed
        self._version = 0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._since = self._changed_at = self._not_before = 0.0
        self._open = False

    def changed(self, *, by_people: bool) -> None:
        """The document changed; ``by_people``: by somebody, while others had a copy of it."""
        self._version += 1
        if by_people:
            self.doubted()

    def doubted(self) -> None:
        """A copy may say something else, whether or not the document changed: told soon what it should say."""
        self._changed_at = now = time.monotonic()
        if not self._open:
            self._open, self._since = True, now
        self._arm(now)

    @property
    def pending(self) -> bool:
        """Whether something was not compared yet."""
        return self._open or self._timer is not None or self._task is not None

    def _arm(self, now: float) -> None:
        if self._timer is None and self._task is None:
            wait = max(_PAUSE_S, self._not_before - now)
            self._timer = asyncio.get_running_loop().call_later(wait, self._look)

    def _look(self) -> None:
        self._timer = None
        now = time.monotonic()
        if now - self._changed_at < _PAUSE_S * 0.9 and now - self._since < _AT_LATEST_S:
            self._arm(now)
        else:
            self._task = asyncio.ensure_future(self._compare_guarded())

    async def _compare_guarded(self) -> None:
        try:
            await self._compare()
        except Exception:
            _log.exception("Copies could not be compared")
        finally:
            self._task = None
        if self._open:
            self._arm(time.monotonic())

    async def _compare(self) -> None:
        self._open, version = False, self._version
        began = time.monotonic()
        document = self._document
        history, live = document.diff(), document.said()
        digest = await asyncio.to_thread(agreed, document.kind, history, live)
        self._not_before = time.monotonic() + (time.monotonic() - began) * _REST
        if digest is None:
            document.retype()
            self._repaired()
            self.changed(by_people=True)
        elif version == self._version:
            self._agreed(digest)

    async def settle(self) -> None:
        """Compares now what was not compared yet. Nothing is compared later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            await asyncio.wait({self._task})
        if self._open:
            await self._compare_guarded()
        self.close()

    def close(self) -> None:
        """Nothing is compared any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
