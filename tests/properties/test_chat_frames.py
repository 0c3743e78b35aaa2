"""GATE-42 without a socket: no message of a page that is in the chat is a fault, and the others go on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ..test_chat import Room, heard
from ..test_chat_plans import Client
from . import EXAMPLES, bounded
from .frames import CHAT_HELLO, Frame, chat


@bounded(EXAMPLES * 10)
@given(sent=st.lists(chat(), max_size=12))
def test_gate_42_no_message_of_the_chat_is_a_fault(sent: list[Frame]) -> None:
    room = Room()
    ben, page = room.enter("ben")
    eve = Client("a", "first")
    room.say(eve, CHAT_HELLO)
    for number, frame in enumerate(sent):
        if eve.closed is not None:
            eve = Client("a", str(number))
            room.say(eve, CHAT_HELLO)
        room.say(eve, frame)
        room.pass_time(0.5, ben, eve)
    before = len(heard(ben, "entry"))
    room.post(ben, page.entry(text="on"))
    assert ben.closed is None and len(heard(ben, "entry")) == before + 1
