"""Sessions, their people and their end, with a clock that the tests move."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.core.participants import PALETTE, Narrowing, clean_color, clean_text, same_name, unique_name
from jupyterlab_cohost.core.sessions import Sessions
from jupyterlab_cohost.core.sessions_errors import NotSignedIn, Removed, SessionEnded, SessionUnknown
from jupyterlab_cohost.protocol.errors import BadRequest, StorageFailed
from jupyterlab_cohost.protocol.roles import Role, capabilities_of
from jupyterlab_cohost.storage.session_store import JsonSessionStore, open_session_store

from .support.sessions_kit import FakeClock, Kit


def test_sess_1_a_session_that_ended_is_told_from_one_that_never_was() -> None:
    kit = Kit()
    session = kit.share()
    joined = kit.enter(session, Role.VIEWER)
    kit.sessions.end(session.id)
    with pytest.raises(SessionEnded):
        kit.sessions.authenticate(session.id, joined.credential)
    with pytest.raises(SessionUnknown):
        kit.sessions.get("made-up")
    assert not session.capabilities(joined.participant, "a.txt")
    assert kit.told[-1] == "session-ended"


def test_sess_5_ad_hoc_ends_when_the_host_was_away_for_the_grace_period() -> None:
    kit = Kit()
    session, ongoing = kit.share(), kit.share(kind="persistent")
    kit.sessions.host_present(True)
    kit.sessions.host_present(False)
    kit.clock.pass_time(kit.limits.ad_hoc_grace_s - 1)
    kit.sessions.host_present(True)
    kit.clock.pass_time(kit.limits.ad_hoc_grace_s * 2)
    assert kit.sessions.get(session.id)
    kit.sessions.host_present(False)
    kit.clock.pass_time(kit.limits.ad_hoc_grace_s)
    with pytest.raises(SessionEnded) as ended:
        kit.sessions.get(session.id)
    assert ended.value.reason == "host_away"
    assert kit.sessions.get(ongoing.id)


def test_sess_5_a_session_from_the_terminal_gets_the_whole_grace_period() -> None:
    kit = Kit()
    kit.sessions.host_present(True)
    kit.sessions.host_present(False)
    kit.clock.pass_time(kit.limits.ad_hoc_grace_s - 1)
    session = kit.share()
    kit.clock.pass_time(2)
    assert kit.sessions.get(session.id)


def test_sess_6_persistent_sessions_people_and_links_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "cohost" / "sessions.json"
    before = Kit(JsonSessionStore(file))
    session = before.share("data/", kind="persistent")
    invite = before.sessions.invite(session.id, Role.EDITOR, knock=False, max_uses=3)
    joined = before.sessions.door.join(session.id, invite.secret, "Bo", 3, "")
    out = before.sessions.door.join(session.id, invite.secret, "Out", 3, "")
    before.sessions.remove(session.id, out.participant.id)
    ended = before.share(kind="persistent")
    before.sessions.end(ended.id)

    after = Kit(JsonSessionStore(file))
    again = after.sessions.authenticate(session.id, joined.credential)
    assert (again.name, again.role, again.color) == ("Bo", Role.EDITOR, PALETTE[3])
    assert after.sessions.door.look(session.id, invite.secret, "")[1].uses == 2
    assert after.sessions.get(session.id).invite(invite.id).secret is None
    with pytest.raises(Removed):
        after.sessions.authenticate(session.id, out.credential)
    with pytest.raises(SessionEnded):
        after.sessions.get(ended.id)


class Meeting:
    """A session for a meeting with a guest who is in; ``restart``: the next server on the same files, after a crash."""

    def __init__(self, file: Path) -> None:
        self.file, self.kit = file, Kit(JsonSessionStore(file))
        self.kit.sessions.host_present(True)
        self.session = self.kit.share("data/")
        self.invite = self.kit.sessions.invite(self.session.id, Role.EDITOR, knock=False)
        self.secret = str(self.invite.secret)
        self.joined = self.kit.sessions.door.join(self.session.id, self.secret, "Bo", 3, "")
        self.grace_s = self.kit.limits.ad_hoc_grace_s

    def restart(self, away_s: float) -> Sessions:
        clock = FakeClock()
        clock.time = self.kit.clock.time + away_s
        self.kit = Kit(JsonSessionStore(self.file), clock=clock)
        self.kit.sessions.apply_policy()
        self.kit.sessions.resume()
        return self.kit.sessions

    def is_live(self) -> bool:
        try:
            self.kit.sessions.authenticate(self.session.id, self.joined.credential)
        except SessionEnded as ended:
            assert ended.reason == "host_away"
            return False
        return True


def test_sess_32_a_meeting_outlives_the_server_with_its_guests_and_links(tmp_path: Path) -> None:
    meeting = Meeting(tmp_path / "sessions.json")
    removed = meeting.kit.enter(meeting.session, Role.EDITOR, "Eve")
    meeting.kit.sessions.remove(meeting.session.id, removed.participant.id)
    text = meeting.file.read_text()
    assert meeting.secret not in text and str(meeting.joined.credential) not in text
    after = meeting.restart(meeting.grace_s - 40)
    assert meeting.is_live()
    assert after.get(meeting.session.id).kind == "ad-hoc"
    assert after.door.look(meeting.session.id, meeting.secret, "")[1].uses == 1
    with pytest.raises(Removed):
        after.authenticate(meeting.session.id, removed.credential)
    after.host_present(True)
    meeting.kit.clock.pass_time(meeting.grace_s * 3)
    assert meeting.is_live()


def test_sess_32_the_grace_period_goes_on_while_the_server_is_stopped(tmp_path: Path) -> None:
    meeting = Meeting(tmp_path / "sessions.json")
    after = meeting.restart(meeting.grace_s)
    assert not meeting.is_live()
    meeting.restart(1)
    assert not meeting.is_live(), "and so it stays"
    assert after.live() == []


def test_sess_32_what_is_left_of_the_grace_period_counts_after_a_restart(tmp_path: Path) -> None:
    meeting = Meeting(tmp_path / "sessions.json")
    meeting.kit.sessions.host_present(False)
    meeting.kit.clock.pass_time(meeting.grace_s / 2)
    meeting.restart(meeting.grace_s / 4)
    meeting.kit.clock.pass_time(meeting.grace_s / 4 - 1)
    assert meeting.is_live()
    meeting.kit.clock.pass_time(1)
    assert not meeting.is_live()


def test_sess_32_a_host_who_is_here_is_known_to_have_been_after_a_crash(tmp_path: Path) -> None:
    """The meeting is older than the grace period; nothing was changed since it began."""
    meeting = Meeting(tmp_path / "sessions.json")
    for _ in range(100):
        meeting.kit.clock.pass_time(meeting.grace_s / 20)
    meeting.restart(meeting.grace_s / 2)
    assert meeting.is_live()


def test_sess_32_a_meeting_that_the_host_ended_does_not_come_back(tmp_path: Path) -> None:
    meeting = Meeting(tmp_path / "sessions.json")
    meeting.kit.sessions.end(meeting.session.id)
    after = meeting.restart(1)
    with pytest.raises(SessionEnded) as ended:
        after.authenticate(meeting.session.id, meeting.joined.credential)
    assert ended.value.reason == "ended_by_host"


def test_sess_32_a_meeting_is_not_refused_when_it_cannot_be_kept(tmp_path: Path) -> None:
    store = FailingStore(tmp_path / "sessions.json")
    store.full, kit = True, Kit(store)
    session = kit.share()
    assert kit.sessions.get(session.id) and "storage-failed" in kit.told
    store.full = False
    kit.clock.pass_time(10)
    assert kit.told[-1] == "storage-recovered"
    assert Kit(JsonSessionStore(store.file)).sessions.get(session.id)


def test_sess_7_the_file_holds_no_secret_and_is_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "cohost" / "sessions.json"
    kit = Kit(JsonSessionStore(file))
    session = kit.share(kind="persistent")
    invite = kit.sessions.invite(session.id, Role.EDITOR, knock=False)
    joined = kit.sessions.door.join(session.id, invite.secret, "Bo", 3, "")
    text = file.read_text()
    assert str(invite.secret) not in text and str(joined.credential) not in text
    assert "Bo" in text
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [entry.name for entry in file.parent.iterdir()] == ["sessions.json"]


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"version": 1, "sessions": [{"id": "x"}]}', '{"version": 99}', "\udcff"]
)
def test_sess_8_a_file_that_cannot_be_read_is_set_aside_with_a_notice(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "sessions.json"
    file.write_bytes(broken.encode("utf-8", "surrogateescape"))
    store = JsonSessionStore(file)
    kit = Kit(store)
    assert kit.sessions.live() == []
    assert len(store.notices) == 1
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [broken.encode("utf-8", "surrogateescape")]
    kit.share(kind="persistent")
    assert len(json.loads(file.read_text())["sessions"]) == 1


def test_sess_8_two_servers_on_one_root_have_files_of_their_own(tmp_path: Path) -> None:
    one, two = (open_session_store(tmp_path, "/content") for _ in range(2))
    other = open_session_store(tmp_path, "/elsewhere")
    assert len({one.file, two.file, other.file}) == 3
    for store in (one, two, other):
        store.close()
    assert open_session_store(tmp_path, "/content").file == one.file


class FailingStore(JsonSessionStore):
    full = False

    def save(self, records: list[dict[str, Any]]) -> None:
        if self.full:
            raise StorageFailed("The disk is full.")
        super().save(records)


def test_sess_8_a_full_disk_refuses_a_new_session_and_does_not_undo_a_removal(tmp_path: Path) -> None:
    store = FailingStore(tmp_path / "sessions.json")
    kit = Kit(store)
    session = kit.share(kind="persistent")
    joined = kit.enter(session, Role.EDITOR)
    store.full = True
    with pytest.raises(StorageFailed):
        kit.share(kind="persistent")
    assert len(kit.sessions.live()) == 1
    kit.sessions.remove(session.id, joined.participant.id)
    assert "storage-failed" in kit.told
    with pytest.raises(Removed):
        kit.sessions.authenticate(session.id, joined.credential)
    store.full = False
    kit.clock.pass_time(10)
    assert kit.told[-1] == "storage-recovered"
    with pytest.raises(Removed):
        Kit(JsonSessionStore(store.file)).sessions.authenticate(session.id, joined.credential)


def test_sess_9_removed_is_out_at_once_with_credential_and_tickets() -> None:
    kit = Kit()
    session = kit.share()
    joined, other = kit.enter(session, Role.EDITOR), kit.enter(session, Role.EDITOR)
    ticket = kit.sessions.issue_ticket(session.id, joined.participant.id)
    kit.sessions.remove(session.id, joined.participant.id)
    with pytest.raises(Removed):
        kit.sessions.authenticate(session.id, joined.credential)
    with pytest.raises(NotSignedIn):
        kit.sessions.redeem_ticket(session.id, ticket)
    assert not session.capabilities(joined.participant, "a.txt")
    assert kit.sessions.authenticate(session.id, other.credential) is other.participant


def test_sess_9_a_credential_opens_one_session_only() -> None:
    kit = Kit()
    one, two = kit.share(), kit.share()
    joined = kit.enter(one, Role.EDITOR)
    with pytest.raises(NotSignedIn):
        kit.sessions.authenticate(two.id, joined.credential)
    assert not two.capabilities(joined.participant, "a.txt")


def test_sess_10_a_ticket_is_good_once_and_for_half_a_minute() -> None:
    kit = Kit()
    session = kit.share()
    guest = kit.enter(session, Role.VIEWER).participant
    first, second = (kit.sessions.issue_ticket(session.id, guest.id) for _ in range(2))
    assert kit.sessions.redeem_ticket(session.id, first) is guest
    with pytest.raises(NotSignedIn):
        kit.sessions.redeem_ticket(session.id, first)
    kit.clock.pass_time(kit.limits.ticket_s)
    with pytest.raises(NotSignedIn):
        kit.sessions.redeem_ticket(session.id, second)


def test_sess_11_changing_what_is_shared() -> None:
    kit = Kit()
    session = kit.share("a.txt", "b.txt")
    guest = kit.enter(session, Role.EDITOR).participant
    kit.sessions.change(session.id, title=" New\u202e  title ", scope=session.scope.items[:1])
    assert session.title == "New title"
    assert not session.capabilities(guest, "b.txt")
    assert kit.events[-1]["type"] == "session-changed" and kit.events[-1]["scope_changed"]
    with pytest.raises(BadRequest):
        kit.sessions.change(session.id, scope=[])
    assert session.covers("a.txt")


@pytest.mark.parametrize("count", [0, 201])
def test_sess_11_a_scope_has_at_least_one_item_and_not_too_many(count: int) -> None:
    kit = Kit()
    with pytest.raises(BadRequest):
        kit.sessions.create(scope=kit.share(*[f"{n}" for n in range(count)]).scope.items if count else [], host=None)  # type: ignore[arg-type]


def test_sess_12_names_are_shown_as_plain_text() -> None:
    assert clean_text("  Bo\u202e\x00\u200b \n\t Li ", 64, "name") == "Bo Li"
    assert clean_text("<b>Bo</b>", 64, "name") == "<b>Bo</b>"
    assert clean_text("a" + "\u0301" * 50, 64, "name") == "á" + "\u0301" * 3
    assert clean_text("می\u200cخواهم", 64, "name") == "می\u200cخواهم"
    assert clean_text("\u202e\u2066", 64, "name") == ""


@pytest.mark.parametrize("name", ["x" * 65, "x" * 10_000, "\u200b" * 10_000])
def test_sess_12_a_name_that_is_too_long_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(BadRequest, match="at most 64 characters"):
        clean_text(name, 64, "name")


def test_sess_12_nobody_takes_the_name_of_another_or_of_the_host() -> None:
    kit = Kit()
    session = kit.share()
    names = [kit.enter(session, Role.VIEWER, name).participant.name for name in ("Ada", "ADA", "Bo", "", "")]
    assert names == ["Ada (2)", "ADA (3)", "Bo", "Guest 1", "Guest 2"]
    assert unique_name("Ａｄａ", ["Ada"]) == "Ａｄａ (2)"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Ho\u034fst",
            "Host\ufe0f",
            "Ho\u17b4st",
            "H\u0300\u0301\u0302ost",
            "Host\u3164(host)",
            "Host · host",
            "\u2800Host",
        ),
        *(
            "\U000e0100Host",
            "Ho\u2061st",
            "Host\u2800",
            "Hоst",
            "Ηost",
            "ＨＯＳＴ",
            "H.o.s.t",
            "hoſt",
            "Host\u115f",
            "host!",
        ),
    ],
)
def test_sess_34_nobody_looks_like_the_host_or_says_to_be_it(name: str) -> None:
    for host in ("Host", "Ada"):
        shown = unique_name(clean_text(name, 64, "name"), [host])
        assert shown.endswith(" (2)"), ascii(shown)


def test_sess_34_who_comes_in_or_knocks_is_called_otherwise_than_the_host_and_who_is_here() -> None:
    kit = Kit()
    session = kit.share()
    door, opens = kit.sessions.door, kit.sessions.invite(session.id, Role.VIEWER, knock=False).secret
    asks = kit.sessions.invite(session.id, Role.VIEWER, knock=True).secret
    shown = [door.join(session.id, opens, name, None, "") for name in ("\u0410da", "Bo", "B\u043e")]
    assert [joined.participant.name for joined in shown] == ["\u0410da (2)", "Bo", "B\u043e (2)"]  # type: ignore[union-attr]
    for name in ("ADA", "bo"):
        door.join(session.id, asks, name, None, "")
    assert [knock.name for knock in session.knocks.waiting()] == ["ADA (3)", "bo (3)"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Аda", "Ada"), ("Adarn", "Adam"), ("A\u200bda", "Ada"), ("Ada (host)", "Ada"), ("Ａda", "ada")],
)
def test_sess_34_names_that_look_alike_are_told_apart(one: str, other: str) -> None:
    assert same_name(one, other)
    assert unique_name(clean_text(one, 64, "name"), [other]).endswith(" (2)")


@pytest.mark.parametrize(
    ("one", "other"), [("José", "Jose"), ("Adam", "Ada"), ("李", "季"), ("Guest 1", "Guest 2"), ("Bo", "B")]
)
def test_sess_34_other_names_stay_as_they_are(one: str, other: str) -> None:
    assert unique_name(clean_text(one, 64, "name"), [other]) == one


@pytest.mark.parametrize("name", ["\u3164", "\u115f\u1160", "\u2800", "\ufe0f\ufe0f", "\U000e0041\U000e0042", "\u034f"])
def test_sess_34_a_name_of_which_nothing_is_seen_is_none(name: str) -> None:
    assert clean_text(name, 64, "name") == ""


def test_sess_12_colours() -> None:
    assert clean_color("#AbCdEf", 0) == "#abcdef"
    assert clean_color(2, 0) == PALETTE[2]
    assert clean_color(None, 13) == PALETTE[1]
    for bad in ("red", "#12345", "url(x)", -1, 99, True, "#12345g", []):
        with pytest.raises(BadRequest):
            clean_color(bad, 0)


def test_sess_13_a_failing_subscriber_disturbs_nobody() -> None:
    kit = Kit()
    heard: list[str] = []

    def fails(_: object) -> None:
        raise RuntimeError("broken")

    kit.sessions.subscribe(fails)
    kit.sessions.subscribe(lambda event: heard.append(event["type"]))
    kit.share()
    assert heard == ["session-created"]


async def test_sess_15_what_the_host_renames_stays_shared() -> None:
    kit = Kit()
    session = kit.share("a.txt", "data/")
    guest = kit.enter(session, Role.EDITOR).participant
    kit.sessions.change_participant(session.id, guest.id, limits=[Narrowing("data/raw", Role.VIEWER)])
    await kit.sessions.rename("a.txt", "notes/b.txt")
    await kit.sessions.rename("data", "tables")
    assert [item.path for item in session.scope.items] == ["notes/b.txt", "tables"]
    assert session.capabilities(guest, "notes/b.txt") == capabilities_of(Role.EDITOR)
    assert not session.covers("a.txt") and not session.covers("data/x")
    assert session.capabilities(guest, "tables/raw/x") == capabilities_of(Role.VIEWER)


async def test_sess_15_a_rename_never_opens_more() -> None:
    kit = Kit()
    session = kit.share("data/")
    guest = kit.enter(session, Role.EDITOR).participant
    kit.sessions.change_participant(session.id, guest.id, limits=[Narrowing("data/raw", Role.VIEWER)])
    await kit.sessions.rename("data/raw/x.csv", "data/x.csv")
    assert session.capabilities(guest, "data/x.csv") == capabilities_of(Role.VIEWER)
    await kit.sessions.rename("data", ".hidden")
    await kit.sessions.rename("elsewhere", "data2")
    assert [item.path for item in session.scope.items] == ["data"]


def test_role_48_secrets_and_credentials_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kit = Kit()
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.VIEWER, knock=False)
    joined = kit.sessions.door.join(session.id, invite.secret, "Bo", None, "")
    compared: list[tuple[str, str]] = []

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("jupyterlab_cohost.protocol.ids.hmac.compare_digest", watched)
    assert session.invite_of(invite.secret) is invite
    assert session.bearer(joined.credential).name == "Bo"
    stored = [invite.secret_hash, next(iter(session.participants.values())).credential]
    assert [other for _, other in compared] == stored, "the hashes, and nothing else, are compared"
    assert str(invite.secret) not in str(compared) and str(joined.credential) not in str(compared)
