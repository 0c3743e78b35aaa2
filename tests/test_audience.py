"""INV: links for people of the hub, names of accounts, accounts that were removed. HUB: what is offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyterlab_cohost.core.audience import Audience, HubIdentity, checked_audience
from jupyterlab_cohost.core.chat_rooms import guest_person
from jupyterlab_cohost.core.knocks import Joined, Refused
from jupyterlab_cohost.core.policy import Policy, PolicyForbids
from jupyterlab_cohost.core.session import Session
from jupyterlab_cohost.core.sessions_errors import NotInvited, SignInRequired, UserRemoved
from jupyterlab_cohost.hub_service.base import Place
from jupyterlab_cohost.hub_service.offers import AGAIN_S, MOST_LISTED, MOST_SERVERS, Offered, Offers, read_sessions
from jupyterlab_cohost.hub_service.sign_ins import SignIns
from jupyterlab_cohost.protocol.errors import BadRequest, NotFound, TooManyRequests
from jupyterlab_cohost.protocol.roles import Role
from jupyterlab_cohost.storage.session_store import JsonSessionStore

from .support.sessions_kit import FakeClock, Kit

BO, CY = HubIdentity("bo"), HubIdentity("cy", frozenset({"physics"}))


def kit(store: Any = None, **policy: Any) -> Kit:
    made = Kit(store) if store else Kit()
    made.sessions.policy = Policy(identities=True, **policy)
    made.sessions.refusals.subscribe(made.events.append)
    return made


def invited(made: Kit, session: Session, kind: Any, *names: str, **options: Any) -> Any:
    options = {"knock": False, "role": Role.EDITOR, **options}
    return made.sessions.invite(session.id, options.pop("role"), audience=Audience(kind, names), **options)


def enter(made: Kit, session: Session, invite: Any, identity: HubIdentity) -> Any:
    return made.sessions.door.join_identified(session.id, invite.id if invite else "", identity, None)


@pytest.mark.parametrize(
    ("kind", "names", "admitted"),
    [
        *(("any", (), (True, True, True)), ("members", (), (False, True, True))),
        *(("users", ("bo",), (False, True, False)), ("groups", ("physics",), (False, False, True))),
        *(("users", ("Bo",), (False, False, False)), ("users", ("physics",), (False, False, False))),
    ],
)
def test_inv_20_for_whom_a_link_is(kind: Any, names: tuple[str, ...], admitted: tuple[bool, ...]) -> None:
    assert tuple(Audience(kind, names).admits(who) for who in (None, BO, CY)) == admitted


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("all", []),
        (None, []),
        ("any", ["bo"]),
        ("members", ["bo"]),
        ("users", []),
        ("users", [" "]),
        ("groups", None),
        ("users", "bo"),
        ("users", [7]),
        ("users", ["a/b"]),
        ("users", ["a\nb"]),
        ("users", ["b\u202eo"]),
        ("users", ["x" * 256]),
        ("users", [f"u{number}" for number in range(101)]),
    ],
)
def test_inv_20_names_that_make_no_sense(kind: object, names: object) -> None:
    with pytest.raises(BadRequest):
        checked_audience(kind, names)


def test_inv_20_names_are_kept_once_and_trimmed() -> None:
    assert checked_audience("users", [" bo ", "bo", "cy", ""]) == Audience("users", ("bo", "cy"))


def test_inv_21_a_limited_link_opens_only_for_who_was_identified() -> None:
    made = kit()
    session = made.share()
    for_bo = invited(made, session, "users", "bo")
    with pytest.raises(SignInRequired):
        made.sessions.door.join(session.id, for_bo.secret, "bo", None, "")
    with pytest.raises(NotInvited, match="signed in as cy"):
        enter(made, session, for_bo, CY)
    assert not session.participants and for_bo.uses == 0
    assert [event["reason"] for event in made.events if event["type"] == "invite-refused"] == [
        "sign_in_required",
        "not_invited",
    ]
    joined = enter(made, session, for_bo, BO).participant
    assert (joined.name, joined.hub_user, joined.identity.verified) == ("bo", "bo", True)
    assert guest_person(joined).verified


def test_inv_21_without_a_link_only_what_is_offered_by_name_opens_the_best_of_it() -> None:
    made = kit()
    session = made.share()
    invited(made, session, "members", role=Role.RUNNER)
    with pytest.raises(NotInvited):
        enter(made, session, None, CY)
    invited(made, session, "groups", "physics", role=Role.VIEWER)
    taken_back = invited(made, session, "users", "cy", role=Role.RUNNER)
    made.sessions.end_invite(session.id, taken_back.id)
    invited(made, session, "users", "cy", role=Role.EDITOR)
    assert enter(made, session, None, CY).participant.role is Role.EDITOR
    with pytest.raises(NotInvited):
        enter(made, session, None, BO)


def test_inv_22_a_removed_account_does_not_come_back_by_any_link_until_it_is_let_back(tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    made = kit(JsonSessionStore(file))
    session = made.share(kind="persistent")
    by_name, by_any = invited(made, session, "users", "bo"), invited(made, session, "any")
    asking = invited(made, session, "members", knock=True)
    one, two = enter(made, session, by_name, BO), enter(made, session, by_any, BO)
    made.sessions.door.join_identified(session.id, asking.id, BO, None)
    (knock,) = session.knocks.waiting()
    made.sessions.remove(session.id, one.participant.id)
    assert not session.participants, "out in all browsers"
    assert isinstance(knock.answer, Refused) and isinstance(knock.answer.error, UserRemoved)
    assert made.told.count("participant-removed") == 2 and two.participant.id not in session.participants
    again = kit(JsonSessionStore(file))
    kept = again.sessions.get(session.id)
    for invite in (by_name, by_any, asking, None):
        with pytest.raises(UserRemoved):
            enter(again, kept, invite, BO)
    with pytest.raises(NotFound):
        again.sessions.let_back(session.id, "cy")
    again.sessions.let_back(session.id, "bo")
    assert enter(again, kept, by_name, BO).participant.name == "bo"


def test_inv_22_who_was_removed_while_waiting_is_not_admitted_later() -> None:
    made = kit()
    session = made.share()
    asking, direct = invited(made, session, "members", knock=True), invited(made, session, "members")
    made.sessions.door.join_identified(session.id, asking.id, BO, None)
    (knock,) = session.knocks.waiting()
    made.sessions.remove(session.id, enter(made, session, direct, BO).participant.id)
    with pytest.raises(NotFound):
        made.sessions.admit(session.id, knock.id)
    assert not session.participants


def test_inv_23_nobody_is_shown_under_the_name_of_an_account() -> None:
    made = kit()
    session = made.share()
    invited(made, session, "users", "cy")
    anyone = invited(made, session, "any")
    typed = made.sessions.door.join(session.id, anyone.secret, "BO", None, "").participant
    assert made.sessions.door.join(session.id, anyone.secret, "Cy", None, "").participant.name == "Cy (2)"
    bo = enter(made, session, invited(made, session, "members"), BO).participant
    assert (bo.name, typed.name) == ("bo", "BO (2)") and "participant-renamed" in made.told
    late = made.sessions.door.join(session.id, anyone.secret, "ｂｏ", None, "").participant
    assert late.name != "ｂｏ" and not late.identity.verified
    elsewhere = enter(made, session, None, HubIdentity("cy", frozenset())).participant
    assert elsewhere.name == "cy" and elsewhere.identity.verified


def test_inv_23_names_of_accounts_that_cannot_be_shown_as_they_are() -> None:
    made = kit()
    session = made.share()
    members = invited(made, session, "members")
    long = enter(made, session, members, HubIdentity("x" * 200)).participant
    assert len(long.name) == made.limits.name_characters and long.name.endswith("…") and long.hub_user == "x" * 200
    turned = enter(made, session, members, HubIdentity("bo\u202eda")).participant
    assert turned.name == "boda"


def test_inv_24_knocking_by_account() -> None:
    made = kit()
    session = made.share()
    asking = invited(made, session, "members", knock=True)
    made.sessions.door.join_identified(session.id, asking.id, BO, None)
    (knock,) = session.knocks.waiting()
    admitted = made.sessions.admit(session.id, knock.id)
    assert (admitted.name, admitted.hub_user) == ("bo", "bo") and isinstance(knock.answer, Joined)


def test_pol_20_nobody_without_an_account() -> None:
    made = kit(anonymous_allowed=False)
    session = made.share()
    with pytest.raises(PolicyForbids, match="account on the hub"):
        invited(made, session, "any")
    assert made.events[-1]["rule"] == "anonymous_allowed"
    unsaid = made.sessions.invite(session.id, Role.VIEWER, knock=False)
    assert unsaid.audience == Audience("members")
    with pytest.raises(SignInRequired):
        made.sessions.door.join(session.id, unsaid.secret, "Eve", None, "")
    assert set(made.sessions.policy.reasons()) == {"audience.any"}


def test_pol_20_a_changed_policy_closes_links_for_anyone_and_sends_away_who_came_by_them(tmp_path: Path) -> None:
    file = tmp_path / "sessions.json"
    before = kit(JsonSessionStore(file))
    session = before.share(kind="persistent")
    anyone = invited(before, session, "any")
    before.sessions.door.join(session.id, anyone.secret, "Eve", None, "")
    bo = enter(before, session, anyone, BO).participant
    after = kit(JsonSessionStore(file), anonymous_allowed=False)
    after.sessions.apply_policy()
    kept = after.sessions.get(session.id)
    assert list(kept.participants) == [bo.id] and kept.invite(anyone.id).audience == Audience("members")


def test_pol_21_without_the_hub_service_no_link_is_limited() -> None:
    made = kit()
    made.sessions.policy = Policy()
    session = made.share()
    with pytest.raises(PolicyForbids, match="sign-in service"):
        invited(made, session, "members")


# What the service keeps


def offered(session: str, *audiences: Audience, kind: str = "persistent", owner: str = "ada") -> Offered:
    return Offered(session, session, kind, f"/user/{owner}/cohost/g/{session}/", audiences)


def test_hub_24_the_list_has_what_is_offered_by_name_or_group_and_nothing_else(tmp_path: Path) -> None:
    offers = Offers(tmp_path / "offers.json", FakeClock().now)
    mine, everyone = Audience("users", ("bo",)), Audience("members")
    group = Audience("groups", ("physics",))
    sessions = (offered("one", mine), offered("two", everyone), offered("three", group), offered("four"))
    offers.tell("ada", "", "", sessions, running=True)
    assert [one.id for _, one in offers.offered_to(BO)] == ["one"]
    assert [one.id for _, one in offers.offered_to(CY)] == ["three"]
    assert offers.offered_to(HubIdentity("eve", frozenset({"bo"}))) == []
    assert not offered("four").admits(BO) and offered("two", everyone).admits(BO)
    assert offered("three", group).groups(HubIdentity("cy", frozenset({"physics", "private"}))) == ["physics"]


def test_hub_24_a_stopped_server_keeps_its_ongoing_sessions_over_a_restart_of_the_service(tmp_path: Path) -> None:
    clock, mine = FakeClock(), Audience("users", ("bo",))
    offers = Offers(tmp_path / "offers.json", clock.now)
    sessions = (offered("one", mine), offered("meeting", mine, kind="ad-hoc"))
    offers.tell("ada", "", "", sessions, running=True)
    offers.tell("ada", "", "", sessions, running=False)
    again = Offers(tmp_path / "offers.json", clock.now)
    ((server, one),) = again.offered_to(BO)
    assert one.id == "one" and not again.runs(server)
    again.tell("ada", "", "", (), running=True)
    assert again.offered_to(BO) == [] and again.find(one.gateway) is None


def test_hub_38_one_account_fills_neither_the_service_nor_the_lists_of_others(tmp_path: Path) -> None:
    clock, mine = FakeClock(), Audience("users", ("bo",))
    offers = Offers(tmp_path / "offers.json", clock.now)
    offers.tell("ada", "", "", (offered("honest", mine),), running=True)
    flood = tuple(offered(f"s{number}", mine, owner="mallory") for number in range(60))
    for number in range(MOST_SERVERS):
        offers.tell("mallory", f"n{number}", "", flood, running=True)
    with pytest.raises(TooManyRequests):
        offers.tell("mallory", "one more", "", flood, running=True)
    shown = offers.offered_to(BO)
    assert [server.owner for server, _ in shown].count("mallory") == MOST_LISTED
    assert [one.id for server, one in shown if server.owner == "ada"] == ["honest"]
    with pytest.raises(TooManyRequests):
        for number in range(100):
            offers.tell("mallory", "n0", "", flood[:number], running=True)
    offers.tell("ada", "named", "", (), running=True)
    clock.time += 60
    offers.tell("mallory", "n0", "", flood, running=True)


def test_hub_24_a_server_that_is_not_heard_of_does_not_run(tmp_path: Path) -> None:
    clock, mine = FakeClock(), Audience("users", ("bo",))
    offers = Offers(tmp_path / "offers.json", clock.now)
    offers.tell("ada", "", "", (offered("one", mine), offered("meeting", mine, kind="ad-hoc")), running=True)
    clock.time += 3 * AGAIN_S
    ((server, one),) = offers.offered_to(BO)
    assert one.id == "one" and not offers.runs(server)


def test_hub_24_a_broken_file_is_no_obstacle(tmp_path: Path) -> None:
    file = tmp_path / "offers.json"
    for broken in ("", "[]", '{"servers": [{"owner": "ada"}]}', '{"servers": [7]}'):
        file.write_text(broken)
        assert Offers(file, FakeClock().now).offered_to(BO) == []


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        [7],
        [{}],
        [{"id": "a/b", "kind": "ad-hoc", "title": "", "audiences": []}],
        [{"id": "a", "kind": "x", "title": "", "audiences": []}],
        [{"id": "a", "kind": "ad-hoc", "audiences": []}],
        [{"id": "a", "kind": "ad-hoc", "title": "", "audiences": [{"kind": "users", "names": []}]}],
        [{"id": "", "kind": "ad-hoc", "title": "", "audiences": []}],
        [{}] * 1001,
    ],
    ids=lambda sent: str(sent)[:40],
)
def test_hub_25_nonsense_from_a_server(sent: object) -> None:
    with pytest.raises(BadRequest):
        read_sessions(sent, lambda session: f"/{session}/")


def test_hub_25_a_ticket_is_good_once_and_for_five_minutes() -> None:
    clock = FakeClock()
    sign_ins = SignIns(clock.now)
    ticket = sign_ins.ask(BO, "/user/ada/cohost/g/one/", "0" * 64)
    assert sign_ins.take("made up") is None
    taken = sign_ins.take(ticket)
    assert taken is not None and taken.identity == BO
    assert sign_ins.take(ticket) is None
    late = sign_ins.ask(BO, "/user/ada/cohost/g/one/", "0" * 64)
    clock.time += 301
    assert sign_ins.take(late) is None


def test_hub_25_one_account_has_few_open_questions() -> None:
    sign_ins = SignIns(FakeClock().now)
    tickets = [sign_ins.ask(BO, "/", "0" * 64) for _ in range(12)]
    other = sign_ins.ask(CY, "/", "0" * 64)
    assert [sign_ins.take(ticket) is not None for ticket in tickets] == [False] * 2 + [True] * 10
    assert sign_ins.take(other) is not None


def test_hub_26_browsers_are_sent_to_the_hubs_own_addresses_only() -> None:
    place = Place("/services/cohost/", "/", "https://services.hub.org", "https://hub.org")
    good = ("https://ada.hub.org", "https://a.b.hub.org")
    bad = ("", "https://hub.org.evil.com", "https://evilhub.org", "http://ada.hub.org", "https://ada.hub.org:444")
    worse = (
        "https://ada.hub.org/",
        "https://x@ada.hub.org",
        "https://ada.hub.org?a",
        "javascript:alert(1)",
        "//ada.hub.org",
    )
    assert [place.is_origin_of_hub(origin) for origin in good] == [True, True]
    assert not any(place.is_origin_of_hub(origin) for origin in (*bad, *worse))
    assert not any(place.is_origin_of_hub(origin) for origin in ("https://[", "https://ada.hub.org:999999"))
    assert not Place("/services/cohost/", "/").is_origin_of_hub("https://ada.hub.org")
    assert place.gateway("a/../b", "x y", "one") == "/user/a%2F..%2Fb/x%20y/cohost/g/one/"
