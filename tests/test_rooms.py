"""Rooms by themselves: ports in memory, no socket, no server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map, Text

from jupyterlab_cohost.core.room import Room
from jupyterlab_cohost.core.rooms import HistoryReplaced, Rooms
from jupyterlab_cohost.core.updates import would_change
from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.close_codes import GOING_AWAY, MALFORMED, TOO_LARGE, TOO_SLOW, VERSION
from jupyterlab_cohost.protocol.digest import WIDGET_STATE, output_digest, widget_digests
from jupyterlab_cohost.protocol.errors import GoingAway, NotFound, StorageFailed
from jupyterlab_cohost.protocol.ids import DocumentId, Epoch
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.protocol.varint import write_bytes, write_varuint
from jupyterlab_cohost.storage.merge import merge

from .support.fakes import FakeClient, FakeJournal, FakeStore

ACK, SAVE_STATE, REFUSED, VOUCHED, SAVE_RESULT, NOTICE, RENAMED = 102, 103, 104, 105, 108, 109, 110
LIMITS = replace(DEFAULT_LIMITS, idle_room_s=0.05, save_delay_ms=20, message_bytes=200_000)
HELLO = messages.encode_json("hello", {"version": 1})
HTML = {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}, "metadata": {}}
DIGEST = str(output_digest(HTML))


def code_cell(cell_id: str, source: str = "", outputs: list[Any] | None = None) -> dict[str, Any]:
    return {
        **{"id": cell_id, "cell_type": "code", "source": source, "metadata": {}},
        **{"outputs": outputs or [], "execution_count": None},
    }


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


async def until(condition: Callable[[], object], seconds: float = 120) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "the condition did not come true"
        await asyncio.sleep(0.002)


async def put_out(client: FakeClient) -> None:
    await until(lambda: client.closed is not None)


class World:
    def __init__(self, **files: Any) -> None:
        self.journal, self.store = FakeJournal(), FakeStore(**files)
        self.rooms = Rooms(self.journal, self.store, merge, LIMITS)

    async def join(self, path: str, *clients: FakeClient, hello: bool = True) -> Room:
        opened = await self.rooms.open(path, "notebook" if path.endswith("ipynb") else "file")
        for client in clients:
            room = await self.rooms.connect(opened.record.id, client)
            if hello:
                room.handle(client, HELLO)
            room.handle(client, messages.encode_step1(client.doc.get_state()))
            room.handle(client, messages.encode_step2(client.doc.get_update()))
        return room


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(a_txt="hello", n_ipynb=notebook(code_cell("c1", "x = 1"), code_cell("c2", "", [HTML])))
    yield made
    await made.rooms.shutdown()


async def test_room_3_an_edit_reaches_the_others_the_journal_and_the_file(world: World) -> None:
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("a.txt", ann, bob)
    sent = len(ann.frames)
    room.handle(ann, ann.insert("one "))
    await until(lambda: str(bob.text) == "one hello")
    await until(lambda: world.store.files["a.txt"] == "one hello")
    assert not [frame for frame in ann.frames[sent:] if frame[:2] == b"\x00\x02"], "the author gets no echo"
    replay: Doc[Any] = Doc()
    for update in world.journal.stored[room.id].updates:
        replay.apply_update(update)
    assert str(replay.get("source", type=Text)) == "one hello"


async def test_room_4_acknowledges_when_committed_and_not_before(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    await until(lambda: ann.of_type(ACK) == [1])
    world.journal.gate.clear()
    room.handle(ann, ann.insert("x"))
    room.handle(ann, ann.insert("y"))
    await until(lambda: world.store.files["a.txt"] == "yxhello")
    assert ann.of_type(ACK) == [1]
    world.journal.gate.set()
    await until(lambda: ann.of_type(ACK)[-1:] == [3])


async def test_room_5_a_journal_that_fails_is_told_and_everything_is_written_later(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    await until(lambda: ann.of_type(ACK) == [1])
    world.journal.broken = True
    room.handle(ann, ann.insert("x"))
    await until(lambda: ann.of_type(SAVE_STATE)[-1]["safe"] is False)
    room.handle(ann, ann.insert("y"))
    assert ann.of_type(ACK) == [1]
    world.journal.broken = False
    await until(lambda: ann.of_type(ACK)[-1:] == [3])
    await until(lambda: ann.of_type(SAVE_STATE)[-1]["safe"] is True)
    newcomer: Doc[Any] = Doc()
    for update in world.journal.stored[room.id].updates:
        newcomer.apply_update(update)
    assert str(newcomer.get("source", type=Text)) == "yxhello"


async def test_room_6_a_viewer_changes_nothing_and_is_told(world: World) -> None:
    ann, eve = FakeClient(), FakeClient(Role.VIEWER, "Eve")
    room = await world.join("a.txt", ann, eve)
    room.handle(ann, ann.edit(lambda: ann.text.__delitem__(slice(0, 1))))
    await until(lambda: str(eve.text) == "ello")
    room.handle(eve, messages.encode_step2(eve.doc.get_update()))
    assert eve.of_type(REFUSED) == []
    before = world.journal.stored[room.id].updates[:]
    room.handle(eve, eve.insert("evil "))
    room.handle(eve, eve.edit(lambda: eve.text.__delitem__(slice(6, 7))))
    assert [refused["code"] for refused in eve.of_type(REFUSED)] == ["forbidden", "forbidden"]
    await until(lambda: eve.of_type(ACK)[-1:] == [4])
    assert str(ann.text) == "ello"
    assert world.journal.stored[room.id].updates == before
    eve.role = Role.EDITOR
    room.handle(eve, eve.insert("now "))
    assert eve.closed is None


async def test_room_7_malformed_updates_end_their_sender_only(world: World) -> None:
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("a.txt", ann, bob)
    deep = b"\x01\x01\x07\x00\x28\x01\x05state\x01k\x01" + b"\x75\x01" * 100_000 + b"\x7e\x00"
    for body in (b"\xff\xff\xff\x01\x02\x03", b"\x01", deep[:150_000], deep[:100] + b"\x00", deep):
        mallory = FakeClient(Role.EDITOR, "Mallory")
        room.handle(ann, ann.insert("."))
        (await world.join("a.txt", mallory)).handle(mallory, messages.encode_update(body))
        await put_out(mallory)
        assert mallory.closed in (MALFORMED, TOO_LARGE)
    room.handle(ann, ann.insert("still "))
    await until(lambda: str(bob.text).startswith("still "))
    assert ann.closed is None


async def test_room_8_an_update_that_lacks_something_is_asked_for_once(world: World) -> None:
    ann, bob = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("a.txt", ann, bob)
    lost = ann.insert("1")
    second = ann.insert("2")
    asked = len([frame for frame in ann.frames if frame[:2] == b"\x00\x00"])
    room.handle(ann, second)
    assert len([frame for frame in ann.frames if frame[:2] == b"\x00\x00"]) == asked + 1
    await asyncio.sleep(0.02)
    assert ann.of_type(ACK)[-1:] == [1]
    room.handle(ann, messages.encode_step2(ann.doc.get_update()))
    await until(lambda: ann.of_type(ACK)[-1:] == [3])
    await until(lambda: str(bob.text) == "21hello")
    assert lost
    mallory = FakeClient(Role.EDITOR, "Mallory")
    await world.join("a.txt", mallory)
    mallory.insert("lost")
    for _ in range(5):
        room.handle(mallory, mallory.insert("z"))
    assert mallory.closed is None, "who types fast on a slow line has sent these before it was asked"
    room.handle(mallory, b"\x00\x01" + mallory.insert("z")[2:])
    assert mallory.closed is MALFORMED


async def test_room_9_sizes_versions_and_slow_readers(world: World) -> None:
    big, old, slow = FakeClient(name="Big"), FakeClient(name="Old"), FakeClient(name="Slow")
    room = await world.join("a.txt", big, slow)
    room.handle(big, b"\x00\x02" + b"x" * (LIMITS.message_bytes + 1))
    assert big.closed is TOO_LARGE
    (await world.join("a.txt", old, hello=False)).handle(old, messages.encode_json("hello", {"version": 99}))
    assert old.closed is VERSION
    ann = FakeClient()
    await world.join("a.txt", ann)
    slow.slow = True
    room.handle(ann, ann.insert("x"))
    await until(lambda: slow.closed is TOO_SLOW)
    assert ann.closed is None


async def test_room_10_what_arrives_in_a_tick_leaves_in_one_frame(world: World) -> None:
    ann, bob, carol = (FakeClient(Role.EDITOR, name) for name in ("Ann", "Bob", "Carol"))
    room = await world.join("a.txt", ann, bob, carol)
    before = len(carol.frames)
    for number in range(20):
        room.handle(ann, ann.insert(str(number)))
        room.handle(bob, bob.insert("b"))
    await until(lambda: len(carol.text) == len(ann.text) and "19" in str(carol.text))
    assert len([frame for frame in carol.frames[before:] if frame[:2] == b"\x00\x02"]) == 1
    assert str(ann.text) == str(bob.text) == str(carol.text)


async def test_room_11_awareness_is_stamped_owned_and_ends_with_the_connection(world: World) -> None:
    ann, bob, carol = (FakeClient(Role.VIEWER, name) for name in ("Ann", "Bob", "Carol"))
    room = await world.join("a.txt", ann, bob)

    def say(client: FakeClient, number: int, clock: int, state: bytes) -> None:
        body = b"\x01" + write_varuint(number) + write_varuint(clock) + write_bytes(state)
        room.handle(client, messages.encode_awareness(body))

    say(ann, 7, 1, b'{"user": {"name": "Someone else"}, "cursor": 3}')
    await until(lambda: 7 in bob.awareness())
    clock, state = bob.awareness()[7]
    assert (clock, state["cursor"], state["user"]["name"], state["user"]["username"]) == (1, 3, "Ann", "p-Ann")
    say(bob, 7, 50, b'{"cursor": 9}')
    say(bob, 7, 51, b"null")
    say(bob, 8, 1, b"{}")
    await until(lambda: 8 in ann.awareness())
    await world.join("a.txt", carol)
    assert carol.awareness()[7][1]["cursor"] == 3, "a newcomer gets what is there"
    say(bob, 8, 2, b'{"x": "' + b"a" * LIMITS.awareness_bytes + b'"}')
    assert bob.closed is None
    await asyncio.sleep(0.05)
    assert ann.awareness()[8][0] == 1, "too large a state is passed over"
    say(bob, 8, 2**40, b"{}")
    assert bob.closed is MALFORMED
    room.disconnect(ann)
    await until(lambda: carol.awareness()[7] == (2, None))
    for bad in (b"[1]", b"{", b'"x"'):
        mallory = FakeClient(name="Mallory")
        await world.join("a.txt", mallory)
        say(mallory, 99, 1, bad)
        assert mallory.closed in (MALFORMED, TOO_LARGE)


async def test_room_12_an_unmodified_client_gets_standard_messages_only(world: World) -> None:
    plain, ann = FakeClient(Role.EDITOR, "Plain"), FakeClient()
    room = await world.join("a.txt", plain, hello=False)
    await world.join("a.txt", ann)
    room.handle(plain, plain.insert("x"))
    room.handle(ann, messages.encode_json("vouch", {"digests": [DIGEST]}))
    await until(lambda: world.store.files["a.txt"] == "xhello")
    assert {frame[0] for frame in plain.frames} <= {0, 1, 3}


async def test_room_13_a_made_up_id_or_another_history_builds_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        await world.rooms.connect(DocumentId("made-up"), FakeClient())
    with pytest.raises(NotFound):
        await world.rooms.open("nothing.txt", "file")
    assert world.store.watched == {}
    opened = await world.rooms.open("a.txt", "file")
    with pytest.raises(HistoryReplaced):
        await world.rooms.connect(opened.record.id, FakeClient(), Epoch("another"))


async def test_room_14_many_at_once_load_once_and_all_leaving_gives_the_room_back(world: World) -> None:
    await asyncio.gather(*(world.rooms.open("a.txt", "file") for _ in range(20)))
    assert world.store.loads == 1
    clients = [FakeClient(name=f"c{i}") for i in range(5)]
    room = await world.join("a.txt", *clients)
    room.handle(clients[0], clients[0].insert("x"))
    for client in clients:
        room.disconnect(client)
    await until(lambda: world.rooms.room_of(room.id) is None)
    await until(lambda: world.store.watched == {} and world.journal.compacted == 1)
    assert world.store.files["a.txt"] == "xhello"
    back = FakeClient()
    await world.join("a.txt", back)
    assert str(back.text) == "xhello"


async def test_room_15_a_rename_keeps_the_room(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    world.store.files["b.txt"] = world.store.files.pop("a.txt")
    await world.rooms.rename("a.txt", "b.txt")
    assert ann.of_type(RENAMED) == [{"path": "b.txt"}]
    room.handle(ann, ann.insert("x"))
    await until(lambda: world.store.files.get("b.txt") == "xhello")
    assert "a.txt" not in world.store.files
    assert world.journal.records[room.id].path == "b.txt"


async def test_room_16_shutdown_saves_and_says_goodbye(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    room.handle(ann, ann.insert("last "))
    await world.rooms.shutdown()
    assert world.store.files["a.txt"] == "last hello"
    assert ann.closed is GOING_AWAY
    with pytest.raises(GoingAway):
        await world.rooms.open("a.txt", "file")


async def test_room_16_a_closed_journal_of_a_server_that_stops_is_no_fault_of_the_storage(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closed(*_: object) -> None:
        raise StorageFailed("The journal is closed: the server is stopping.")

    for name in ("document", "record"):
        monkeypatch.setattr(world.journal, name, closed)
    asked: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: world.rooms.open("a.txt", "file"),
        lambda: world.rooms.connect(DocumentId("id-a-txt"), FakeClient()),
    )
    for ask in asked:
        with pytest.raises(StorageFailed):
            await ask()
    await world.rooms.shutdown()
    for ask in asked:
        with pytest.raises(GoingAway):
            await ask()


async def test_room_19_save_now_answers_when_it_is_there_and_says_why_not(world: World) -> None:
    ann, eve = FakeClient(), FakeClient(Role.VIEWER, "Eve")
    room = await world.join("a.txt", ann, eve)
    room.handle(ann, ann.insert("x"))
    room.handle(ann, messages.encode_json("save", {"id": "1"}))
    await until(lambda: ann.of_type(SAVE_RESULT))
    assert ann.of_type(SAVE_RESULT) == [{"id": "1", "ok": True}]
    assert world.store.files["a.txt"] == "xhello"
    world.store.problem = StorageFailed("the disk is full")
    room.handle(ann, ann.insert("y"))
    room.handle(ann, messages.encode_json("save", {"id": "2"}))
    await until(lambda: len(ann.of_type(SAVE_RESULT)) == 2)
    assert ann.of_type(SAVE_RESULT)[1] == {"id": "2", "ok": False, "message": "the disk is full"}
    assert (ann.of_type(SAVE_STATE)[-1]["state"], ann.of_type(SAVE_STATE)[-1]["safe"]) == ("failed", True)
    world.store.problem = None
    await until(lambda: world.store.files["a.txt"] == "yxhello")
    await until(lambda: ann.of_type(SAVE_STATE)[-1]["state"] == "saved")
    room.handle(eve, messages.encode_json("save", {"id": "3"}))
    assert eve.of_type(SAVE_RESULT)[0]["ok"] is False
    assert world.store.most_at_once == 1


async def test_room_20_nothing_is_saved_when_nothing_changed(world: World) -> None:
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    room.handle(ann, messages.encode_json("save", {"id": "1"}))
    await until(lambda: ann.of_type(SAVE_RESULT))
    assert world.store.saves == []


async def test_room_21_an_outside_write_is_merged_with_live_typing(world: World) -> None:
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    source = ann.cells[0]["source"]
    room.handle(ann, ann.edit(lambda: source.insert(0, "typed; ")))
    outside = notebook(code_cell("c1", "x = 1\ny = 2"), code_cell("c2", "new", [HTML]))
    world.store.write("n.ipynb", outside)
    room.handle(ann, ann.edit(lambda: source.insert(0, "more; ")))
    await until(lambda: str(ann.cells[1]["source"]) == "new")
    assert str(source) == "more; typed; x = 1\ny = 2"
    await until(lambda: world.store.files["n.ipynb"]["cells"][0]["source"] == "more; typed; x = 1\ny = 2")


async def test_room_22_a_file_that_is_gone_is_not_made_again(world: World) -> None:
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    world.store.remove("a.txt")
    await until(lambda: ann.of_type(SAVE_STATE)[-1]["state"] == "failed")
    room.handle(ann, ann.insert("x"))
    await asyncio.sleep(0.1)
    assert "a.txt" not in world.store.files


async def test_room_23_a_restart_merges_what_changed_in_between(world: World) -> None:
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    world.store.problem = StorageFailed("no")
    room.handle(ann, ann.edit(lambda: ann.cells[0]["source"].insert(0, "unsaved; ")))
    await until(lambda: ann.of_type(ACK)[-1:] == [2])
    world.store.problem = None
    restarted = World()
    restarted.journal, restarted.store = world.journal, FakeStore()
    restarted.rooms = Rooms(world.journal, restarted.store, merge, LIMITS)
    restarted.store.files["n.ipynb"] = notebook(code_cell("c1", "x = 1"), code_cell("c2", "outside", [HTML]))
    bob = FakeClient(name="Bob")
    await restarted.join("n.ipynb", bob)
    assert [str(cell["source"]) for cell in bob.cells] == ["unsaved; x = 1", "outside"]
    await until(lambda: restarted.store.files["n.ipynb"]["cells"][0]["source"] == "unsaved; x = 1")
    await restarted.rooms.shutdown()


async def test_trust_2_only_who_may_execute_vouches_and_all_are_told_before_the_update(world: World) -> None:
    host, editor = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("n.ipynb", host, editor)
    vouch = messages.encode_json("vouch", {"digests": [DIGEST]})
    room.handle(editor, vouch)
    assert editor.of_type(REFUSED) and host.of_type(VOUCHED) == []
    room.handle(host, vouch)
    room.handle(host, host.edit(lambda: host.cells[0]["outputs"].append(Map(dict(HTML)))))
    await until(lambda: len(editor.cells[0]["outputs"]) == 1)
    kinds = [(frame[0], frame[1]) for frame in editor.frames]
    vouched = next(i for i, frame in enumerate(editor.frames) if frame[0] == VOUCHED)
    assert vouched < max(i for i, kind in enumerate(kinds) if kind == (0, 2))
    await until(lambda: DIGEST in world.journal.stored[room.id].vouched)
    newcomer = FakeClient(name="New")
    await world.join("n.ipynb", newcomer)
    order = [frame[0] for frame in newcomer.frames]
    assert newcomer.of_type(VOUCHED) == [{"digests": [DIGEST]}]
    assert order.index(VOUCHED) < next(i for i, f in enumerate(newcomer.frames) if f[:2] == b"\x00\x01")


async def test_trust_3_signed_only_when_every_output_is_vouched_for(world: World) -> None:
    host, editor = FakeClient(), FakeClient(Role.EDITOR, "Bob")
    room = await world.join("n.ipynb", host, editor)
    room.handle(editor, editor.edit(lambda: editor.cells[0]["source"].insert(0, "a")))
    await until(lambda: world.store.saves)
    assert world.store.saves[-1][2] is False
    room.handle(host, messages.encode_json("vouch", {"digests": [DIGEST]}))
    room.handle(editor, editor.edit(lambda: editor.cells[0]["source"].insert(0, "b")))
    await until(lambda: len(world.store.saves) == 2)
    assert world.store.saves[-1][2] is True


async def test_trust_4_a_valid_signature_vouches_and_trusted_never_travels() -> None:
    world = World(n_ipynb=notebook(code_cell("c1", "", [HTML])))
    world.store.trusted = True
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    assert ann.of_type(VOUCHED) == [{"digests": [DIGEST]}]
    room.handle(ann, ann.edit(lambda: ann.cells[0]["metadata"].__setitem__("trusted", True)))
    room.handle(ann, ann.edit(lambda: ann.cells[0]["source"].insert(0, "x")))
    await until(lambda: world.store.saves)
    assert world.store.saves[-1][1]["cells"][0]["metadata"] == {}
    assert "execution_state" not in world.store.saves[-1][1]["cells"][0]
    await world.rooms.shutdown()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.binary(max_size=60), max_size=8))
async def test_room_2_no_bytes_disturb_the_others(frames: list[bytes]) -> None:
    world = World(a_txt="hello")
    ann, mallory = FakeClient(), FakeClient(Role.EDITOR, "Mallory")
    room = await world.join("a.txt", ann, mallory)
    for frame in frames:
        for head in (b"", b"\x00\x02" + write_varuint(len(frame)), b"\x01" + write_varuint(len(frame))):
            room.handle(mallory, head + frame)
    room.handle(ann, ann.insert("fine"))
    await until(lambda: "fine" in str(world.store.files["a.txt"]))
    assert ann.closed is None and not room.broken
    await world.rooms.shutdown()


def test_room_17_merged_ranges_of_deletions_are_known() -> None:
    doc: Doc[Any] = Doc()
    text = doc.get("source", type=Text)
    text += "abcdefgh"
    early = doc.get_state()
    del text[1:3]
    first = doc.get_update(early)
    del text[1:4]
    state = doc.get_state()
    assert not would_change(first, state, doc.get_update(state))
    other: Doc[Any] = Doc()
    other.apply_update(doc.get_update())
    other_text = other.get("source", type=Text)
    del other_text[0:1]
    assert would_change(other.get_update(state), state, doc.get_update(state))


async def test_room_24_a_long_history_becomes_one_snapshot_while_people_are_here(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyterlab_cohost.core.ledger._TIDY_AFTER", 3)
    ann = FakeClient()
    room = await world.join("a.txt", ann)
    for number in range(4):
        room.handle(ann, ann.insert(str(number)))
        await until(lambda sent=number + 2: ann.of_type(ACK)[-1:] == [sent])
    await until(lambda: world.journal.compacted == 1)
    assert len(world.journal.stored[room.id].updates) == 1
    assert ann.closed is None


async def test_trust_36_widget_models_of_a_trusted_file_are_vouched_for_and_changed_ones_stop_the_signature() -> None:
    state = {"state": {"a": {"model_name": "HTMLModel", "state": {"value": "hello"}}}, "version_major": 2}
    widgets = {WIDGET_STATE: {**state, "version_minor": 0}}
    content = notebook(code_cell("c1", "x"))
    content["metadata"] = {**content["metadata"], "widgets": widgets}
    world = World(n_ipynb=content)
    world.store.trusted = True
    host, editor = FakeClient(), FakeClient(Role.EDITOR, "Eve")
    room = await world.join("n.ipynb", host, editor)
    assert host.of_type(VOUCHED) == [{"digests": [widget_digests(widgets)["a"]]}]
    room.handle(editor, editor.edit(lambda: editor.cells[0]["source"].insert(0, "a")))
    await until(lambda: world.store.saves)
    assert world.store.saves[-1][2] is True and world.store.by_guests == {"n.ipynb"}
    changed = {WIDGET_STATE: {**state, "state": {"a": {"model_name": "HTMLModel", "state": {"value": "<img>"}}}}}
    room.handle(
        editor, editor.edit(lambda: editor.doc.get("meta", type=Map)["metadata"].__setitem__("widgets", changed))
    )
    await until(lambda: world.store.saves[-1][1]["metadata"]["widgets"] == changed)
    assert world.store.saves[-1][2] is False
    await world.rooms.shutdown()


PAIRED = {"formats": "ipynb,py:percent"}


def said(client: FakeClient) -> dict[str, Any]:
    """A notebook's metadata, as this client has them."""
    metadata: dict[str, Any] = client.doc.get("meta", type=Map)["metadata"].to_py()
    return metadata


def metadata_of(client: FakeClient) -> Map[Any]:
    metadata: Map[Any] = client.doc.get("meta", type=Map)["metadata"]
    return metadata


STEERED: dict[str, Callable[[FakeClient], object]] = {
    "set": lambda one: metadata_of(one).update({"jupytext": {"formats": "ipynb,../x//py"}}),
    "old key": lambda one: metadata_of(one).update({"jupytext_formats": "ipynb,sh"}),
    "other key of it": lambda one: metadata_of(one).update({"jupytext": {**PAIRED, "main_language": "bash"}}),
    "deleted": lambda one: metadata_of(one).pop("jupytext"),
    "all replaced": lambda one: one.doc.get("meta", type=Map).update(
        {"metadata": Map({"jupytext": {"formats": "sh"}})}
    ),
    "a shared type": lambda one: metadata_of(one).update({"jupytext": Map({"formats": "ipynb,sh"})}),
}


@pytest.mark.parametrize("way", STEERED)
async def test_save_53_in_which_files_a_notebook_is_kept_is_not_an_editors_to_change(way: str) -> None:
    """Put back before anybody sees it, for its sender, too; what else they changed stays."""
    world = World(n_ipynb={**notebook(code_cell("c1", "x")), "metadata": {"jupytext": PAIRED}})
    host, editor = FakeClient(), FakeClient(Role.EDITOR, "Eve")
    room = await world.join("n.ipynb", host, editor)
    room.handle(editor, editor.edit(lambda: STEERED[way](editor)))
    room.handle(editor, editor.edit(lambda: editor.cells[0]["source"].insert(0, "typed ")))
    await until(lambda: world.store.saves and "typed x" in str(world.store.saves[-1][1]))
    for client in (host, editor):
        await until(lambda one=client: said(one).get("jupytext") == PAIRED)
        assert "jupytext_formats" not in said(client)
    assert all(save[1]["metadata"].get("jupytext") == PAIRED for save in world.store.saves)
    assert world.store.pairs == [] and editor.closed is None


@pytest.mark.parametrize("role", [Role.HOST, Role.RUNNER])
async def test_save_53_what_somebody_who_may_run_code_sets_is_told_to_the_store(role: Role) -> None:
    world = World(n_ipynb={**notebook(code_cell("c1", "x")), "metadata": {"jupytext": PAIRED}})
    ann = FakeClient(role)
    room = await world.join("n.ipynb", ann)
    new = {"formats": "ipynb,md"}
    room.handle(ann, ann.edit(lambda: metadata_of(ann).update({"jupytext": new})))
    await until(lambda: world.store.saves)
    assert world.store.saves[-1][1]["metadata"]["jupytext"] == new
    assert world.store.pairs == [("n.ipynb", {"jupytext": PAIRED}, {"jupytext": new})]


async def test_save_53_a_pair_that_is_left_out_is_told_once() -> None:
    world = World(n_ipynb=notebook(code_cell("c1", "x")))
    ann = FakeClient()
    room = await world.join("n.ipynb", ann)
    for alone, notices in ((True, 1), (True, 1), (False, 1), (True, 2)):
        world.store.alone = alone
        saves = len(world.store.saves)
        room.handle(ann, ann.edit(lambda: ann.cells[0]["source"].insert(0, "a")))
        await until(lambda before=saves: len(world.store.saves) > before and room.file.is_clean())
        assert [body["code"] for body in ann.of_type(NOTICE)] == ["left_out"] * notices


async def test_save_52_a_half_that_is_behind_is_saved_again() -> None:
    """At the first load, and when another program changed one of the files."""
    world = World(n_ipynb=notebook(code_cell("c1", "x")))
    world.store.half = True
    ann = FakeClient()
    await world.join("n.ipynb", ann)
    await until(lambda: len(world.store.saves) == 1)
    world.store.write("n.ipynb", notebook(code_cell("c1", "outside")))
    await until(lambda: len(world.store.saves) == 2)
    assert "outside" in str(world.store.saves[-1][1])
