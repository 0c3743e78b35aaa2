"""One name for each person, and who may change it to what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyterlab_cohost.core.participants import PALETTE, color_of, free_color
from jupyterlab_cohost.protocol.data import load_table
from jupyterlab_cohost.protocol.errors import BadRequest, Conflict, Forbidden, TooManyRequests
from jupyterlab_cohost.protocol.roles import Role

from .support.sessions_kit import Kit


def anyone(_host: object) -> bool:
    return True


def test_who_2_a_guest_takes_another_name_safe_and_unlike_others() -> None:
    kit = Kit()
    session = kit.share()
    bo, cy = (kit.enter(session, Role.EDITOR, name).participant for name in ("Bo", "Cy"))
    kit.sessions.names.guest(session, bo, " Bo\u202e  Berg ")
    assert bo.name == "Bo Berg"
    for taken in ("Cy", "Ada", "С\u0443"):  # the last looks like "Cy"
        kit.sessions.names.guest(session, bo, taken)
        assert bo.name != taken and bo.name.endswith("(2)")
    assert kit.told.count("participant-renamed") == 4 and cy.name == "Cy"
    for bad in ("", "  \u200b", "x" * 65, None):
        with pytest.raises(BadRequest):
            kit.sessions.names.guest(session, bo, bad)


def test_who_2_not_all_the_time_and_not_an_account() -> None:
    kit = Kit()
    session = kit.share()
    bo = kit.enter(session, Role.EDITOR).participant
    for number in range(5):
        kit.sessions.names.guest(session, bo, f"Bo{number}")
    with pytest.raises(TooManyRequests):
        kit.sessions.names.guest(session, bo, "Bo9")
    kit.clock.pass_time(60)
    kit.sessions.names.guest(session, bo, "Bo9")
    bo.hub_user = "bo"
    with pytest.raises(Forbidden):
        kit.sessions.names.guest(session, bo, "Cy")


def test_who_1_a_host_has_one_name_in_all_sessions_and_guests_make_room() -> None:
    kit = Kit()
    first, second = kit.share(), kit.share()
    guest = kit.enter(first, Role.EDITOR, "Bea").participant
    assert kit.sessions.names.host("Bea", anyone) == "Bea"
    assert (first.host.name, second.host.name, guest.name) == ("Bea", "Bea", "Bea (2)")
    renamed = [event for event in kit.events if event.get("host_renamed")]
    assert [event["session"] for event in renamed] == [first.id, second.id]
    kit.sessions.names.host("Eve", lambda host: host.username == "somebody else")
    assert first.host.name == "Bea"
    guest.hub_user, guest.name = "cy", "cy"
    with pytest.raises(Conflict):
        kit.sessions.names.host("CY", anyone)
    assert first.host.name == "Bea"


def test_who_1_who_chose_no_colour_has_the_same_one_in_both_languages() -> None:
    for case in load_table("vectors/colors")["cases"]:
        assert color_of(case["username"]) == case["color"]


def test_who_1_two_people_have_two_colours_while_there_are_free_ones() -> None:
    kit = Kit()
    session = kit.share()
    session.host = replace(session.host, color=PALETTE[3])
    secret = kit.sessions.invite(session.id, Role.EDITOR, knock=False).secret
    joined = [kit.sessions.door.join(session.id, secret, f"Bo{number}", 3, "10.0.0.1") for number in range(12)]
    colors = [one.participant.color for one in joined]  # type: ignore[union-attr]
    assert {*colors[:-1], PALETTE[3]} == set(PALETTE) and colors[-1] == PALETTE[3], "all are taken then"
    assert free_color("#123456", ["#123456"]) == "#123456"
    taken = {color: free_color(color, [color]) for color in PALETTE}
    assert all(PALETTE.index(one) - PALETTE.index(other) not in (-1, 0, 1) for one, other in taken.items())
