"""POL: what the administrator forbids is refused with a sentence, whatever is asked, and trimmed at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError
from traitlets.config import Config

from jupyterlab_cohost.core.policy import Policy, PolicyForbids, duration
from jupyterlab_cohost.core.scope import ScopeItem
from jupyterlab_cohost.core.sessions_errors import SessionEnded
from jupyterlab_cohost.extension_policy import CohostPolicy
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.storage.session_store import JsonSessionStore

from .support.server import JupyterProcess
from .support.sessions_kit import Kit, guest, host


def kit(**policy: Any) -> Kit:
    made = Kit()
    made.sessions.policy = Policy(**policy)
    made.sessions.refusals.subscribe(made.events.append)
    return made


def refused(made: Kit, rule: str, words: str, action: Callable[[], object]) -> None:
    with pytest.raises(PolicyForbids) as error:
        action()
    assert error.value.rule == rule and words in error.value.message
    assert made.told[-1] == "policy-refused" and made.events[-1]["rule"] == rule


@pytest.mark.parametrize(
    ("kinds", "kind", "words"),
    [
        (("persistent",), "ad-hoc", "Sessions for a meeting are not allowed"),
        (("ad-hoc",), "persistent", "Ongoing sessions are not allowed"),
        ((), "ad-hoc", "does not allow sharing"),
    ],
)
def test_pol_1_kinds(kinds: tuple[str, ...], kind: Any, words: str) -> None:
    made = kit(kinds=kinds)
    refused(made, "kinds", words, lambda: made.share(kind=kind))
    assert made.sessions.live() == []


def test_pol_2_the_whole_root() -> None:
    made = kit(whole_root=False)
    everything = [ScopeItem("", "directory")]
    session = made.share()
    refused(made, "whole_root", "may not be shared", lambda: made.sessions.change(session.id, scope=everything))
    assert not session.covers("b.txt")


@pytest.mark.parametrize("path", ["", "other/a.txt", "course2/a.txt", "course"])
def test_pol_3_folders_outside_the_list(path: str) -> None:
    made = kit(folders=("course/open",))
    inside = ScopeItem("course/open/a.txt", "file")
    session = made.share("course/open/a.txt")
    outside = [inside, ScopeItem(path, "directory" if path in ("", "course") else "file")]
    refused(made, "folders", "course/open/", lambda: made.sessions.change(session.id, scope=outside))


async def test_pol_3_a_rename_does_not_lead_out_of_the_list() -> None:
    made = kit(folders=("open",))
    session = made.share("open/a.txt")
    await made.sessions.rename("open/a.txt", "private.txt")
    with pytest.raises(SessionEnded, match="does not allow"):
        made.sessions.get(session.id)


def test_pol_4_the_highest_role_of_a_link_and_at_the_door() -> None:
    made = kit(highest_role=Role.VIEWER)
    session = made.share()
    for role in (Role.EDITOR, Role.RUNNER):
        refused(
            made, "highest_role", "links may let people view", lambda role=role: made.sessions.invite(session.id, role)
        )  # type: ignore[misc]
    invite = made.sessions.invite(session.id, Role.VIEWER, knock=True)
    made.sessions.door.join(session.id, invite.secret, "Bo", None, "")
    knock = session.knocks.waiting()[0]
    refused(made, "highest_role", "links", lambda: made.sessions.admit(session.id, knock.id, Role.EDITOR))
    assert made.sessions.admit(session.id, knock.id).role is Role.VIEWER


def test_pol_5_running() -> None:
    made = kit(running=False)
    session = made.share()
    refused(made, "running", "may not run code", lambda: made.sessions.invite(session.id, Role.RUNNER))
    bo = made.enter(session, Role.EDITOR).participant
    change = made.sessions.change_participant
    refused(made, "running", "may not run code", lambda: change(session.id, bo.id, role=Role.RUNNER))
    assert bo.role is Role.EDITOR


def test_pol_6_the_longest_expiry() -> None:
    made = kit(longest_expiry_s=7200.0)
    session = made.share(kind="persistent")
    for chosen in (None, 7201.0):
        invite_for = partial(made.sessions.invite, session.id, Role.VIEWER, expires_in_s=chosen)
        refused(made, "longest_expiry_s", "within 2 hours", invite_for)
    assert made.sessions.invite(session.id, Role.VIEWER).expires_at == made.clock.now() + 7200
    assert made.sessions.invite(session.id, Role.VIEWER, expires_in_s=60).expires_at == made.clock.now() + 60


def test_pol_7_knocking() -> None:
    made = kit(knock_required=True)
    session = made.share(kind="persistent")
    refused(made, "knock_required", "is asked", lambda: made.share(knock=False))
    refused(made, "knock_required", "is asked", lambda: made.sessions.change(session.id, knock=False))
    refused(made, "knock_required", "is asked", lambda: made.sessions.invite(session.id, Role.VIEWER, knock=False))
    assert made.sessions.invite(session.id, Role.VIEWER).knock


def test_pol_8_a_name() -> None:
    made = kit(name_required=True)
    session = made.share()
    invite = made.sessions.invite(session.id, Role.VIEWER)
    join = made.sessions.door.join
    refused(made, "name_required", "Give your name", lambda: join(session.id, invite.secret, " \u200b ", None, ""))
    assert join(session.id, invite.secret, "Bo", None, "")


def test_pol_9_most_participants() -> None:
    made = kit(most_participants=1)
    session = made.share()
    made.enter(session, Role.VIEWER)
    refused(made, "most_participants", "full", lambda: made.enter(session, Role.VIEWER))
    invite = made.sessions.invite(session.id, Role.VIEWER, knock=True)
    made.sessions.door.join(session.id, invite.secret, "Cy", None, "")
    knock = session.knocks.waiting()[0]
    with pytest.raises(PolicyForbids):
        made.sessions.admit(session.id, knock.id)
    assert len(session.participants) == 1


def test_pol_10_most_sessions() -> None:
    made = kit(most_sessions=1)
    session = made.share()
    refused(made, "most_sessions", "Only one session", made.share)
    made.sessions.end(session.id)
    assert made.share()


def test_pol_11_a_changed_policy_trims_what_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    before = Kit(JsonSessionStore(file))
    kept, gone = before.share("open/a.txt", kind="persistent"), before.share("b.txt", kind="persistent")
    before.sessions.change(kept.id, scope=[ScopeItem("open/a.txt", "file"), ScopeItem("b.txt", "file")])
    invite = before.sessions.invite(kept.id, Role.RUNNER, knock=False)
    runner = before.enter(kept, Role.RUNNER)
    late = before.share("open/c.txt", kind="persistent")

    after = Kit(JsonSessionStore(file))
    strict = Policy(folders=("open",), running=False, highest_role=Role.EDITOR, longest_expiry_s=60.0)
    after.sessions.policy = replace(strict, knock_required=True, most_sessions=1)
    after.sessions.apply_policy()

    session = after.sessions.get(kept.id)
    assert [item.path for item in session.scope.items] == ["open/a.txt"]
    link = session.invite(invite.id)
    assert (link.role, link.knock, link.expires_at) == (Role.EDITOR, True, after.clock.now() + 60)
    assert session.participant(runner.participant.id).role is Role.EDITOR
    for ended in (gone, late):
        with pytest.raises(SessionEnded, match="does not allow it any more"):
            after.sessions.get(ended.id)
    assert {"session-changed", "session-ended", "participant-changed"} <= set(after.told)
    again = Kit(JsonSessionStore(file))
    assert [session.id for session in again.sessions.live()] == [kept.id]


def test_pol_12_the_settings_reach_the_core() -> None:
    names = set(CohostPolicy.class_own_traits(config=True))
    assert names | {"identities"} == set(vars(Policy()))
    wanted = {
        **{"kinds": ["meeting"], "whole_root": False, "folders": ["/course/"], "highest_role": "edit"},
        **{"running": False, "longest_expiry_s": 60, "knock_required": True, "name_required": True},
        **{"anonymous_allowed": False, "most_participants": 7, "most_sessions": 3},
    }
    config = Config({"CohostPolicy": wanted})
    expected = Policy(("ad-hoc",), False, ("course",), Role.EDITOR, False, 60, True, True, False, True, 7, 3)
    assert CohostPolicy(config=config).policy(identities=True) == expected
    assert CohostPolicy().policy() == Policy()
    assert all(CohostPolicy.class_traits()[name].help for name in names)
    with pytest.raises(TraitError):
        CohostPolicy(folders=["../outside"])


def test_pol_13_the_dialog_gets_a_reason_for_everything_that_is_forbidden() -> None:
    assert Policy(identities=True).to_json()["reasons"] == {}
    assert set(Policy().reasons()) == {"audience.limited"}
    strict = Policy((), False, ("open",), Role.VIEWER, False, 3600, True, True, False, True, 1, 1)
    wanted = {"kind.ad-hoc", "kind.persistent", "role.editor", "role.runner", "give.runner", "scope.root"}
    assert set(strict.reasons()) == wanted | {"scope.folders", "expiry", "knock.off", "audience.any"}
    assert all(reason.endswith(".") for reason in strict.reasons().values())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 seconds"), (60, "1 minute"), (5400, "90 minutes"), (86400, "24 hours"), (604800, "7 days")],
)
def test_pol_6_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


_CONFIG = """
c.CohostPolicy.kinds = ["ongoing"]
c.CohostPolicy.highest_role = "view"
c.CohostPolicy.most_participants = 1
"""


def test_pol_14_a_real_server_refuses_with_the_sentence_and_trims_after_a_restart(tmp_path: Path) -> None:
    server = JupyterProcess(tmp_path)
    (server.root / "a.txt").write_text("hello\n")
    server.start()
    try:
        body = {"scope": [{"path": "a.txt"}], "kind": "persistent", "invite": {"role": "editor", "knock": False}}
        session = host(server, "POST", "sessions", body).body
        secret = session["invites"][0]["link"].partition("#")[2]
        server.stop()
        (tmp_path / "jupyter" / "config" / "jupyter_server_config.py").write_text(_CONFIG)
        server.start()
        assert host(server, "GET", f"sessions/{session['id']}").body["invites"][0]["role"] == "viewer"
        for wrong in ({**body, "kind": "ad-hoc"}, body):
            answer = host(server, "POST", "sessions", wrong)
            assert (answer.status, answer.body["code"]) == (403, "policy") and answer.body["message"].endswith(".")
        assert len(host(server, "GET", "sessions").body["sessions"]) == 1
        assert (
            guest(server, session["id"], "join", {"secret": secret, "name": "Bo"}).body["participant"]["role"]
            == "viewer"
        )
        full = guest(server, session["id"], "join", {"secret": secret, "name": "Cy"})
        assert (full.status, full.body["message"]) == (403, "This session is full.")
        policy = host(server, "GET", "policy").body
        assert policy["kinds"] == ["persistent"] and policy["roles"] == ["viewer"]
    finally:
        server.stop()
