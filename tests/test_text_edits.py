"""The edits that bring an outside change into a document: right, small, and few enough."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, StickyIndex, Text

from jupyterlab_cohost.core import text_edits
from jupyterlab_cohost.core.text_edits import set_text

TEXT = st.text(alphabet="ab \nöx😀\r\u2028", max_size=60)


def filled(content: str) -> Text:
    text = Doc().get("source", type=Text)
    text += content
    return text


def edited(text: Text, wanted: str) -> None:
    with text.doc.transaction():
        set_text(text, wanted)


@given(TEXT, TEXT)
def test_room_21_the_result_is_exact(old: str, new: str) -> None:
    """ROOM-21: also outside the first plane of Unicode, with all kinds of line ends."""
    text = filled(old)
    edited(text, new)
    assert str(text) == new


@given(TEXT, TEXT)
def test_room_21_the_result_is_exact_when_edits_are_joined(old: str, new: str) -> None:
    """ROOM-21."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_edits, "_MOST_EDITS", 2)
        text = filled(old)
        edited(text, new)
    assert str(text) == new


def test_room_21_a_cursor_between_two_words_that_change_stays_between_them() -> None:
    """ROOM-21: a formatter rewrites the line that someone stands in, and the lines around it."""
    text = filled("a=1\nb=call(x,y)\nc=3\n")
    cursor: StickyIndex = text.sticky_index(len("a=1\nb=call(x"))
    edited(text, "a = 1\nb = call(x, y)\nc = 3\n")
    assert str(text)[: cursor.get_index()] == "a = 1\nb = call(x"


def test_room_21_a_formatter_over_a_long_file_takes_seconds_at_most() -> None:
    """ROOM-21: every third of 20,000 lines; a generous bound, it took 9 s with every edit by itself."""
    lines = [f"value{i}=call({i},{i})\n" for i in range(20_000)]
    wanted = "".join(line.replace("=", " = ") if i % 3 == 0 else line for i, line in enumerate(lines))
    text = filled("".join(lines))
    began = time.process_time()
    edited(text, wanted)
    assert str(text) == wanted
    assert time.process_time() - began < 5
