"""SAVE-26: which state of the file another program had read."""

from __future__ import annotations

from jupyterlab_cohost.core.earlier import EarlierSaves

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
    saves.forget()
    assert saves.base_of(START, "written outside\n" + START) == "written outside\n" + START
