"""ASK: a guest asks the host for another role; what the host is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import aiohttp

from jupyterlab_cohost.http.gateway.lab import Lab

from ..support.gateway import Guest, World
from ..support.server import HEADERS
from .test_events import event

Guests = Callable[[str], Guest]


async def test_ask_1_the_hosts_page_is_told_who_asks_for_what(guest: Guests, world: World) -> None:
    viewer = guest("viewer")
    events = f"{world.server.origin.replace('http', 'ws')}/cohost/api/events"
    async with aiohttp.ClientSession() as http, http.ws_connect(events, headers=HEADERS) as socket:
        await event(socket, "hello")
        assert viewer.request("POST", "ask", {"role": "editor"}).status == 204
        asked = await event(socket, "ask")
    assert (asked["session"], asked["participant"], asked["role"]) == (viewer.session, viewer.participant, "editor")


async def test_ask_1_not_now_is_told_to_who_asked(guest: Guests, world: World) -> None:
    viewer, other = guest("viewer"), guest("viewer")
    address = f"cohost/api/sessions/{viewer.session}/participants"
    async with (
        aiohttp.ClientSession() as http,
        viewer.connect(http, "events") as theirs,
        other.connect(http, "events") as others,
    ):
        for one in (viewer, other):
            assert one.request("POST", "ask", {"role": "editor"}).status == 204
        assert world.host("POST", f"{address}/{viewer.participant}/not-now", {}).status == 204
        await event(theirs, "ask-declined")
        world.host("PATCH", f"cohost/api/sessions/{viewer.session}", {"title": "later"})
        while (said := await others.receive_json())["type"] != "me" or said["session"]["title"] != "later":
            assert said["type"] != "ask-declined"
    assert world.host("POST", f"{address}/nobody/not-now", {}).status == 404


def test_ask_2_at_most_once_a_minute(guest: Guests) -> None:
    viewer, other = guest("viewer"), guest("viewer")
    assert viewer.request("POST", "ask", {"role": "editor"}).status == 204
    assert viewer.request("POST", "ask", {"role": "runner"}).status == 429
    assert other.request("POST", "ask", {"role": "runner"}).status == 204


def test_ask_5_all_guests_together_ask_so_often_in_a_minute(world: World) -> None:
    session = world.share(["shared"])
    answers = [world.guest("viewer", session).request("POST", "ask", {"role": "editor"}).status for _ in range(25)]
    assert answers.count(204) == 20 and answers.count(429) == 5


def test_ask_3_only_for_more_than_one_has(guest: Guests) -> None:
    editor = guest("editor")
    for role in ("viewer", "editor", "host", "", 1):
        assert editor.request("POST", "ask", {"role": role}).status == 400
    assert editor.get("me").json()["role"] == "editor"


def test_ask_4_guests_read_the_name_that_the_host_chose(world: World) -> None:
    body = {"scope": [{"path": "shared"}], "host_name": "  Anna\u202e  "}
    session = world.host("POST", "cohost/api/sessions", body).json()["id"]
    assert world.guest("viewer", session).get("me").json()["session"]["host"]["name"] == "Anna"
    too_long = world.host("POST", "cohost/api/sessions", {**body, "host_name": "A" * 65})
    assert too_long.status == 400
    world.end(session)


def test_gate_10_a_page_whose_session_is_over_still_loads_its_code(guest: Guests, world: World) -> None:
    session = world.share(["shared"])
    viewer = world.guest("viewer", session)
    world.end(session)
    assert viewer.get("me").status == 410
    assert viewer.get("static/lab/bootstrap.js").status == 200
    assert viewer.get("lab/extensions/jupyterlab-cohost/static/style.js").status == 200


def test_gate_11_an_upgraded_extension_is_named_without_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "jupyterlab-cohost"
    folder.mkdir()
    app = SimpleNamespace(extra_labextensions_path=[], labextensions_path=[str(tmp_path)])
    lab = Lab(app, None, frozenset({"jupyterlab-cohost"}))
    assert lab.extensions() == []
    for load in ("static/remoteEntry.one.js", "static/remoteEntry.second.js"):
        (folder / "package.json").write_text(f'{{"jupyterlab": {{"_build": {{"load": "{load}"}}}}}}')
        assert [entry["load"] for entry in lab.extensions()] == [load]
