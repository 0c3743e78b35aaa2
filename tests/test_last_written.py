"""JRNL-15: after a crash between a save and its note, another program's change is one of what was written."""

from __future__ import annotations

from typing import Any

from pycrdt import Doc, Text

from jupyterlab_cohost.core.content import fingerprint
from jupyterlab_cohost.core.ports import SavedContent, StoredDocument

from .support.fakes import FakeClient
from .test_rooms import World


async def restarted(noted: str, states: list[str], written: str, file: str) -> str:
    """``states`` of the document, one update each; ``noted`` is what the journal says the file holds."""
    world = World(a_txt=states[0])
    try:
        record = (await world.rooms.open("a.txt", "file")).record
        history = world.journal.stored[record.id]
    finally:
        await world.rooms.shutdown()
    doc: Doc[Any] = Doc()
    doc.apply_update(history.updates[0])
    updates, text = [history.updates[0]], doc.get("source", type=Text)
    for state in states[1:]:
        before = doc.get_state()
        text.clear()
        text += state
        updates.append(doc.get_update(before))
    again = World(a_txt=file)
    try:
        again.journal.records[record.id] = record
        saved = SavedContent(noted, "another hash", fingerprint(written))
        again.journal.stored[record.id] = StoredDocument(history.epoch, updates, saved, frozenset())
        room = await again.join("a.txt", FakeClient())
        return str(room.file.document.content_now())
    finally:
        await again.rooms.shutdown()


async def test_jrnl_15_what_somebody_took_out_since_stays_out() -> None:
    """Found by a random plan (seed 221): the program had deleted the second line of what was written."""
    states = ["start\nsecond\n", "start 一\nsecond\n", "start\nsecond\n"]
    assert await restarted(states[0], states, states[1], "start 一\n") == "start\n"


async def test_jrnl_15_a_save_that_was_announced_and_never_came_is_no_base() -> None:
    states = ["start\nsecond\n", "start 一\nsecond\n"]
    assert await restarted(states[0], states, states[1], "start\nsecond\noutside\n") == "start 一\nsecond\noutside\n"


async def test_jrnl_15_two_who_go_on_behind_the_last_line_have_nothing_in_common() -> None:
    """Found by a random plan (148): the end that both gave the last line was taken for the announced save's."""
    states = ["start\nsecond", "start\nsecond\ntyped"]
    text = await restarted(states[0], states, states[1], "start\nsecond\noutside")
    assert sorted(text.split("\n")) == ["outside", "second", "start", "typed"]
