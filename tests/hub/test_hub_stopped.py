"""HUB: a session whose host's server is stopped: wait for it, ask its owner, start it where the hub allows it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest

from ..support.hub import GetPerson, Hub
from ..support.hub_guest import Shared
from ..support.hub_service import Page, Visitor, limited, service_config

LIST = "/services/cohost/"
_NO_CONFIRM = '"oauth_no_confirm": True,'
_TOKEN = "a-token-that-only-these-tests-know"
_OPERATOR = """
c.JupyterHub.load_roles.append({"name": "operator", "scopes": ["admin:servers", "list:users"], "users": ["olga"]})
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    work = tmp_path_factory.mktemp("hub")
    config = service_config(work, {"physics": ["bo", "cy", "olga"]}, starters=True)
    config = config.replace(_NO_CONFIRM, f'{_NO_CONFIRM} "api_token": "{_TOKEN}",') + _OPERATOR
    hub = Hub(work, ("ada", "bo", "cy", "olga", "eve"), config=config).start()
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def before() -> list[Shared]:
    """The last session of other tests."""
    return []


@pytest.fixture
async def stopped(hub: Hub, person: GetPerson, before: list[Shared]) -> Shared:
    """The only session, for the group physics; the host's server is stopped."""
    ada = await person("ada")
    _, user = await ada.ask("GET", "/hub/api/users/ada")
    if before and not user["servers"]:
        return replace(before[-1], host=ada)
    await ada.start_server()
    (hub.home("ada") / "a.txt").write_text("hello\n")
    for shared in before:
        await ada.ask("DELETE", f"{shared.api}/sessions/{shared.id}")
    before[:] = [await limited(ada, "a.txt", "groups", "physics")]
    (shared,) = before
    assert (await ada.ask("PATCH", f"{shared.api}/sessions/{shared.id}", {"title": "Our notes"}))[0] == 200
    await told(shared)
    await ada.stop_server()
    return shared


async def told(shared: Shared) -> None:
    """The service has heard of the session as it is now."""
    async with shared.host.hub.client() as http:
        await Visitor(shared, http).begin(offered=True)


def link(page: Page, text: str) -> str:
    found = re.search(rf'href="([^"]+)">{text}<', page.text)
    assert found, page.text
    return unescape(found[1])


async def until_open(visitor: Visitor, page: Page) -> Page:
    """As a browser does that obeys the page's ``Refresh``, only faster."""
    deadline = time.monotonic() + 180
    while "is open again" not in page.text:
        assert time.monotonic() < deadline and page.status == 200, page.text
        await asyncio.sleep(0.2)  # a page tells nobody that it has changed
        page = await visitor.open(page.headers["Refresh"].partition("url=")[2])
    return page


async def ask(visitor: Visitor, page: Page) -> Page:
    """Presses the button."""
    headers = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}  # as a page with an origin of its own does
    address = visitor.origin + LIST + "ask"
    async with visitor.http.post(address, data={"ticket": page.ticket}, headers=headers) as answer:
        return Page(answer.status, str(answer.url), await answer.text(), answer.headers)


async def test_hub_35_waiting_looks_again_by_itself_and_says_when_it_runs(person: GetPerson, stopped: Shared) -> None:
    bo = Visitor(stopped, (await person("bo")).http)
    page = await bo.open(link(await bo.open(LIST), "Wait for it"))
    assert page.status == 200 and "Waiting for “Our notes”" in page.text and "looks again every 5 seconds" in page.text
    assert page.headers["Refresh"].startswith("5; url=/services/cohost/wait?gateway=")
    assert "cohost/g/" not in re.sub(r"gateway=[^\\s\"]*", "", page.text)
    await stopped.host.start_server()
    page = await until_open(bo, page)
    assert "Refresh" not in page.headers
    assert link(page, "Open") == f"/user/ada/cohost/g/{stopped.id}/join#offered"
    status, body = await bo.join(offered=True)
    assert (status, body["participant"]["name"]) == (200, "bo")


async def test_hub_35_who_waits_long_looks_more_seldom_and_then_no_more(person: GetPerson, stopped: Shared) -> None:
    bo = Visitor(stopped, (await person("bo")).http)
    begun = link(await bo.open(LIST), "Wait for it").partition("&since=")[0]
    for waited, every in ((60, "5;"), (300, "15;"), (7200, "60;"), (13 * 3600, "")):
        page = await bo.open(f"{begun}&since={int(time.time()) - waited}")
        assert page.headers.get("Refresh", "").startswith(every) and ("Refresh" in page.headers) == bool(every)
        assert ("Look again" in page.text) == (not every)
    for nonsense in ("", "-5", "x", "9" * 30, str(int(time.time()) + 9000)):
        assert (await bo.open(f"{begun}&since={nonsense}")).headers["Refresh"].startswith("5;")


async def test_hub_36_the_host_reads_who_asked_when_the_server_runs_again(person: GetPerson, stopped: Shared) -> None:
    """[HUB-36] Until they come in."""
    bo = Visitor(stopped, (await person("bo")).http)
    asked = await ask(bo, await bo.open(LIST))
    assert asked.status == 200 and "You asked less than a minute ago" in asked.text
    assert "Waiting for “Our notes”" in asked.text and 'name="ticket"' not in asked.text, "once is enough"
    await stopped.host.start_server()
    await told(stopped)
    _, session = await stopped.host.ask("GET", f"{stopped.api}/sessions/{stopped.id}")
    (one,) = session["asked"]
    assert one["user"] == "bo" and abs(one["at"] / 1000 - time.time()) < 600
    assert (await bo.join(offered=True))[0] == 200
    _, session = await stopped.host.ask("GET", f"{stopped.api}/sessions/{stopped.id}")
    assert session["asked"] == []


async def test_hub_36_nobody_asks_in_anothers_name_or_for_what_is_not_offered(
    person: GetPerson, stopped: Shared
) -> None:
    bo, eve = [Visitor(stopped, (await person(name)).http) for name in ("bo", "eve")]
    page = await bo.open(LIST)
    waits = link(page, "Wait for it")
    assert "Our notes" not in (await eve.open(LIST)).text
    assert (await eve.open(waits)).status == 404
    for gateway in ("", "/user/ada/cohost/g/none/", "https://evil.example/"):
        assert (await eve.open(f"{LIST}wait?gateway={gateway}")).status == 404
    async with eve.http.get(bo.origin + LIST + "ask") as answer:
        assert answer.status == 405
    await ask(bo, page)
    async with bo.http.post(bo.origin + LIST + "ask", data={"ticket": page.ticket}) as answer:
        assert answer.status == 410, "once"
    async with bo.http.post(bo.origin + LIST + "ask", data={"ticket": "made up"}) as answer:
        assert answer.status == 410
    async with bo.http.post(bo.origin + LIST + "continue", data={"ticket": page.ticket}) as answer:
        assert answer.status == 410, "it signs nobody in"
    for mode, what in (("cors", "empty"), ("navigate", "iframe")):
        headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": what}
        refused = await bo.open(waits, **headers)
        assert refused.status == 403 and "Our notes" not in refused.text


@pytest.mark.parametrize("name", ["cy", "olga"])
async def test_hub_37_who_may_start_the_server_has_a_button_and_comes_back(
    person: GetPerson, stopped: Shared, name: str
) -> None:
    """[HUB-37] By the visitor's own session at the hub; the role of ``cy`` does not open the server itself."""
    visitor = Visitor(stopped, (await person(name)).http)
    start = link(await visitor.open(LIST), "Start the server")
    assert start.startswith("/hub/spawn/ada?next=%2Fservices%2Fcohost%2Fwait")
    page = await visitor.open(start)
    deadline = time.monotonic() + 180
    while "/hub/spawn-pending/" in page.url:  # the hub's page loads itself again when the server is there
        assert time.monotonic() < deadline, page.text
        await asyncio.sleep(0.2)
        page = await visitor.open(page.url)
    assert LIST + "wait" in page.url, page.text
    page = await until_open(visitor, page)
    status, body = await visitor.join(offered=True)
    assert (status, body["participant"]["name"]) == (200, name)
    if name == "cy":
        assert (await (await person("cy")).ask("GET", "/user/ada/api/contents"))[0] == 403


async def test_hub_37_who_may_not_start_it_sees_no_button_and_cannot(person: GetPerson, stopped: Shared) -> None:
    bo = await person("bo")
    visitor = Visitor(stopped, bo.http)
    assert "Start the server" not in (await visitor.open(LIST)).text
    assert "Start the server" not in (await visitor.open(link(await visitor.open(LIST), "Wait for it"))).text
    assert (await visitor.open("/hub/spawn/ada")).status in (403, 404)
    assert (await bo.ask("POST", "/hub/api/users/ada/server"))[0] in (403, 404)
    _, ada = await stopped.host.ask("GET", "/hub/api/users/ada")
    assert ada["servers"] == {}


async def test_hub_37_the_service_can_start_none(hub: Hub, stopped: Shared) -> None:
    async with hub.client() as http:
        headers = {"Authorization": f"token {_TOKEN}"}
        async with http.get(f"{hub.origin}/hub/api/user", headers=headers) as answer:
            model = await answer.json()
        assert (answer.status, model["kind"], model["name"]) == (200, "service", "cohost")
        async with http.post(f"{hub.origin}/hub/api/users/ada/server", headers=headers) as answer:
            assert answer.status in (403, 404)
