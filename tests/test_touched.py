"""Where guests could ever write, with sessions whose clock the tests move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.core.touched import Touched
from jupyterlab_cohost.protocol.errors import StorageFailed
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.storage.session_store import JsonSessionStore

from .support.sessions_kit import Kit


def touched(kit: Kit, tmp_path: Path) -> Touched:
    return Touched(kit.sessions, JsonSessionStore(tmp_path / "touched.json"))


def test_trust_41_what_editors_could_write_stays_so_behind_the_end_and_a_restart(tmp_path: Path) -> None:
    kit = Kit()
    known = touched(kit, tmp_path)
    session = kit.share("d/", "a.txt")
    kit.enter(session, Role.VIEWER)
    assert not known.covers("a.txt") and not known.covers("d/b.txt")
    kit.enter(session, Role.EDITOR)
    kit.sessions.end(session.id)
    for now in (known, touched(Kit(), tmp_path)):
        assert now.covers("a.txt") and now.covers("d/deep/b.txt")
        assert not now.covers("b.txt") and not now.covers("dd/b.txt") and not now.covers("d.txt")


def test_trust_41_who_is_raised_and_what_is_added_count(tmp_path: Path) -> None:
    kit = Kit()
    known = touched(kit, tmp_path)
    session = kit.share("a.txt")
    guest = kit.enter(session, Role.VIEWER).participant
    kit.sessions.change_participant(session.id, guest.id, role=Role.EDITOR)
    assert known.covers("a.txt") and not known.covers("b.txt")
    other = kit.share("b.txt")
    kit.sessions.change(session.id, scope=[*session.scope.items, *other.scope.items])
    assert known.covers("b.txt")


async def test_trust_41_what_is_moved_takes_it_along(tmp_path: Path) -> None:
    kit = Kit()
    known = touched(kit, tmp_path)
    kit.enter(kit.share("d/"), Role.EDITOR)
    await known.rename("d/a.ipynb", "mine/a.ipynb")
    await known.rename("other", "mine/other")
    assert known.covers("mine/a.ipynb") and not known.covers("mine/other") and known.covers("d/a.ipynb")
    await known.rename("d", "e")
    assert known.covers("e/a.ipynb") and touched(Kit(), tmp_path).covers("e/a.ipynb")


@pytest.mark.parametrize("text", ["{", '{"version": 1, "sessions": [{"path": "a"}]}', '{"version": 9}'])
def test_trust_41_a_list_that_cannot_be_read_means_everything(tmp_path: Path, text: str) -> None:
    (tmp_path / "touched.json").write_text(text)
    assert touched(Kit(), tmp_path).covers("any/file.ipynb")


def test_trust_41_a_list_that_cannot_be_written_is_told_and_holds_until_the_server_ends() -> None:
    class Full(JsonSessionStore):
        def save(self, records: list[dict[str, Any]]) -> None:
            raise StorageFailed("The disk is full.")

    kit, told = Kit(), list[str]()
    known = Touched(kit.sessions, Full(Path("/nowhere/touched.json")), told.append)
    kit.enter(kit.share("a.txt"), Role.EDITOR)
    assert known.covers("a.txt") and told[0] == "The disk is full."


def test_trust_41_a_list_that_grows_too_long_means_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyterlab_cohost.core.touched._MOST", 3)
    kit = Kit()
    known = touched(kit, tmp_path)
    for name in "abcd":
        kit.enter(kit.share(f"{name}.txt"), Role.EDITOR)
    assert known.covers("z.txt")
