"""What everybody in a room is told about the file and the journal, not oftener than they can read it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from ..protocol import messages
from ..protocol.sentences import spoken
from .ledger import Ledger
from .outside import MOST_PLACES
from .ports import Conflict
from .saver import SaveState

_EVERY_S = 0.2
_NOTICE_SECONDS = 60.0
_NOTICES = 10


class Announcer:
    """``broadcast`` sends a frame to everybody who said hello; ``state`` is how the file stands now."""

    def __init__(self, broadcast: Callable[[bytes], None], state: Callable[[], SaveState], ledger: Ledger) -> None:
        self._broadcast, self._state, self._ledger = broadcast, state, ledger
        self._handle: asyncio.TimerHandle | None = None
        self._sent_at = 0.0
        self._notices: list[tuple[float, bytes]] = []

    def newcomer(self) -> list[bytes]:
        """What someone who comes now is told."""
        now = time.monotonic()
        self._notices = [(at, frame) for at, frame in self._notices if now - at < _NOTICE_SECONDS]
        return [self.state(), *(frame for _, frame in self._notices)]

    def notice(self, code: str, message: str, **more: Any) -> None:
        """Tells the people present, and those who come within a minute."""
        frame = messages.encode_json("notice", {"code": code, **spoken(message), **more})
        self._notices = [*self._notices[1 - _NOTICES :], (time.monotonic(), frame)]
        self._broadcast(frame)

    def merged(self, conflicts: list[Conflict], change: str | None) -> None:
        """Another program wrote the file; ``change`` is the name under which it can be looked at and taken back."""
        more: dict[str, Any] = {} if change is None else {"change": change}
        if conflicts:
            more["where"] = [conflict.where for conflict in conflicts[:MOST_PLACES]]
            message = "Another program changed the file in the same place as people here. Both versions were kept."
            self.notice("merge_conflict", message, **more)
        else:
            self.notice("file_changed", "Another program changed the file. The changes were merged.", **more)

    def safe_changed(self, _safe: bool) -> None:
        """The journal fails, or works again."""
        self._send()

    def saver_says(self, state: SaveState) -> None:
        """Failures at once, the rest a few times a second."""
        if self._handle is not None and state.state != "failed":
            return
        wait = self._sent_at + _EVERY_S - time.monotonic()
        if state.state == "failed" or wait <= 0:
            self._send()
        else:
            self._handle = asyncio.get_running_loop().call_later(wait, self._send)

    def _send(self) -> None:
        self.close()
        self._sent_at = time.monotonic()
        self._broadcast(self.state())

    def state(self) -> bytes:
        """The message that tells how file and journal stand now."""
        now = self._state()
        body = {"state": now.state, "at": now.at, "safe": self._ledger.safe}
        why = {} if now.reason is None else spoken(now.reason, "reason")
        return messages.encode_json("save_state", {**body, **why})

    def close(self) -> None:
        """Nothing is sent later."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
