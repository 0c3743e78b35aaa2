"""Whose Yjs client ids are: nobody writes on under the id of somebody else.

Two copies that hold different content under one id never meet again, so an id belongs to the participant who first
announced it (awareness) or typed under it while the room was open. What is brought as a whole (step 2, after the server
was away) may hold edits of others that the server lost, as long as those are not here again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..protocol.ids import ParticipantId
from ..protocol.varint import MalformedMessage

#: Beyond this many, ids that a participant only announced are not kept.
_ANNOUNCED_EACH = 256


class BroughtByAnother(MalformedMessage):
    """What somebody has as a whole holds structs of a participant who is here and has not brought them yet."""


class Owners:
    """Of one room, as long as it is open."""

    def __init__(self) -> None:
        self._owners: dict[int, ParticipantId] = {}
        self._announced: Counter[ParticipantId] = Counter()

    def announce(self, ids: Iterable[int], participant: ParticipantId) -> None:
        """These ids speak for the participant."""
        for client in ids:
            if client not in self._owners and self._announced[participant] < _ANNOUNCED_EACH:
                self._owners[client] = participant
                self._announced[participant] += 1

    def check(self, clients: Iterable[int], participant: ParticipantId, *, whole: bool) -> None:
        """Whether the participant may bring new structs of these ids. Raises MalformedMessage, BroughtByAnother.

        ``whole``: everything that somebody has, not what was typed just now.
        """
        for client in clients:
            owner = self._owners.get(client)
            if owner is None and not whole:
                self._owners[client] = participant
            elif owner is not None and owner != participant:
                error = BroughtByAnother if whole else MalformedMessage
                raise error("structs under the id of somebody else")
