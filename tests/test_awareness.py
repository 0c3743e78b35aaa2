"""ROOM-11: whose a state is, whatever pages say in whatever order."""

from __future__ import annotations

import sys
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterlab_cohost.core.awareness import Awareness
from jupyterlab_cohost.core.ports import Identity
from jupyterlab_cohost.protocol.ids import ParticipantId
from jupyterlab_cohost.protocol.varint import MalformedMessage, write_bytes, write_varuint

BO, CY = (Identity(ParticipantId(name), name, "#000") for name in ("bo", "cy"))
#: Two pages of one person, and one of another.
PAGES = {"bo's": BO, "bo's other": BO, "cy's": CY}
_SAID = st.tuples(st.sampled_from(["say", "end"]), st.sampled_from(sorted(PAGES)), st.integers(1, 2), st.integers(0, 3))
_STEPS = st.lists(_SAID | st.tuples(st.just("leave"), st.sampled_from(sorted(PAGES))) | st.just(("flush",)))


def update(client: int, clock: int, state: str) -> bytes:
    return write_varuint(1) + write_varuint(client) + write_varuint(clock) + write_bytes(state.encode())


def step(awareness: Awareness, kind: str, page: str = "", client: int = 0, clock: int = 0) -> None:
    if kind == "flush":
        awareness.forget_gone(awareness.take_changed().fresh)
    elif kind == "leave":
        awareness.leave(page)
    else:
        awareness.receive(page, PAGES[page], update(client, clock, "{}" if kind == "say" else "null"))


@settings(max_examples=500)
@given(_STEPS)
def test_room_11_an_id_is_of_one_page_and_goes_with_it(steps: list[tuple[str, ...]]) -> None:
    awareness = Awareness(2, lambda _person: None)
    for one in steps:
        step(awareness, *one)  # type: ignore[arg-type]
        mine = [client for page in PAGES for client in awareness.ids_of(page)]
        assert len(mine) == len(set(mine))
        assert awareness.present() <= set(mine) <= set(awareness._known)
    for page in PAGES:
        awareness.leave(page)
    step(awareness, "flush")
    assert not awareness._known and not awareness._owned


def test_room_11_a_page_that_ends_the_state_of_ones_other_page_leaves_like_any() -> None:
    awareness = Awareness(2, lambda _person: None)
    step(awareness, "say", "bo's", 1, 1)
    step(awareness, "end", "bo's other", 1, 2)
    step(awareness, "flush")
    awareness.leave("bo's other")
    assert not awareness._owned.get("bo's")


def test_room_11_a_state_that_cannot_be_written_is_nobodys() -> None:
    """Nested so deep that it is read, and written no more: the limit is where the stack is, so all depths near it."""
    for depth in range(sys.getrecursionlimit() - 100, sys.getrecursionlimit()):
        awareness = Awareness(2, lambda _person: None)
        with suppress(RecursionError, MalformedMessage):
            awareness.receive("bo's", BO, update(1, 1, '{"a":' + "[" * depth + "]" * depth + "}"))
        assert set(awareness.ids_of("bo's")) == set(awareness._known)
        awareness.leave("bo's")
