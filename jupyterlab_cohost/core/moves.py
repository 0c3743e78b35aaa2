"""Who is where, sent to everybody in a room: merged per tick, and the first thing that is left out for a slow reader.

With many people ticks are longer, so that their cost does not grow with the square of the number of people: about
2,000 frames leave a second, however many move. Who somebody is leaves once, and never is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from ..protocol import messages
from ..protocol.ids import ParticipantId
from ..protocol.limits import Limits
from .awareness import Awareness, Changes, Whereabouts
from .fanout import Ticker
from .member import Member

_PAUSE_PER_MEMBER_S = 0.0005
_PAUSE_AT_MOST_S = 0.05
#: A client that has more than this to read is spared moves.
_SLOW_BYTES = 64 * 1024
#: When to look again whether a slow client has read.
_AGAIN_S = 0.1


class Moves:
    """``send`` gives a frame to a member; ``members`` are those in the room; ``place_changed`` as in Awareness."""

    def __init__(
        self,
        limits: Limits,
        members: Callable[[], Collection[Member]],
        send: Callable[[Member, bytes], None],
        place_changed: Callable[[ParticipantId], None],
    ) -> None:
        self._most_bytes = limits.awareness_bytes
        self._members, self._send = members, send
        self._awareness = Awareness(limits.awareness_clients_per_connection, place_changed)
        self._ticker = Ticker(self._flush, _PAUSE_AT_MOST_S, self._pause)
        self._again: asyncio.TimerHandle | None = None

    def received(self, member: Member, update: bytes) -> None:
        """A client tells where it is. Raises MalformedMessage."""
        if len(update) > self._most_bytes:
            return  # a cursor that nobody sees is no reason to put its owner out
        if self._awareness.receive(member, member.client.identity, update):
            self._ticker.wake()

    def left(self, member: Member) -> None:
        """A client is gone."""
        if self._awareness.leave(member):
            self._ticker.wake()

    def tell_all(self, member: Member) -> None:
        """Everybody, to one who came or asked."""
        member.spared.clear()
        present = self._awareness.present()
        if present:
            self._tell(member, Changes(fresh=present, moved=frozenset()), {})

    def ids_of(self, member: Member) -> frozenset[int]:
        """Under which ids it speaks."""
        return self._awareness.ids_of(member)

    def whereabouts(self) -> dict[ParticipantId, Whereabouts]:
        """Of everybody who has told them."""
        return self._awareness.whereabouts()

    def close(self) -> None:
        """Nothing is sent any more."""
        self._ticker.close()
        if self._again is not None:
            self._again.cancel()

    def _pause(self) -> float:
        return min(_PAUSE_AT_MOST_S, len(self._members()) * _PAUSE_PER_MEMBER_S)

    def _flush(self) -> None:
        changes = self._awareness.take_changed()
        but = self._awareness.sole_owner(changes) if changes else None
        frames: dict[tuple[bool, bool], list[bytes]] = {}
        for member in list(self._members()):
            if member.met and (member is not but or member.spared):
                self._tell_changes(member, changes, frames)
        self._awareness.forget_gone(changes.fresh)
        if self._again is None and any(member.spared for member in self._members()):
            self._again = asyncio.get_running_loop().call_later(_AGAIN_S, self._look_again)

    def _look_again(self) -> None:
        self._again = None
        self._ticker.wake()

    def _tell_changes(self, member: Member, changes: Changes, frames: dict[tuple[bool, bool], list[bytes]]) -> None:
        if member.client.waiting > _SLOW_BYTES:
            member.spared |= changes.moved
            self._tell(member, Changes(changes.fresh, frozenset()), frames)
        elif member.spared:
            owed = changes.moved | member.spared - changes.fresh
            member.spared = set()
            self._tell(member, Changes(changes.fresh, owed), {})
        else:
            self._tell(member, changes, frames)

    def _tell(self, member: Member, changes: Changes, frames: dict[tuple[bool, bool], list[bytes]]) -> None:
        """``frames``: what others were sent in this tick, by what they understand and whether moves are in it."""
        if not changes:
            return
        key = (member.identities, bool(changes.moved))
        if key not in frames:
            frames[key] = self._frames(member.identities, changes)
        for frame in frames[key]:
            self._send(member, frame)

    def _frames(self, identities: bool, changes: Changes) -> list[bytes]:
        ids = sorted(changes.fresh | changes.moved)
        if not identities:
            return [messages.encode_awareness(self._awareness.stamped(ids))]
        users = self._awareness.users(changes.fresh)
        who = [messages.encode_json("identities", {"users": users})] if users else []
        return [*who, messages.encode_awareness(self._awareness.bare(ids))]
