"""CHAT-14: long texts by the broker itself, with pages that may lie and a clock that the test moves."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from .support.chat_client import b64
from .test_chat import Room, heard
from .test_chat_plans import Client

SALT = "s" * 22
TEXT = "x" * 90_000


@pytest.fixture
def room() -> Room:
    return Room()


def said(room: Room, name: str = "ada", text: str = TEXT) -> tuple[Client, dict[str, Any]]:
    """Somebody says a long text: that page, and the question for it."""
    client, page = room.enter(name)
    hash_ = b64(hashlib.sha256((SALT + text).encode()).digest())
    fields = {"hash": hash_, "size": len(text), "head_hash": "h" * 43}
    room.post(client, {**page.entry(**fields), "body": {"salt": SALT, "head": text[:280]}})
    stamped = heard(client, "entry")[-1]["entry"]
    return client, {"type": "body_want", "id": "b", "entry": {k: v for k, v in stamped.items() if k != "body"}}


def answer(room: Room, client: Client, text: str = TEXT) -> None:
    asked = heard(client, "body_wanted")[-1]
    room.say(client, {"type": "body", "id": asked["id"], "salt": SALT, "text": text})


def run_ticks(room: Room, count: int) -> None:
    for _ in range(count):
        room.clock.time += 0.06
        room.clock.run()


def test_chat_14_a_long_text_is_fetched_from_who_holds_it_and_from_the_next_when_one_does_not(room: Room) -> None:
    ada, question = said(room)
    (ben, _), (eve, _) = room.enter("ben"), room.enter("eve")
    room.say(ben, question)
    asked = heard(ada, "body_wanted")[0]
    room.say(eve, {"type": "body", "id": asked["id"], "salt": SALT, "text": TEXT})
    assert heard(ben, "body") == []
    room.say(ada, {"type": "body", "id": asked["id"], "missing": True})
    answer(room, eve)
    assert heard(ben, "body")[0]["text"] == TEXT


def test_chat_14_one_is_asked_once_and_all_who_wait_get_the_answer_under_their_own_names(room: Room) -> None:
    ada, question = said(room)
    readers = [room.enter(f"r{number}")[0] for number in range(5)]
    for number, reader in enumerate(readers):
        room.say(reader, {**question, "id": f"q{number}"})
    assert len(heard(ada, "body_wanted")) == 1
    assert all(heard(reader, "body_wanted") == [] for reader in readers)
    answer(room, ada)
    for number, reader in enumerate(readers):
        (body,) = heard(reader, "body")
        assert body["id"] == f"q{number}" and body["text"] == TEXT and body["salt"] == SALT
    assert room.chat.texts.all() == [] and heard(ada, "body") == []


def test_chat_14_a_text_of_another_hash_reaches_nobody_and_the_next_one_is_asked(room: Room) -> None:
    ada, question = said(room)
    (ben, _), (eve, _) = room.enter("ben"), room.enter("eve")
    room.say(ben, question)
    answer(room, ada, "something else")
    assert heard(ben, "body") == []
    answer(room, eve, TEXT + "\ud800")
    assert heard(ben, "body")[0]["missing"] and not room.chat.texts.all()


def test_chat_14_who_asks_with_a_false_hash_spoils_it_for_nobody_else(room: Room) -> None:
    ada, question = said(room)
    (eve, _), (ben, _) = room.enter("eve"), room.enter("ben")
    room.say(eve, {**question, "entry": {**question["entry"], "hash": "f" * 43}})
    room.say(ben, question)
    for asked in heard(ada, "body_wanted"):
        room.say(ada, {"type": "body", "id": asked["id"], "salt": SALT, "text": TEXT})
    assert heard(eve, "body") == [] and heard(ben, "body")[0]["text"] == TEXT


def test_chat_14_a_text_goes_to_a_few_per_tick_and_who_left_meanwhile_is_passed_over(room: Room) -> None:
    ada, question = said(room, text="x" * 100_000)
    readers = [room.enter(f"r{number}")[0] for number in range(40)]
    for reader in readers:
        room.say(reader, question)
    answer(room, ada, "x" * 100_000)
    first = sum(len(heard(reader, "body")) for reader in readers)
    assert 0 < first < 15
    room.say(readers[-1], {"type": "bye"})
    run_ticks(room, 1)
    assert sum(len(heard(reader, "body")) for reader in readers) == 2 * first
    run_ticks(room, 4)
    assert [len(heard(reader, "body")) for reader in readers] == [1] * 39 + [0]


def test_chat_14_who_was_asked_and_leaves_or_is_silent_gives_way(room: Room) -> None:
    ada, question = said(room)
    clients = [room.enter(name)[0] for name in ("ben", "eve", "joe")]
    room.say(clients[0], question)
    room.chat.leave(ada, clean=True)
    (second,) = (client for client in clients if heard(client, "body_wanted"))
    room.pass_time(5, *clients)
    (third,) = (client for client in clients if client is not second and heard(client, "body_wanted"))
    answer(room, third)
    assert heard(clients[0], "body")[0]["text"] == TEXT


def test_chat_7_a_text_on_its_way_is_forgotten_with_the_last_page(room: Room) -> None:
    ada, question = said(room, text="gone soon " * 9000)
    readers = [room.enter(f"r{number}")[0] for number in range(20)]
    for reader in readers:
        room.say(reader, question)
    answer(room, ada, "gone soon " * 9000)
    assert "gone soon" in repr(vars(room.chat.paced))
    for client in (ada, *readers):
        room.say(client, {"type": "bye"})
    assert room.chat.empty and "gone soon" not in repr(vars(room.chat.paced)) and not room.chat.texts.all()
