"""POL on a real server: every setting, by every door, whatever the host's page or a guest sends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .properties import bounded
from .support.server import JupyterProcess
from .support.sessions_kit import Answer, guest, host

FILES = ("open/a.txt", "open/b.txt", "private/c.txt", "d.txt")


def make_server(work: Path, *settings: str) -> JupyterProcess:
    server = JupyterProcess(work, arguments=[f"--CohostPolicy.{setting}" for setting in settings])
    for name in FILES:
        (server.root / name).parent.mkdir(exist_ok=True)
        (server.root / name).write_text("hello\n")
    return server.start()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """Everything about links."""
    server = make_server(
        tmp_path_factory.mktemp("strict"),
        *("kinds=meeting", "whole_root=False", "folders=open", "highest_role=edit", "longest_expiry_s=3600"),
        *("knock_required=True", "name_required=True", "most_sessions=3"),
    )
    yield server
    server.stop()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """Everything about people."""
    server = make_server(tmp_path_factory.mktemp("calm"), "running=False", "most_participants=2", "whole_root=False")
    yield server
    server.stop()


def refused(answer: Answer, words: str) -> None:
    assert (answer.status, answer.body["code"]) == (403, "policy"), answer
    assert words in answer.body["message"] and answer.body["message"].endswith(".")


def started(server: JupyterProcess, **more: Any) -> dict[str, Any]:
    for session in host(server, "GET", "sessions").body["sessions"]:
        host(server, "DELETE", f"sessions/{session['id']}")
    answer = host(server, "POST", "sessions", {"scope": [{"path": "open/a.txt"}], **more})
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.body
    return made


def secret_of(invite: dict[str, Any]) -> str:
    return str(invite["link"]).partition("#")[2]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "persistent"}, "Ongoing sessions are not allowed"),
        ({"scope": [{"path": ""}]}, "may not be shared"),
        ({"scope": [{"path": "private/c.txt"}]}, "Only what is in open/"),
        ({"scope": [{"path": "open/a.txt"}, {"path": "d.txt"}]}, "Only what is in open/"),
        ({"knock": False}, "is asked"),
        ({"invite": {"role": "runner"}}, "links may let people edit"),
        ({"invite": {"role": "viewer", "expires_in_s": None}}, "within 60 minutes"),
        ({"invite": {"role": "viewer", "expires_in_s": 3601}}, "within 60 minutes"),
        ({"invite": {"role": "viewer", "knock": False}}, "is asked"),
    ],
)
def test_pol_14_a_new_session(strict: JupyterProcess, body: dict[str, Any], words: str) -> None:
    session = started(strict)
    host(strict, "DELETE", f"sessions/{session['id']}")
    refused(host(strict, "POST", "sessions", {"scope": [{"path": "open/a.txt"}], **body}), words)
    assert host(strict, "GET", "sessions").body["sessions"] == [], "nothing is left of it"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"scope": [{"path": ""}]}, "may not be shared"),
        ({"add": [{"path": "private/c.txt"}]}, "Only what is in open/"),
        ({"knock": False}, "is asked"),
    ],
)
def test_pol_14_a_changed_session(strict: JupyterProcess, body: dict[str, Any], words: str) -> None:
    session = started(strict)
    refused(host(strict, "PATCH", f"sessions/{session['id']}", body), words)
    assert host(strict, "GET", f"sessions/{session['id']}").body["scope"] == session["scope"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"role": "runner"}, "links may let people edit"),
        ({"role": "viewer", "expires_in_s": 3601}, "within 60 minutes"),
        ({"role": "viewer", "expires_in_s": None}, "within 60 minutes"),
        ({"role": "viewer", "knock": False}, "is asked"),
    ],
)
def test_pol_14_a_new_link(strict: JupyterProcess, body: dict[str, Any], words: str) -> None:
    session = started(strict)
    refused(host(strict, "POST", f"sessions/{session['id']}/invites", body), words)
    assert host(strict, "GET", f"sessions/{session['id']}/invites").body["invites"] == []


def test_pol_9_pol_10_pol_14_too_many_sessions(strict: JupyterProcess) -> None:
    started(strict)
    body = {"scope": [{"path": "open/b.txt"}]}
    assert [host(strict, "POST", "sessions", body).status for _ in range(2)] == [201, 201]
    refused(host(strict, "POST", "sessions", body), "At most 3 sessions")


def test_pol_4_pol_8_pol_14_at_the_door(strict: JupyterProcess) -> None:
    session = started(strict, invite={"role": "viewer"})
    secret = secret_of(session["invites"][0])
    for name in ("", " \u200b ", None):
        body = {"secret": secret, **({} if name is None else {"name": name})}
        refused(guest(strict, session["id"], "join", body), "Give your name")
    # A guest who asks not to knock, or for another role, knocks all the same.
    asked = {"secret": secret, "name": "Bo", "knock": False, "role": "runner"}
    assert guest(strict, session["id"], "join", asked).status == 202
    knock = host(strict, "GET", f"sessions/{session['id']}/knocks").body["knocks"][0]
    address = f"sessions/{session['id']}/knocks/{knock['id']}"
    refused(host(strict, "POST", address, {"admit": True, "role": "runner"}), "links may let people edit")
    assert host(strict, "POST", address, {"admit": True}).body["participant"]["role"] == "viewer"


def test_pol_5_pol_14_nobody_runs(calm: JupyterProcess) -> None:
    invite = {"role": "editor", "knock": False}
    session = started(calm, scope=[{"path": "open"}], invite=invite)
    path = f"sessions/{session['id']}"
    refused(host(calm, "POST", f"{path}/invites", {"role": "runner"}), "may not run code")
    joined = guest(calm, session["id"], "join", {"secret": secret_of(session["invites"][0]), "name": "Bo"})
    person = joined.body["participant"]["id"]
    refused(host(calm, "PATCH", f"{path}/participants/{person}", {"role": "runner"}), "may not run code")
    body = {"path": "open/x", "name": "n.ipynb", "type": "notebook"}
    assert guest(calm, session["id"], "api/sessions", body, cookie=joined.cookie).status == 403


def test_pol_9_pol_14_too_many_guests(calm: JupyterProcess) -> None:
    session = started(calm, invite={"role": "viewer", "knock": False})
    body = {"secret": secret_of(session["invites"][0])}
    assert [guest(calm, session["id"], "join", body).status for _ in range(2)] == [200, 200]
    refused(guest(calm, session["id"], "join", body), "full")


ROLES = st.sampled_from(["viewer", "editor", "runner", "host", None])
PATHS = st.sampled_from([*FILES, "", ".", "/", "open", "open/", "open/../d.txt", "private", "OPEN", "opened", "d.txt/"])
ITEMS = st.lists(st.fixed_dictionaries({"path": PATHS}), max_size=3)
INVITES = st.fixed_dictionaries(
    {"role": ROLES},
    optional={
        "knock": st.booleans() | st.none(),
        "expires_in_s": st.none() | st.floats(1, 1e12) | st.integers(-5, 10**30) | st.sampled_from([3600, 3601]),
    },
)
ALLOWED = st.just([{"path": "open/a.txt"}])
NEW = st.fixed_dictionaries(
    {"scope": ITEMS | ALLOWED},
    optional={"kind": st.sampled_from(["ad-hoc", "persistent"]), "knock": st.booleans(), "invite": INVITES},
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={"scope": ITEMS, "add": ITEMS, "remove": st.lists(PATHS, max_size=2), "knock": st.booleans() | st.none()},
)
ACTIONS = st.one_of(
    st.tuples(st.just("POST"), st.just("sessions"), NEW),
    st.tuples(st.just("PATCH"), st.just("sessions/{id}"), CHANGES),
    st.tuples(st.just("POST"), st.just("sessions/{id}/invites"), INVITES),
)


def test_pol_16_whatever_is_sent_no_session_goes_beyond_the_policy(strict: JupyterProcess) -> None:
    @bounded(40)
    @given(st.lists(ACTIONS, max_size=6))
    def examples(actions: list[tuple[str, str, dict[str, Any]]]) -> None:
        session = started(strict)
        for method, path, body in actions:
            assert host(strict, method, path.format(id=session["id"]), body).status < 500
        within_policy(host(strict, "GET", "sessions").body["sessions"])

    examples()


def within_policy(sessions: list[dict[str, Any]]) -> None:
    assert len(sessions) <= 3
    latest = (time.time() + 3601) * 1000
    for session in sessions:
        assert session["kind"] == "ad-hoc" and session["knock"] is not False
        assert all(item["path"].split("/")[0] == "open" for item in session["scope"])
        for invite in session["invites"]:
            assert invite["role"] in ("viewer", "editor") and invite["knock"]
            assert invite["expires_at"] <= latest


def test_pol_17_a_policy_that_cannot_be_read_forbids_everything(tmp_path: Path) -> None:
    """[POL-17] The server runs and stops as always, only nothing can be shared; the log names the setting."""
    server = make_server(tmp_path, "highest_role=king")
    try:
        body = {"scope": [{"path": "open/a.txt"}]}
        assert host(server, "POST", "sessions", body).status == 404
        assert guest(server, "any", "join", {"secret": "x"}).status in (403, 404, 405)
        assert "highest_role" in server.log()
    finally:
        server.stop()
    assert server.process is not None and server.process.returncode is not None


async def test_pol_11_people_in_running_sessions_are_told_after_a_restart(tmp_path: Path) -> None:
    server = make_server(tmp_path)
    try:
        kept = started(server, kind="persistent", invite={"role": "runner", "knock": False})
        body = {"scope": [{"path": "d.txt"}], "kind": "persistent", "invite": {"role": "editor", "knock": False}}
        gone = host(server, "POST", "sessions", body).body
        secrets = [secret_of(session["invites"][0]) for session in (kept, gone)]
        people = [
            guest(server, session["id"], "join", {"secret": secret, "carrier": "bearer", "name": "Bo"}).body
            for session, secret in zip((kept, gone), secrets, strict=True)
        ]
        bearers = [{"Authorization": f"Bearer {person['credential']}"} for person in people]
        address = f"{server.origin}/cohost/g/{{}}/events"
        async with aiohttp.ClientSession() as http:
            assert (await first_word(http, address.format(kept["id"]), bearers[0]))["role"] == "runner"
            server.stop()
            server.arguments = ["--CohostPolicy.running=False", "--CohostPolicy.folders=open"]
            server.start()
            now = await first_word(http, address.format(kept["id"]), bearers[0])
            assert now["role"] == "editor" and "execute" not in now["capabilities"]
            async with http.get(address.format(gone["id"]), headers=bearers[1]) as answer:
                told = await answer.json()
            assert answer.status == 410 and "does not allow it any more" in told["message"]
            async with http.get(f"{server.origin}/cohost/g/{gone['id']}/join") as page:
                assert page.status == 410 and "does not allow it any more" in await page.text()
    finally:
        server.stop()


async def first_word(http: aiohttp.ClientSession, address: str, headers: dict[str, str]) -> dict[str, Any]:
    async with http.ws_connect(address, headers=headers) as socket:
        said: dict[str, Any] = await socket.receive_json(timeout=10)
        assert said["type"] == "me"
        return said
