"""ROOM-34: whose Yjs ids are, and that nobody honest is kept out by it."""

from __future__ import annotations

from dataclasses import replace

from jupyterlab_cohost.protocol.ids import ParticipantId
from jupyterlab_cohost.protocol.roles import Role

from .support.fakes import FakeClient
from .test_rooms import World


async def test_room_34_a_host_whom_jupyter_names_anew_brings_what_was_typed_offline() -> None:
    """Jupyter gives a token without a cookie another name for every connection."""
    world = World(a_txt="hello")
    try:
        host, guest = FakeClient(), FakeClient(Role.EDITOR, "Bob")
        host.identity = replace(host.identity, role=Role.HOST)
        room = await world.join("a.txt", host, guest)
        room.handle(host, host.insert("one "))
        room.disconnect(host)
        host.insert("two ")
        host.identity = replace(host.identity, participant_id=ParticipantId("another"))
        await world.join("a.txt", host)
        assert host.closed is None
        assert room.file.document.content_now() == "two one hello"
    finally:
        await world.rooms.shutdown()
