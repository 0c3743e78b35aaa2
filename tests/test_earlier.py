"""SAVE-26: which state of the file another program had read."""

from __future__ import annotations

import time
from random import Random

import pytest

from jupyterlab_cohost.core.earlier import EarlierSaves
from jupyterlab_cohost.core.ports import EarlierContent
from jupyterlab_cohost.storage.merge_text import merge_text

START = "one\ntwo\nthree\n"


def earlier(*states: str) -> EarlierSaves:
    saves = EarlierSaves()
    for state in states:
        saves.add(state)
    return saves


def test_save_26_a_program_that_worked_on_an_earlier_state_did_not_take_out_what_came_since() -> None:
    last = "one and more words\ntwo\nthree\n"
    assert earlier(START).base_of("one\ntwo\nTHREE\n", last) == START


def test_save_26_a_program_that_has_what_came_since_had_read_the_last_state() -> None:
    """Found by a random plan (seed 692): it only deleted a line that somebody had just pasted."""
    last = "o一ne\na line that somebody pasted\ntwo\nthree\n"
    assert earlier(START).base_of("o一ne\ntwo\nthree\n", last) == last


def test_save_26_the_newest_state_that_it_can_have_read() -> None:
    middle, last = "o一ne\ntwo\nthree\n", "o一ne\ntwo\nthree\nand a word\n"
    assert earlier(START, middle).base_of("o一ne\ntwo\nTHREE\n", last) == middle


def test_save_26_after_another_program_wrote_only_what_came_later_counts() -> None:
    """Found by a random plan (seed 779)."""
    saves = earlier(START)
    saves.forget(START)
    assert saves.base_of(START, "written outside\n" + START) == "written outside\n" + START


def after_a_restart(ages: dict[str, float], written: float | None) -> EarlierSaves:
    """``ages``: how many seconds ago the file ceased to hold a state; so ``written``."""
    saves, now = EarlierSaves(), time.time()
    states = [EarlierContent(state, now - age) for state, age in ages.items()]
    saves.put_back(states, None if written is None else now - written, {})
    return saves


@pytest.mark.parametrize(
    ("age", "written", "counts"),
    [
        (5, None, True),
        (100, 95, True),
        (100, 101, True),
        (100, None, False),
        (100, 70, False),
        (100, 200, False),
        (5, -50, True),
    ],
    ids=[
        "a_moment_ago",
        "a_moment_before_the_server_ended",
        "clocks_that_differ",
        "long_ago",
        "the_program_came_later",
        "a_file_with_an_old_time",
        "a_file_with_a_time_to_come",
    ],
)
def test_save_26_a_program_that_worked_while_the_server_ended(age: float, written: float | None, counts: bool) -> None:
    """Found by a random plan (seed 148)."""
    last = "one and more words\ntwo\nthree\n"
    saves = after_a_restart({START: age}, written)
    assert saves.base_of("one\ntwo\nTHREE\n", last) == (START if counts else last)


@pytest.mark.parametrize("known", [True, False], ids=["the_state_it_read", "some_state_before_that"])
@pytest.mark.parametrize("seed", range(40))
def test_save_26_words_typed_beside_lines_that_a_program_takes_out_stand_once(seed: int, known: bool) -> None:
    """Found by ROOM-25 in a browser: " w17." stood twice, from the step on which the line below the words went.

    Letters of that line had been taken for letters of the words, which made an older state look nearer. ``known``
    False: the base is too early, and the merge must cope.
    """
    at_random = Random(seed)
    room = file = saved = "".join(f"line {i}\n" for i in range(40))
    typed = "line 20"
    for step in range(20):
        saves, states = EarlierSaves(), [saved]
        for character in f" w{step}.":
            room = room.replace(f"{typed}\n", f"{typed}{character}\n")
            typed += character
            if at_random.random() < 0.3:
                saves.add(saved)
                file = saved = room
                states.append(saved)
        read = at_random.choice(states)
        file = f"new {step}\n{read}".replace(f"line {step}\n", f"line {step} changed\n")
        file = file.replace(f"line {39 - step}\n", "")
        base = saves.base_of(file, saved) if known else at_random.choice(states[: states.index(read) + 1])
        if known:
            assert base == read
        room, conflicts = merge_text(base, room, file)
        saved = file
        assert (f"{typed}\n" in room, conflicts) == (True, [])
