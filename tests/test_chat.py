"""CHAT: the broker by itself, with pages that may lie and a clock that the test moves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyterlab_cohost.core.chat import Discussion
from jupyterlab_cohost.core.chat_entries import BadEntry, Stamps, checked_entry
from jupyterlab_cohost.core.chat_limits import CHAT_LIMITS
from jupyterlab_cohost.core.chat_member import Door
from jupyterlab_cohost.protocol.close_codes import MALFORMED, TOO_LARGE

from .support.chat_client import ChatPage, reference
from .test_chat_plans import Client, Clock, Rules


class Room:
    """A discussion and its pages."""

    def __init__(self) -> None:
        self.clock, self.rules = Clock(), Rules()
        self.clock.time = 1_800_000_000.0
        self.chat = Discussion("session", self.rules, b"secret", self.clock, CHAT_LIMITS)

    def enter(self, name: str, joined_at: int = 0, comes_by: Door | None = None) -> tuple[Client, ChatPage]:
        client, page = Client(name, name, joined_at), ChatPage("session", name)
        client.comes_by = comes_by or client.comes_by
        self.say(client, page.hello())
        return client, page

    def say(self, client: Client, message: Any) -> None:
        self.chat.receive(client, message if isinstance(message, str) else json.dumps(message))
        self.chat.flush()

    def post(self, client: Client, entry: dict[str, Any]) -> None:
        self.say(client, {"type": "post", "entry": entry})

    def alive(self) -> list[Client]:
        return [member.client for member in self.chat.members.values() if isinstance(member.client, Client)]

    def guests(self) -> set[str]:
        return {member.person.id for member in self.chat.members.values() if not member.person.host}

    def pass_time(self, seconds: float, *alive: Client) -> None:
        for _ in range(round(seconds / 0.5)):
            self.clock.time += 0.5
            for client in alive:
                self.chat.beat(client)
            self.chat.tick()


def heard(client: Client, kind: str) -> list[dict[str, Any]]:
    return [message for frame in client.frames for message in json.loads(frame) if message["type"] == kind]


@pytest.fixture
def room() -> Room:
    return Room()


def test_chat_6_gone_five_seconds_after_a_cut_and_reconnecting_before(room: Room) -> None:
    ada, _ = room.enter("ada")
    ben, _ = room.enter("ben")
    room.pass_time(2.5, ada)
    assert heard(ada, "away") == []
    room.pass_time(1, ada)
    assert len(heard(ada, "away")) == 1 and heard(ada, "left") == []
    room.pass_time(2, ada)
    assert len(heard(ada, "left")) == 1 and ben.closed is not None


def test_chat_6_who_comes_back_in_time_was_never_gone(room: Room) -> None:
    ada, _ = room.enter("ada")
    ben, page = room.enter("ben")
    room.chat.leave(ben, clean=False)
    room.pass_time(1, ada)
    again = Client("ben", "again")
    room.say(again, page.hello())
    room.pass_time(8, ada, again)
    assert len(heard(ada, "away")) == 1 and heard(ada, "left") == []
    assert heard(again, "welcome")[0]["node"] == heard(ben, "welcome")[0]["node"]


def test_chat_7_the_last_one_out_leaves_nothing_in_the_broker(room: Room) -> None:
    ada, page = room.enter("ada")
    room.post(ada, page.entry(text="gone soon"))
    assert "gone soon" not in repr(vars(room.chat)) and "gone soon" not in repr(room.chat.authors)
    room.say(ada, {"type": "bye"})
    assert room.chat.empty and not room.chat.authors and not room.chat.rates and not room.chat.holders


def ask(room: Room, asker: Client, answerer: Client, entries: list[Any]) -> list[dict[str, Any]]:
    room.say(asker, {"type": "want", "id": "q", "have": {}})
    wanted = heard(answerer, "wanted")[-1]
    room.say(answerer, {"type": "history", "id": wanted["id"], "entries": entries, "done": True})
    passed: list[dict[str, Any]] = heard(asker, "history")[-1]["entries"]
    return passed


def test_chat_8_only_what_was_posted_passes_as_history(room: Room) -> None:
    ada, page = room.enter("ada")
    room.post(ada, page.entry(text="said"))
    said = heard(ada, "entry")[0]["entry"]
    never = {**page.entry(text="never said"), "stamp": said["stamp"]}
    early = {**said, "stamp": {**said["stamp"], "at": said["stamp"]["at"] - 1}}
    as_host = {**said, "stamp": {**said["stamp"], "host": True}}
    late, _ = room.enter("late")
    assert ask(room, late, ada, [said, never, early, as_host, {**never, "stamp": None}, 7]) == [said]
    assert heard(late, "history")[-1]["refused"] == 5


def test_chat_8_stamps_outlive_a_restart_and_belong_to_one_session(room: Room) -> None:
    entry = ChatPage("session", "ada").entry(text="said")
    stamp = Stamps(b"secret", "session").stamp(entry, 5, host=False)
    assert Stamps(b"secret", "session").check(entry, stamp)
    assert not Stamps(b"secret", "another").check(entry, stamp)
    assert not Stamps(b"other", "session").check(entry, stamp)


def test_chat_9_newcomers_see_only_what_comes_when_the_host_says_so(room: Room) -> None:
    host, _ = room.enter("host")
    ada, page = room.enter("ada")
    room.say(ada, {"type": "settings", "newcomers": "new"})
    assert heard(ada, "refused")[-1]["code"] == "forbidden" and room.rules.see_all
    room.say(host, {"type": "settings", "newcomers": "new"})
    room.post(ada, page.entry(text="before"))
    room.clock.time += 10
    late, _ = room.enter("late", joined_at=int(room.clock.time * 1000))
    room.clock.time += 10
    room.post(ada, page.entry(text="after"))
    before, after = (message["entry"] for message in heard(ada, "entry"))
    assert ask(room, late, ada, [before, after]) == [after]
    room.say(late, {"type": "body_want", "id": "b", "entry": {k: v for k, v in before.items() if k != "body"}})
    assert heard(late, "refused")[-1]["code"] == "not_found"


def test_chat_10_too_fast_is_refused_with_the_time_to_wait_and_others_are_not_slowed(room: Room) -> None:
    eve, page = room.enter("eve")
    ada, hers = room.enter("ada")
    for _ in range(CHAT_LIMITS.entries_burst + 5):
        room.post(eve, page.entry(text="again"))
    assert len(heard(ada, "entry")) == CHAT_LIMITS.entries_burst
    assert {m["code"] for m in heard(eve, "refused")} == {"too_fast"} and heard(eve, "refused")[0]["retry_ms"] > 0
    room.post(ada, hers.entry(text="I am fine"))
    assert heard(ada, "entry")[-1]["entry"]["author"] == "ada"


def test_chat_10_a_flood_of_refusals_ends_the_connection(room: Room) -> None:
    eve, page = room.enter("eve")
    for _ in range(400):
        if eve.closed is None:
            room.post(eve, {**page.entry(text="x"), "author": "ada"})
    assert eve.closed is MALFORMED


@pytest.mark.parametrize(
    "frame", ["", "[]", "{", "7", '{"type": "post"}', '{"type": "hello", "version": NaN}', "[" * 5000]
)
def test_chat_11_what_cannot_be_read_closes_its_sender(room: Room, frame: str) -> None:
    client = Client("eve", "eve")
    room.say(client, frame)
    assert client.closed is MALFORMED and room.chat.empty


def test_chat_11_a_frame_over_the_limit_says_so(room: Room) -> None:
    client = Client("eve", "eve")
    room.say(client, "x" * (CHAT_LIMITS.frame_bytes + 1))
    assert client.closed is TOO_LARGE


BROKEN: list[dict[str, Any]] = [
    {"seq": 0},
    {"seq": True},
    {"seq": 2**60},
    {"time": 1.5},
    {"key": "short"},
    {"size": CHAT_LIMITS.characters + 1},
    {"kind": "shout"},
    {"extra": 1},
    {"signature": "x" * 86 + "\n"},
    {"reply": {"author": "ada", "key": "k", "seq": 1, "time": 1}},
    {"body": {"salt": "s", "text": "x"}},
    {"body": {"salt": "s" * 22, "text": "x" * (CHAT_LIMITS.inline_bytes + 1)}},
    {"body": {"salt": "s" * 22, "text": "\ud800"}},
    {"body": {"salt": "s" * 22, "text": ["x"]}},
    {"body": {"salt": "s" * 22, "head": "x"}},
]


@pytest.mark.parametrize("change", BROKEN)
def test_chat_12_an_entry_has_its_form_or_is_none(change: dict[str, Any]) -> None:
    entry = ChatPage("session", "ada").entry(text="fine")
    assert checked_entry(entry, CHAT_LIMITS) == entry
    with pytest.raises(BadEntry):
        checked_entry({**entry, **change}, CHAT_LIMITS)


def test_chat_13_an_answer_is_later_than_what_it_answers(room: Room) -> None:
    ada, page = room.enter("ada")
    first = page.entry(text="first")
    room.post(ada, first)
    room.post(ada, page.entry(text="too early", time=1, reply=reference(first)))
    assert heard(ada, "refused")[0]["code"] == "malformed"


def test_chat_15_a_sealed_message_goes_to_its_receiver_only_and_who_is_not_here_is_told(room: Room) -> None:
    (ada, _), (ben, _), (eve, _) = room.enter("ada"), room.enter("ben"), room.enter("eve")
    node = {client: heard(client, "welcome")[0]["node"] for client in (ada, ben, eve)}
    boxes = [{"node": node[ben], "box": "for ben"}, {"node": node[eve], "box": "for eve"}]
    room.say(ada, {"type": "direct", "id": "1", "to": "ben", "boxes": boxes, "data": "sealed"})
    letter = heard(ben, "direct")[0]
    assert letter["box"] == "for ben" and letter["from"] == "ada"
    assert heard(eve, "direct") == [] and heard(ada, "delivered")[0]["id"] == "1"
    room.say(ada, {"type": "direct", "id": "2", "to": "carl", "boxes": [], "data": "sealed"})
    assert heard(ada, "refused")[0]["code"] == "not_here"


@pytest.mark.parametrize("message", [{}, {"type": None}, {"type": []}, {"type": "nonsense"}])
def test_chat_11_what_is_no_message_is_answered_and_nothing_else(room: Room, message: dict[str, Any]) -> None:
    ada, _ = room.enter("ada")
    room.say(ada, message)
    assert heard(ada, "refused")[0]["code"] == "unknown" and ada.closed is None


def test_chat_19_the_host_always_has_a_place(room: Room) -> None:
    for number in range(CHAT_LIMITS.people):
        room.enter(f"guest {number}")
    host, _ = room.enter("host")
    late, _ = room.enter("late")
    assert host.closed is None and heard(host, "welcome") and late.closed is not None


def test_chat_16_a_hundred_people_and_no_more(room: Room) -> None:
    for number in range(CHAT_LIMITS.people):
        room.enter(f"p{number}")
    more, _ = room.enter("one more")
    assert heard(more, "full") and more.closed is not None
    again, _ = room.enter("p7")
    assert again.closed is None


def many_selves(room: Room, by: Door, number: int = CHAT_LIMITS.people) -> list[tuple[Client, ChatPage]]:
    return [room.enter(f"self {i}", comes_by=by) for i in range(number)]


CROWD = Door("link", ("192.0.2.1",))


ELSEWHERE = [Door("another", CROWD.sources), Door("link", ("192.0.2.2",)), Door("link", ("account ada",))]


@pytest.mark.parametrize("by", ELSEWHERE)
def test_chat_50_who_comes_another_way_gets_a_place_of_the_crowd_at_once(room: Room, by: Door) -> None:
    """Another link, another address, an account: one link's or address's many selves do not fill the chat."""
    host, _ = room.enter("host")
    selves = many_selves(room, CROWD)
    ada, page = room.enter("ada", comes_by=by)
    assert heard(ada, "welcome") and ada.closed is None and host.closed is None
    assert [client.closed is not None for client, _ in selves] == [True] + [False] * (len(selves) - 1)
    assert heard(selves[0][0], "full") and len(heard(host, "left")) == 1
    room.post(ada, page.entry(text="here"))
    assert heard(host, "entry") and not heard(selves[0][0], "entry")
    # The crowd takes nothing from her, however often they come back, and whoever has been silent.
    for number in range(CHAT_LIMITS.people):
        room.pass_time(0.5, *room.alive())
        room.enter(f"more {number}", comes_by=CROWD)
    assert ada.closed is None and len(room.guests()) == CHAT_LIMITS.people


@pytest.mark.parametrize("by", ELSEWHERE)
def test_chat_50_a_crowd_takes_no_place_of_who_came_another_way_and_only_reads(room: Room, by: Door) -> None:
    ada, _ = room.enter("ada", comes_by=by)
    many_selves(room, CROWD, CHAT_LIMITS.people - 1)
    for number in range(2 * CHAT_LIMITS.people):
        room.pass_time(CHAT_LIMITS.silent_ms / 1000 if number % 50 == 0 else 0.5, *room.alive())
        room.enter(f"more {number}", comes_by=CROWD)
    assert ada.closed is None and "more 150" in room.guests()


def test_chat_50_a_crowd_that_names_many_addresses_beside_its_own_is_one(room: Room) -> None:
    for number in range(CHAT_LIMITS.people):
        room.enter(f"self {number}", comes_by=Door("link", ("192.0.2.1", f"198.51.100.{number}")))
    ada, _ = room.enter("ada", comes_by=Door("link", ("192.0.2.2", "192.0.2.2")))
    assert heard(ada, "welcome")


def test_chat_50_of_one_way_who_has_been_silent_gives_way_and_who_wrote_goes_last(room: Room) -> None:
    ben, words = room.enter("ben", comes_by=CROWD)
    selves = many_selves(room, CROWD, CHAT_LIMITS.people - 1)
    room.post(ben, words.entry(text="I am here"))
    early, _ = room.enter("early", comes_by=CROWD)
    assert heard(early, "full") and early.closed is not None
    room.pass_time(CHAT_LIMITS.silent_ms / 1000, ben, *(client for client, _ in selves))
    for number in range(len(selves)):
        late, _ = room.enter(f"late {number}", comes_by=CROWD)
        assert heard(late, "welcome") and selves[number][0].closed is not None
    more, _ = room.enter("more", comes_by=CROWD)
    assert heard(more, "full") and ben.closed is None


def test_chat_50_pages_make_nobody_new_and_go_together(room: Room) -> None:
    first, page = room.enter("self", comes_by=CROWD)
    selves = many_selves(room, CROWD, CHAT_LIMITS.people - 1)
    room.pass_time(CHAT_LIMITS.silent_ms / 1000, first, *(client for client, _ in selves))
    second, _ = room.enter("self", comes_by=CROWD)
    ada, _ = room.enter("ada", comes_by=CROWD)
    assert heard(ada, "welcome") and first.closed is not None and second.closed is not None
    # Their place is gone, too: the same key comes as anybody.
    again = Client("self", "again")
    room.say(again, page.hello())
    assert heard(again, "welcome") and selves[0][0].closed is not None


def test_chat_17_who_does_not_read_is_cut_and_the_others_go_on(room: Room) -> None:
    ada, page = room.enter("ada")
    slow, _ = room.enter("slow")
    slow.send = lambda frame: False  # type: ignore[method-assign]
    room.post(ada, page.entry(text="on"))
    assert slow.closed is not None and len(heard(ada, "entry")) == 1


@pytest.mark.parametrize("kind", ["reaction", "target", "direct", "marks"])
def test_chat_21_half_a_character_ends_nobodys_connection(room: Room, kind: str) -> None:
    """A text frame that is no UTF-8 ends the connection of every page that gets it."""
    half = "\ud800"
    ada, one = room.enter("ada")
    eve, two = room.enter("eve")
    said = one.entry(text="hello")
    room.post(ada, said)
    two.time = 10
    node = next(member.node for member in room.chat.members.values() if member.client is ada)
    reaction = two.entry("reaction", target=reference(said), emoji="x", on=True)
    hostile: dict[str, Any] = {
        "reaction": {"type": "post", "entry": {**reaction, "emoji": half}},
        "target": {"type": "post", "entry": {**reaction, "target": {**reference(said), "author": half}}},
        "direct": {"type": "direct", "id": half, "to": "ada", "boxes": [{"node": node, "box": half}], "data": half},
        "marks": {"type": "want", "id": half, "have": {}, "marks": {one.key: half}},
    }
    before = len(ada.frames)
    room.say(eve, hostile[kind])
    for frame in ada.frames + eve.frames:
        assert json.loads(frame) is not None
    if kind in ("reaction", "target"):
        assert len(ada.frames) == before and heard(eve, "refused")[-1]["code"] == "malformed"
    if kind in ("direct", "marks"):
        assert len(ada.frames) > before
