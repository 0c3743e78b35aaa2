"""Which paths a session covers."""

from __future__ import annotations

import unicodedata

import pytest

from jupyterlab_cohost.core import scope
from jupyterlab_cohost.core.participants import Narrowing
from jupyterlab_cohost.core.scope import Scope, ScopeItem, normal_path
from jupyterlab_cohost.protocol.errors import BadRequest
from jupyterlab_cohost.protocol.roles import Capability, Role, capabilities_of

from .support.sessions_kit import Kit

FOLDER = Scope([ScopeItem("data", "directory"), ScopeItem("notes/plan.ipynb", "file")])
HOSTILE = [
    *("..", "../etc/passwd", "data/../secret", "data/..", "data/./x", "data//x", "/data//", "data/.git/config"),
    *(".ssh/id", "data/a\0b", "data/a\nb", "data/\ud800", "data/a\u2028b", "x" * 5000, None, 3),
]


@pytest.mark.parametrize("path", ["data", "data/x.csv", "data/deep/er.py", "/data/x.csv", "data/", "notes/plan.ipynb"])
def test_sess_2_scope_covers_items_and_all_below_a_folder(path: str) -> None:
    assert FOLDER.covers(path)


@pytest.mark.parametrize(
    "path", ["", "database", "notes", "notes/plan.ipynb.bak", "notes/plan.ipynb/x", "Data/x", "DATA"]
)
def test_sess_2_scope_covers_nothing_else(path: str) -> None:
    assert not FOLDER.covers(path)


@pytest.mark.parametrize("path", HOSTILE)
def test_sess_3_tricks_with_paths_are_refused(path: object) -> None:
    assert not FOLDER.covers(path)  # type: ignore[arg-type]
    assert not FOLDER.leads_to(path)  # type: ignore[arg-type]
    assert not Scope([ScopeItem("", "directory")]).covers(path)  # type: ignore[arg-type]
    with pytest.raises(BadRequest):
        normal_path(path)


def test_sess_3_another_spelling_of_the_same_letters_is_another_path() -> None:
    """SESS-3: whether the disk takes both for one file is the gateway's to ask it."""
    composed, split = "data/é.txt", unicodedata.normalize("NFD", "data/é.txt")
    assert FOLDER.covers(composed) and FOLDER.covers(split)
    assert Scope([ScopeItem(split, "file")]).covers(split)
    assert not Scope([ScopeItem(split, "file")]).covers(composed)


@pytest.mark.parametrize("windows", [False, True])
def test_sess_3_a_backslash_parts_folders_on_windows_and_is_a_letter_elsewhere(
    windows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "_BACKSLASH_PARTS", windows)
    assert FOLDER.covers("data\\..\\x") is False
    assert FOLDER.covers("data/a\\b") is not windows


def test_sess_4_folders_on_the_way_to_an_item_are_known_and_not_covered() -> None:
    assert FOLDER.leads_to("")
    assert FOLDER.leads_to("notes")
    assert not FOLDER.leads_to("data")
    assert not FOLDER.leads_to("other")
    assert not FOLDER.leads_to("notes/plan.ipynb")


def test_sess_2_the_whole_content_root() -> None:
    whole = Scope([ScopeItem("", "directory"), ScopeItem("a.txt", "file")])
    assert whole.items == (ScopeItem("", "directory"),)
    assert whole.covers("") and whole.covers("any/thing.py")
    assert not whole.covers(".hidden")


def test_role_1_scope_and_role_and_narrowing_are_intersected() -> None:
    kit = Kit()
    session = kit.share("data/", "b.txt")
    guest = kit.enter(session, Role.EDITOR).participant
    kit.sessions.change_participant(session.id, guest.id, limits=[Narrowing("data/raw", Role.VIEWER)])
    assert session.capabilities(guest, "data/x") == capabilities_of(Role.EDITOR)
    assert session.capabilities(guest, "/data/x/") == capabilities_of(Role.EDITOR)
    assert session.capabilities(guest, "data/raw/x") == capabilities_of(Role.VIEWER)
    assert session.capabilities(guest, "c.txt") == frozenset()


@pytest.mark.parametrize(
    "spelling", ["data/RAW/x", "Data/Raw/x", "data/raw./x", "data/raw /x", "data/raw:s/x", "data/ｒaw/x"]
)
def test_role_2_no_spelling_escapes_a_narrowing(spelling: str) -> None:
    """On some file systems these name the folder that was narrowed."""
    assert Narrowing("data/raw", Role.VIEWER).applies_to(spelling)


def test_role_2_narrowing_never_widens() -> None:
    kit = Kit()
    session = kit.share("data/")
    guest = kit.enter(session, Role.VIEWER).participant
    kit.sessions.change_participant(session.id, guest.id, limits=[Narrowing("data", Role.RUNNER)])
    assert Capability.EDIT not in session.capabilities(guest, "data/x")
