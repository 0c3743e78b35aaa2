"""Which outputs the server vouches for (P6): a set of digests, never anything that stands in the document."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from ..protocol import messages
from ..protocol.errors import CohostError
from ..protocol.ids import DocumentId
from .content import all_vouched
from .ports import Content, Digest, Journal

_MOST = 100_000
_PER_FRAME = 10_000


class Trust:
    """The digests of one room; kept by the journal."""

    def __init__(self, journal: Journal, document: DocumentId, digests: Iterable[Digest]) -> None:
        self._journal, self._document = journal, document
        self.digests: set[Digest] = set(digests)
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, digests: Iterable[Digest]) -> list[Digest]:
        """Vouches for more; returns those that are new."""
        new = [digest for digest in digests if digest not in self.digests]
        if not new or len(self.digests) + len(new) > _MOST:
            return []
        self.digests.update(new)
        task = asyncio.ensure_future(self._keep(new))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return new

    async def _keep(self, digests: list[Digest]) -> None:
        try:
            await self._journal.vouch(self._document, digests)
        except CohostError:
            return  # the outputs stay active until the room closes and are sanitized after that: the safe side

    def may_sign(self, content: Content) -> bool:
        """Whether the notary may sign ``content``."""
        return isinstance(content, dict) and all_vouched(content, self.digests)


def vouched_frames(digests: Iterable[Digest]) -> Iterable[bytes]:
    """The messages that tell of vouched digests."""
    every = list(digests)
    for start in range(0, len(every), _PER_FRAME):
        yield messages.encode_json("vouched", {"digests": every[start : start + _PER_FRAME]})
