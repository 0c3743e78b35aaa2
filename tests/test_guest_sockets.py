"""What one guest, and all guests together, may have open; and folders with many entries."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.core.sessions import Sessions
from jupyterlab_cohost.http.gateway.listing import entries, reads_as_jupyter
from jupyterlab_cohost.http.gateway.sockets import GuestSockets
from jupyterlab_cohost.protocol.errors import TooManyRequests
from jupyterlab_cohost.protocol.ids import ParticipantId, SessionId

from .support.file_writer import MANAGERS
from .support.sessions_kit import Kit

BO, CY, SESSION = ParticipantId("bo"), ParticipantId("cy"), SessionId("s")


def sockets(each: int, together: int) -> GuestSockets:
    sessions: Sessions = Kit().sessions
    return GuestSockets(sessions, each, together)


def test_gate_62_one_guest_has_so_many_sockets_and_downloads() -> None:
    made = sockets(3, 100)
    close = [made.register(SESSION, BO, lambda _code: None) for _ in range(2)]
    close.append(made.watch(SESSION, BO, lambda _code: None, lambda: True))
    with pytest.raises(TooManyRequests):
        made.check_number(BO)
    with pytest.raises(TooManyRequests):
        made.watch(SESSION, BO, lambda _code: None, lambda: True)
    made.check_number(CY)
    for end in close:
        end()
        end()
    made.check_number(BO, 3)


def test_sess_14_a_socket_that_fails_to_close_keeps_no_other_open() -> None:
    told: list[str] = []

    def fails(*_code: object) -> bool:
        raise RuntimeError("while closing")

    for event in ("participant-removed", "session-changed", "session-ended"):
        told.clear()
        all_sockets = sockets(each=10, together=10)
        all_sockets.register(SESSION, BO, fails, fails, lambda code: told.append(f"cut {code.name}"))
        all_sockets.register(SESSION, BO, lambda code: told.append(code.name), lambda: False)
        all_sockets._happened({"type": event, "session": SESSION, "participant": BO})
        code = {"participant-removed": "removed", "session-ended": "session_ended"}.get(event, "forbidden")
        assert told == [f"cut {code}", code]


def test_gate_62_all_guests_together_leave_room_for_the_host() -> None:
    made = sockets(100, 5)
    for number in range(5):
        made.register(SESSION, ParticipantId(f"p{number}"), lambda _code: None)
    with pytest.raises(TooManyRequests):
        made.check_number(BO)


@pytest.fixture(params=sorted(MANAGERS))
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    (tmp_path / "many/.hidden").mkdir(parents=True)
    (tmp_path / "many/sub").mkdir()
    for number in range(40):
        (tmp_path / f"many/f{number:02}.txt").write_text("x" * number)
    (tmp_path / "many/n.ipynb").write_text("{}")
    (tmp_path / "many/__pycache__").mkdir()
    (tmp_path / "many/gone").symlink_to("nowhere")
    return MANAGERS[request.param](root_dir=str(tmp_path))


async def test_cont_19_a_folder_is_read_in_a_thread_and_says_what_jupyter_says(
    manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not reads_as_jupyter(manager):
        pytest.skip("a contents manager of another make is asked itself")
    answer = manager.get("many", content=True)
    theirs = (await answer if asyncio.iscoroutine(answer) else answer)["content"]
    threads: list[object] = []
    to_thread = asyncio.to_thread

    async def counted(*args: Any, **named: Any) -> Any:
        threads.append(args)
        return await to_thread(*args, **named)

    monkeypatch.setattr(asyncio, "to_thread", counted)
    monkeypatch.setattr(type(manager), "get", lambda *_, **__: pytest.fail("asked in the event loop"))
    ours = await entries(manager, "many", lambda _path: True, 1000)
    assert threads
    assert sorted(ours, key=lambda one: one["name"]) == sorted(theirs, key=lambda one: one["name"])
    first = await entries(manager, "many", lambda path: path != "many/f00.txt", 3)
    assert [one["name"] for one in first] == ["f01.txt", "f02.txt"]
