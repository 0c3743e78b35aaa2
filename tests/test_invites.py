"""Links and the door, with a clock that the tests move."""

from __future__ import annotations

import asyncio

import pytest

from jupyterlab_cohost.core.knocks import Joined, Waiting
from jupyterlab_cohost.core.policy import Policy, PolicyForbids
from jupyterlab_cohost.core.sessions_door import Knocking
from jupyterlab_cohost.core.sessions_errors import (
    InviteEnded,
    InviteExpired,
    InviteUsedUp,
    InviteWrong,
    KnockLapsed,
    KnockRefused,
    SessionEnded,
)
from jupyterlab_cohost.protocol.errors import BadRequest, Conflict, NotFound, TooManyRequests
from jupyterlab_cohost.protocol.roles import Role

from .support.sessions_kit import Kit


def knock(kit: Kit, session: object, role: Role = Role.EDITOR, **options: object) -> tuple[object, Knocking]:
    invite = kit.sessions.invite(session.id, role, knock=True, **options)  # type: ignore[attr-defined,arg-type]
    answer = kit.sessions.door.join(session.id, invite.secret, "Bo", 1, "")  # type: ignore[attr-defined]
    assert isinstance(answer, Knocking)
    return invite, answer


@pytest.mark.parametrize("kind,role,asks", [
    ("ad-hoc", Role.VIEWER, False), ("ad-hoc", Role.EDITOR, True), ("ad-hoc", Role.RUNNER, True),
    ("persistent", Role.RUNNER, False),
])  # fmt: skip
def test_inv_1_who_can_edit_knocks_on_ad_hoc(kind: str, role: Role, asks: bool) -> None:
    kit = Kit()
    assert kit.sessions.invite(kit.share(kind=kind).id, role).knock is asks
    assert kit.sessions.invite(kit.share(kind=kind, knock=not asks).id, role).knock is not asks
    assert kit.sessions.invite(kit.share(kind=kind).id, role, knock=not asks).knock is not asks


def test_inv_2_expiry_a_day_for_ad_hoc_and_never_for_persistent() -> None:
    kit = Kit()
    ad_hoc = kit.sessions.invite(kit.share().id, Role.VIEWER)
    assert ad_hoc.expires_at == kit.clock.now() + 86400
    assert kit.sessions.invite(kit.share().id, Role.VIEWER, expires_in_s=None).expires_at is None
    assert kit.sessions.invite(kit.share(kind="persistent").id, Role.VIEWER).expires_at is None


def test_inv_2_an_expired_link_opens_nothing_and_throws_out_nobody() -> None:
    kit = Kit()
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.VIEWER, expires_in_s=60)
    joined = kit.sessions.door.join(session.id, invite.secret, "Bo", None, "")
    kit.clock.pass_time(60)
    with pytest.raises(InviteExpired):
        kit.sessions.door.join(session.id, invite.secret, "Cy", None, "")
    assert kit.sessions.authenticate(session.id, joined.credential) is joined.participant


def came_and_left(kit: Kit, **options: object) -> tuple[object, object, object]:
    """A session, the link, and the way back of a guest who came by it and left."""
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.EDITOR, **options)  # type: ignore[arg-type]
    answer = kit.sessions.door.join(session.id, invite.secret, "Bo", 1, "")
    if isinstance(answer, Knocking):
        kit.sessions.admit(session.id, session.knocks.waiting()[0].id)
    [guest] = session.participants.values()
    return session, invite, kit.sessions.door.way_back(session, kit.sessions.leave(session.id, guest.id))


def test_inv_30_a_way_back_opens_what_the_link_opens_and_asks_as_it_does() -> None:
    kit = Kit()
    session, _, back = came_and_left(kit, knock=False)
    joined = kit.sessions.door.join(session.id, back, "Bo", 1, "")  # type: ignore[attr-defined]
    assert isinstance(joined, Joined) and (joined.participant.name, joined.participant.role) == ("Bo", Role.EDITOR)
    session, _, back = came_and_left(kit, knock=True)
    assert isinstance(kit.sessions.door.join(session.id, back, "Bo", 1, ""), Knocking)  # type: ignore[attr-defined]


def test_inv_30_a_way_back_dies_with_its_link_its_session_and_its_time() -> None:
    kit = Kit()
    session, invite, back = came_and_left(kit, knock=False)
    elsewhere = kit.share()
    with pytest.raises(InviteWrong):
        kit.sessions.door.join(elsewhere.id, back, "Bo", 1, "")
    kit.sessions.end_invite(session.id, invite.id)  # type: ignore[attr-defined]
    with pytest.raises(InviteEnded):
        kit.sessions.door.join(session.id, back, "Bo", 1, "")  # type: ignore[attr-defined]
    session, _, back = came_and_left(kit, knock=False)
    kit.clock.pass_time(900)
    with pytest.raises(InviteWrong):
        kit.sessions.door.join(session.id, back, "Bo", 1, "")  # type: ignore[attr-defined]
    assert came_and_left(kit, knock=False, max_uses=1)[2] is None


@pytest.mark.parametrize("bad", [0, -1, float("inf"), 1e12])
def test_inv_2_nonsense_expiry_is_refused(bad: float) -> None:
    kit = Kit()
    with pytest.raises(BadRequest):
        kit.sessions.invite(kit.share().id, Role.VIEWER, expires_in_s=bad)


def test_inv_3_the_last_use_is_given_once() -> None:
    kit = Kit()
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.VIEWER, max_uses=1)
    assert isinstance(kit.sessions.door.join(session.id, invite.secret, "Bo", None, ""), Joined)
    with pytest.raises(InviteUsedUp):
        kit.sessions.door.join(session.id, invite.secret, "Cy", None, "")


async def test_inv_3_of_two_at_the_door_with_the_last_use_one_gets_in() -> None:
    kit = Kit()
    session = kit.share()
    invite, first = knock(kit, session, max_uses=1)
    second = kit.sessions.door.join(session.id, invite.secret, "Cy", None, "")  # type: ignore[attr-defined]
    one, two = session.knocks.waiting()
    kit.sessions.admit(session.id, one.id)
    with pytest.raises(InviteUsedUp):
        kit.sessions.admit(session.id, two.id)
    assert isinstance(await kit.sessions.door.knock_answer(session.id, first.token, 1), Joined)
    with pytest.raises(InviteUsedUp):
        await kit.sessions.door.knock_answer(session.id, second.token, 1)  # type: ignore[union-attr]


def test_inv_4_a_link_taken_back_opens_nothing_and_its_people_stay() -> None:
    kit = Kit()
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.VIEWER)
    joined = kit.sessions.door.join(session.id, invite.secret, "Bo", None, "")
    secret = invite.secret
    kit.sessions.end_invite(session.id, invite.id)
    with pytest.raises(InviteEnded):
        kit.sessions.door.look(session.id, secret, "")
    assert kit.sessions.authenticate(session.id, joined.credential)


def test_inv_5_a_wrong_secret_opens_nothing_and_may_be_tried_so_often() -> None:
    kit = Kit()
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.VIEWER)
    for wrong in ["x" * 43, "", None, 7, "x" * 10_000, *["y"] * 25]:
        with pytest.raises(InviteWrong):
            kit.sessions.door.look(session.id, wrong, "10.0.0.9")
    with pytest.raises(TooManyRequests):
        kit.sessions.door.look(session.id, "z", "10.0.0.9")
    with pytest.raises(InviteWrong):
        kit.sessions.door.look(session.id, "z", "10.0.0.8")
    assert kit.sessions.door.look(session.id, invite.secret, "10.0.0.9"), "a right link is never locked out by others"
    kit.clock.pass_time(60)
    with pytest.raises(InviteWrong):
        kit.sessions.door.look(session.id, "z", "10.0.0.9")


def test_inv_5_from_however_many_addresses_a_session_hears_so_many_wrong_ones_in_a_minute() -> None:
    kit = Kit()
    session, other = kit.share(), kit.share()
    invite = kit.sessions.invite(session.id, Role.VIEWER)
    for number in range(600):
        with pytest.raises(InviteWrong):
            kit.sessions.door.look(session.id, "z", f"10.0.{number % 25}.{number // 25}")
    with pytest.raises(TooManyRequests):
        kit.sessions.door.look(session.id, "z", "10.1.0.1")
    assert kit.sessions.door.look(session.id, invite.secret, "10.1.0.1"), "a right link opens all the same"
    with pytest.raises(InviteWrong):
        kit.sessions.door.look(other.id, "z", "10.1.0.1")
    kit.clock.pass_time(60)
    with pytest.raises(InviteWrong):
        kit.sessions.door.look(session.id, "z", "10.1.0.1")


def test_inv_5_a_link_of_another_session_is_wrong() -> None:
    kit = Kit()
    invite = kit.sessions.invite(kit.share().id, Role.VIEWER)
    with pytest.raises(InviteWrong):
        kit.sessions.door.look(kit.share().id, invite.secret, "")


def test_inv_5_a_classroom_behind_one_address_gets_in() -> None:
    kit = Kit()
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.VIEWER)
    for _ in range(100):
        kit.sessions.door.join(session.id, invite.secret, "Student", None, "10.0.0.1")
    assert len(session.participants) == 100


def test_inv_28_many_from_one_address_come_in_one_after_the_other() -> None:
    kit = Kit()
    session, other = kit.share(), kit.share()
    door, at_once = kit.sessions.door, kit.limits.joins_at_once
    assert [door.pace(session.id, "10.0.0.1", 50) for _ in range(at_once)] == [0] * at_once
    waits = [door.pace(session.id, "10.0.0.1", 50) for _ in range(70)]
    assert waits == sorted(waits) and 0 < waits[0] <= 0.5 and 30 < waits[-1] <= 35, "a class of 100 is in after 35 s"
    assert door.pace(session.id, "10.0.0.2", 50) == door.pace(other.id, "10.0.0.1", 50) == 0
    assert door.pace(session.id, ("10.0.0.3", "10.0.0.1"), 50) > 30, "each address that somebody may have counts"
    with pytest.raises(TooManyRequests):
        for _ in range(60):
            door.pace(session.id, "10.0.0.1", 50)
    kit.clock.pass_time(120)
    assert door.pace(session.id, "10.0.0.1", 50) == 0


def test_inv_29_who_opened_no_page_takes_no_place_in_a_session_that_is_full() -> None:
    kit = Kit()
    kit.sessions.policy = Policy(most_participants=3)
    session = kit.share()
    here, gone = kit.enter(session, Role.VIEWER).participant, kit.enter(session, Role.VIEWER).participant
    absent = kit.enter(session, Role.VIEWER).participant
    kit.sessions.connected(session.id, here.id, +1)
    kit.sessions.connected(session.id, gone.id, +1)
    kit.sessions.connected(session.id, gone.id, -1)
    with pytest.raises(PolicyForbids):
        kit.enter(session, Role.VIEWER)
    kit.clock.pass_time(121)
    came = kit.enter(session, Role.VIEWER).participant
    assert set(session.participants) == {here.id, gone.id, came.id} and absent.id not in session.participants


def test_inv_6_nobody_is_invited_as_host() -> None:
    kit = Kit()
    session = kit.share()
    guest = kit.enter(session, Role.VIEWER).participant
    with pytest.raises(BadRequest):
        kit.sessions.invite(session.id, Role.HOST)
    with pytest.raises(BadRequest):
        kit.sessions.change_participant(session.id, guest.id, role=Role.HOST)


async def test_inv_7_admitted_with_another_role() -> None:
    kit = Kit()
    session = kit.share()
    _, waiting = knock(kit, session)
    answer = asyncio.create_task(kit.sessions.door.knock_answer(session.id, waiting.token, 30))
    await asyncio.sleep(0)
    kit.sessions.admit(session.id, session.knocks.waiting()[0].id, Role.VIEWER)
    joined = await answer
    assert isinstance(joined, Joined)
    assert joined.participant.role is Role.VIEWER
    assert kit.sessions.authenticate(session.id, joined.credential) is joined.participant
    again = await kit.sessions.door.knock_answer(session.id, waiting.token, 30)
    assert again == joined, "a page whose connection broke just then gets the answer again"


async def test_inv_7_refused_and_taken_back_and_ended_at_the_door() -> None:
    kit = Kit()
    session = kit.share()
    _, refused = knock(kit, session)
    kit.sessions.refuse(session.id, session.knocks.waiting()[0].id)
    invite, turned_away = knock(kit, session)
    kit.sessions.end_invite(session.id, invite.id)  # type: ignore[attr-defined]
    _, ended = knock(kit, session)
    waiting = asyncio.create_task(kit.sessions.door.knock_answer(session.id, ended.token, 30))
    await asyncio.sleep(0)
    for token, error in ((refused.token, KnockRefused), (turned_away.token, InviteEnded)):
        with pytest.raises(error):
            await kit.sessions.door.knock_answer(session.id, token, 30)
    kit.sessions.end(session.id)
    with pytest.raises(SessionEnded):
        await waiting


async def test_inv_8_a_knock_whose_page_is_gone_lapses() -> None:
    kit = Kit()
    session = kit.share()
    _, waiting = knock(kit, session)
    assert isinstance(await kit.sessions.door.knock_answer(session.id, waiting.token, 0.01), Waiting)
    kit.clock.pass_time(61)
    assert session.knocks.waiting() == []
    assert kit.told[-1] == "knock-withdrawn"
    with pytest.raises(KnockLapsed):
        await kit.sessions.door.knock_answer(session.id, waiting.token, 0.01)


async def test_inv_8_a_guest_may_go_away_from_the_door() -> None:
    kit = Kit()
    session = kit.share()
    _, waiting = knock(kit, session)
    kit.sessions.door.withdraw(session.id, waiting.token)
    kit.sessions.door.withdraw(session.id, "made up")
    assert session.knocks.waiting() == [] and kit.told.count("knock-withdrawn") == 1
    with pytest.raises(NotFound):
        kit.sessions.admit(session.id, "gone")


def test_inv_8_the_door_is_bounded() -> None:
    kit = Kit()
    session = kit.share()
    invite = kit.sessions.invite(session.id, Role.EDITOR, knock=True)
    for _ in range(kit.limits.knocks_waiting):
        kit.sessions.door.join(session.id, invite.secret, "Bo", None, "")
    with pytest.raises(Conflict):
        kit.sessions.door.join(session.id, invite.secret, "Bo", None, "")


async def test_inv_7_who_knocked_in_time_is_not_too_late() -> None:
    kit = Kit()
    session = kit.share()
    _, waiting = knock(kit, session, expires_in_s=30)
    kit.clock.pass_time(40)
    kit.sessions.admit(session.id, session.knocks.waiting()[0].id)
    assert isinstance(await kit.sessions.door.knock_answer(session.id, waiting.token, 1), Joined)


def test_inv_9_no_event_carries_a_secret() -> None:
    kit = Kit()
    session = kit.share()
    invite, waiting = knock(kit, session)
    joined = kit.enter(session, Role.EDITOR)
    kit.sessions.remove(session.id, joined.participant.id)
    said = repr(kit.events)
    for secret in (invite.secret, waiting.token, joined.credential):  # type: ignore[attr-defined]
        assert str(secret) not in said
