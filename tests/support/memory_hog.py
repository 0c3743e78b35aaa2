"""An editor who makes a server remember as much as they can, coming back whenever they are put out.

Run as a program with what to send (``keys``, ``values``) and how many bytes; prints how many MiB the process
has grown by, at its largest, and how often the editor was put out.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys

from jupyterlab_cohost.core.room import Room
from jupyterlab_cohost.core.rooms import Rooms
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.protocol.varint import write_varuint
from jupyterlab_cohost.storage.merge import merge

from ..test_rooms import until
from .fakes import FakeClient, FakeJournal, FakeStore
from .hostile import ANY, struct, update

_STRUCTS = 10_000


def flood(how: str, client: int, clock: int) -> tuple[bytes, int]:
    """An update, and the clock behind it."""
    null = b"\x01\x7e"
    if how == "keys":
        parts = [struct(ANY, null, parent="state", key=f"{clock + i:x}") for i in range(_STRUCTS)]
    else:
        many = write_varuint(50_000) + b"\x75\x00" * 50_000
        parts = [struct(ANY, b"\x01\x75" + many, parent="state", key=f"{clock}")]
    return update(client, clock, parts), clock + len(parts)


async def _taken(room: Room, client: FakeClient) -> None:
    await until(lambda: not room._edits.busy or client.closed is not None, 120)


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def hog(how: str, most: int) -> tuple[int, int]:
    """See the top of the file."""
    rooms = Rooms(FakeJournal(), FakeStore(a_txt="hello"), merge, DEFAULT_LIMITS)
    opened = await rooms.open("a.txt", "file")
    before, sent, out = _peak_mib(), 0, 0
    while sent < most:
        mallory = FakeClient(Role.EDITOR, "Mallory")
        room = await rooms.connect(opened.record.id, mallory)
        client, clock = random.randrange(2**31), 0
        while mallory.closed is None and sent < most:
            data, clock = flood(how, client, clock)
            frame = messages.encode_update(data)
            sent += len(frame)
            room.handle(mallory, frame)
            await _taken(room, mallory)
        out += mallory.closed is not None
        room.disconnect(mallory)
    grown = _peak_mib() - before
    await rooms.shutdown()
    return grown, out


if __name__ == "__main__":
    print(*asyncio.run(hog(sys.argv[1], int(sys.argv[2]))))
