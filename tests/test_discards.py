"""SAVE-26: an older version that is put back (git) is told from what a program had read before people typed."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterlab_cohost.core import earlier as module
from jupyterlab_cohost.core.earlier import EarlierSaves, mark_of_words
from jupyterlab_cohost.core.ports import Content, EarlierContent
from jupyterlab_cohost.storage.merge import merge

LINES = 40


class Clock:
    """Stands still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def text(*typed: str) -> str:
    return "".join(f"line {i}\n" for i in range(LINES)) + "".join(f"{word}\n" for word in typed)


def book(*typed: str, output: str | None = "kept") -> dict[str, Any]:
    shown = [] if output is None else [{"output_type": "stream", "name": "stdout", "text": output}]
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": text(*typed), "outputs": shown}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{**cell, "execution_count": 1}]}


def session(clock: Clock, *saves: tuple[float, Content]) -> tuple[EarlierSaves, Content]:
    """``saves``: seconds since the one before, and what the file held from then on."""
    kept, last = EarlierSaves(), saves[0][1]
    for seconds, content in saves[1:]:
        clock.now += seconds
        kept.add(last)
        last = content
    return kept, last


def test_save_26_the_version_from_before_a_long_session_is_put_back(clock: Clock) -> None:
    """Once it was forgotten after 20 seconds, and the words came back: a base guessed by age won."""
    words = [f"word {i}" for i in range(30)]
    kept, last = session(clock, (0, text()), *((1, text(*words[: i + 1])) for i in range(30)))
    clock.now += 5
    assert kept.base_of(text(), last) is last


def test_save_26_a_version_that_the_file_held_in_the_middle_of_a_session(clock: Clock) -> None:
    words = [f"word {i}" for i in range(60)]
    kept, last = session(clock, (0, text()), *((1, text(*words[: i + 1])) for i in range(60)))
    assert kept.base_of(text(*words[:20]), last) is last


def test_save_26_a_version_from_before_all_that_is_known(clock: Clock) -> None:
    """It was changed already when it was opened, and longer ago than any program works."""
    kept, last = session(clock, (0, text("older")), (3, text("older", "a")), (21, text("older", "a", "b")))
    assert kept.base_of(text(), last) is last


def test_save_26_a_filter_that_leaves_out_the_outputs(clock: Clock) -> None:
    kept, last = session(clock, (0, book()), (5, book("a")))
    clock.now += 3
    assert kept.base_of(book(output=None), last) is last


def test_save_26_a_filter_that_changes_the_line_ends(clock: Clock) -> None:
    kept, last = session(clock, (0, text()), (5, text("a")))
    clock.now += 3
    assert kept.base_of(text().replace("\n", "\r\n"), last) is last


def test_save_26_a_program_that_ran_the_notebook_as_it_was(clock: Clock) -> None:
    """It leaves the words alone as a filter does, and brings outputs."""
    kept, last = session(clock, (0, book()), (5, book("a")))
    clock.now += 3
    assert kept.base_of(book(output="new"), last) == book()


def test_save_26_who_takes_out_outputs_while_people_type(clock: Clock) -> None:
    kept, last = session(clock, (0, book()), (5, book("a")))
    clock.now += 0.5
    assert kept.base_of(book(output=None), last) == book()


@pytest.mark.parametrize("word", ["c", None], ids=["known by its words", "known by its place"])
def test_save_26_a_version_that_is_put_back_behind_a_restart(monkeypatch: pytest.MonkeyPatch, word: str | None) -> None:
    now, kept = time.time(), EarlierSaves()
    older, first, second, last = text("a"), text("a", "b"), text("a", "b", "c"), text("a", "b", "c", "d")
    states = [EarlierContent(older, now - 90), EarlierContent(first, now - 9), EarlierContent(second, now - 4)]
    file = text() if word is None else text("0")
    kept.put_back(states, None, {mark_of_words(text("0")): now - 500})
    assert kept.base_of(file, last) is last


Saves = list[tuple[float, str]]
gaps = st.floats(0.4, 30)
saves = st.lists(st.tuples(gaps, st.text("abcdefgh", min_size=3, max_size=6)), min_size=1, max_size=25)


def states_of(typed: Saves, notebook: bool) -> list[tuple[float, Content]]:
    made: list[tuple[float, Content]] = [(0.0, book() if notebook else text())]
    words: list[str] = []
    for number, (gap, word) in enumerate(typed):
        words.append(f"{word}{number}")
        made.append((gap, book(*words) if notebook else text(*words)))
    return made


@settings(max_examples=300, deadline=None)
@given(saves, st.booleans(), st.data())
def test_save_26_any_version_that_the_file_held_comes_back_as_it_was(typed: Saves, notebook: bool, data: Any) -> None:
    """With a filter or without one, whenever it is put back: nothing that was discarded is in the file."""
    with pytest.MonkeyPatch.context() as patch:
        clock, made = Clock(patch), states_of(typed, notebook)
        kept, last = session(clock, *made)
        clock.now += data.draw(st.floats(2.5, 60))
        file = copy.deepcopy(data.draw(st.sampled_from([content for _, content in made])))
        if isinstance(file, dict) and data.draw(st.booleans()):
            file["cells"][0]["outputs"], file["cells"][0]["execution_count"] = [], None
        base = kept.base_of(file, last)
        assert merge("notebook" if notebook else "file", base, last, file).content == file


@settings(max_examples=300, deadline=None)
@given(saves, st.booleans(), st.data())
def test_save_26_what_was_typed_while_a_program_worked_stays(typed: Saves, notebook: bool, data: Any) -> None:
    """It had read one of the versions of the last 20 seconds, changed another line, ran or did not run the notebook."""
    with pytest.MonkeyPatch.context() as patch:
        clock, made = Clock(patch), states_of(typed, notebook)
        kept, last = session(clock, *made)
        until, young = 0.0, [last]
        for (gap, _), (_, content) in zip(reversed(made[1:]), reversed(made[:-1]), strict=True):
            if until < 19:
                young.append(content)
            until += gap
        file = copy.deepcopy(data.draw(st.sampled_from(young)))
        line, changed = "line 7\n", "line 7 by a tool\n"
        if isinstance(file, dict):
            file["cells"][0]["source"] = file["cells"][0]["source"].replace(line, changed)
            if data.draw(st.booleans()):
                file["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "new"}]
        else:
            file = file.replace(line, changed)
        merged = merge("notebook" if notebook else "file", kept.base_of(file, last), last, file).content
        wanted = (last if isinstance(last, str) else last["cells"][0]["source"]).replace(line, changed)
        assert (merged if isinstance(merged, str) else merged["cells"][0]["source"]) == wanted
