"""HUB: who a guest is by the hub service, on a real JupyterHub with its proxy, its OAuth and its tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
import pytest

from ..support.certificate import make_certificate
from ..support.hub import GetPerson, Hub, Person
from ..support.hub_guest import Shared, browser, share
from ..support.hub_service import PAGE, Visitor, limited, service_config

ANYONE = {"role": "viewer", "audience": {"kind": "any", "names": []}}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    work = tmp_path_factory.mktemp("hub")
    users = ("ada", "bo", "cy", "mallory")
    hub = Hub(work, users, config=service_config(work, {"physics": ["cy"], "secret-club": ["cy", "bo"]})).start()
    yield hub
    hub.stop()


async def participants(shared: Shared) -> list[dict[str, Any]]:
    _, session = await shared.host.ask("GET", f"{shared.api}/sessions/{shared.id}")
    return list(session["participants"])


async def test_hub_20_a_member_comes_in_under_their_account_with_the_mark(host: Person, person: GetPerson) -> None:
    shared = await limited(host, "a.txt", "members")
    bo = Visitor(shared, (await person("bo")).http)
    status, view = await bo.post("invite", {"secret": shared.link.partition("#")[2]})
    assert (status, view["audience"], view["sign_in"]) == (200, "members", True)
    status, body = await bo.join()
    assert status == 200, body
    assert (body["participant"]["name"], body["participant"]["verified"]) == ("bo", True)
    (seen,) = await participants(shared)
    assert (seen["name"], seen["verified"], seen["role"]) == ("bo", True, "editor")


async def test_hub_20_a_named_user_comes_in_and_a_stranger_reads_what_to_do(host: Person, person: GetPerson) -> None:
    """[HUB-20] [HUB-21] The stranger is refused by the hub service; the host does not learn who it was."""
    shared = await limited(host, "a.txt", "users", "bo")
    status, body = await Visitor(shared, (await person("bo")).http).join()
    assert (status, body["participant"]["name"]) == (200, "bo")
    cy = Visitor(shared, (await person("cy")).http)
    page = await cy.open(await cy.begin())
    assert page.status == 403 and "signed in as cy" in page.text and "Ask ada to add cy" in page.text
    assert 'name="ticket"' not in page.text
    assert [one["name"] for one in await participants(shared)] == ["bo"]


async def test_hub_20_a_group_and_the_host_hears_of_no_other_group(host: Person, person: GetPerson) -> None:
    shared = await limited(host, "a.txt", "groups", "physics")
    cy = Visitor(shared, (await person("cy")).http)
    assertion = await cy.sign_in()
    claims = jwt.decode(assertion, options={"verify_signature": False})
    assert (claims["sub"], claims["groups"]) == ("cy", ["physics"])
    assert claims["exp"] - claims["iat"] == 60
    status, body = await cy.post("join", {"assertion": assertion})
    assert (status, body["participant"]["verified"]) == (200, True)
    bo = Visitor(shared, (await person("bo")).http)
    assert (await bo.open(await bo.begin())).status == 403


async def test_hub_21_without_an_account_there_is_no_way_in(hub: Hub, host: Person, stack: AsyncExitStack) -> None:
    shared = await limited(host, "a.txt", "members")
    eve = Visitor(shared, await stack.enter_async_context(browser()))
    secret = shared.link.partition("#")[2]
    for carrier in ("cookie", "bearer"):
        status, body = await eve.post("join", {"secret": secret, "name": "bo", "carrier": carrier})
        assert (status, body["code"]) == (403, "sign_in_required")
    page = await eve.open(await eve.begin())
    assert page.url.startswith(f"{hub.origin}/hub/login")
    assert await participants(shared) == []


async def test_hub_22_an_assertion_for_one_session_opens_no_other(host: Person, person: GetPerson) -> None:
    """[HUB-22] Not another session of the same host, and not one of a host who got it from me."""
    one, two = [await limited(host, "a.txt", "members") for _ in range(2)]
    mallory = await person("mallory")
    await mallory.start_server()
    (host.hub.home("mallory") / "a.txt").write_text("a trap\n")
    trap = await limited(mallory, "a.txt", "members")
    bo = (await person("bo")).http
    for shared in (two, trap):
        assertion = await Visitor(shared, bo).sign_in()
        visitor = Visitor(one, bo)
        await visitor.begin()
        status, body = await visitor.post("join", {"assertion": assertion})
        assert (status, body["code"]) == (403, "sign_in_failed")
    assert await participants(one) == []


async def test_hub_22_an_assertion_is_good_once_and_in_one_browser(
    host: Person, person: GetPerson, stack: AsyncExitStack
) -> None:
    shared = await limited(host, "a.txt", "members")
    bo = Visitor(shared, (await person("bo")).http)
    begun = await bo.begin()
    cookies = {cookie.key: cookie.value for cookie in bo.http.cookie_jar}
    assertion = await bo.press(await bo.open(begun))
    thief = Visitor(shared, await stack.enter_async_context(browser()))
    status, body = await thief.post("join", {"assertion": assertion})
    assert (status, body["code"]) == (403, "sign_in_failed")
    await thief.begin()
    status, body = await thief.post("join", {"assertion": assertion})
    assert (status, body["code"]) == (403, "sign_in_failed"), "with a cookie of the thief's own"
    assert (await bo.post("join", {"assertion": assertion}))[0] == 200
    name = f"cohost-sign-in-{shared.id}"
    status, body = await bo.post("join", {"assertion": assertion}, Cookie=f"{name}={cookies[name]}")
    assert (status, body["code"]) == (403, "sign_in_failed"), "a second time, with the first cookie"


async def test_hub_22_who_finishes_anothers_sign_in_is_not_made_them(host: Person, person: GetPerson) -> None:
    """[HUB-22] Login forgery: mallory sends bo a sign-in that mallory began, or one that mallory finished."""
    shared = await limited(host, "a.txt", "members")
    bo, mallory = [Visitor(shared, (await person(name)).http) for name in ("bo", "mallory")]
    begun_by_mallory = await mallory.begin()
    assertion = await bo.press(await bo.open(begun_by_mallory))
    assert (await bo.post("join", {"assertion": assertion}))[1]["code"] == "sign_in_failed"
    await bo.begin()
    finished_by_mallory = await mallory.sign_in()
    assert (await bo.post("join", {"assertion": finished_by_mallory}))[1]["code"] == "sign_in_failed"
    assert await participants(shared) == []


async def test_hub_27_no_page_of_the_hub_can_read_frame_or_press_the_question(host: Person, person: GetPerson) -> None:
    """[HUB-27] A script of a neighbour's server has the visitor's cookies, but is not the visitor."""
    shared = await limited(host, "a.txt", "users", "bo")
    bo = Visitor(shared, (await person("bo")).http)
    url = await bo.begin()
    page = await bo.open(url)  # signed in to the service from now on
    listing = urlsplit(url).path.removesuffix("sign-in")
    for address in (url, listing):
        for mode, what in (("cors", "empty"), ("same-origin", "empty"), ("navigate", "iframe"), ("no-cors", "script")):
            headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": what}
            refused = await bo.open(address, **headers)
            assert refused.status == 403 and "ticket" not in refused.text and "a.txt" not in refused.text
    policy = page.headers["Content-Security-Policy"]
    assert "sandbox allow-forms" in policy and "allow-same-origin" not in policy and "script" not in policy
    assert "frame-ancestors 'none'" in policy and page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Cross-Origin-Opener-Policy"] == "noopener-allow-popups"
    assert page.headers["Cache-Control"] == "no-store"


async def test_hub_27_the_answer_counts_once_and_needs_the_question(host: Person, person: GetPerson) -> None:
    shared = await limited(host, "a.txt", "users", "bo")
    bo = Visitor(shared, (await person("bo")).http)
    page = await bo.open(await bo.begin())
    await bo.press(page)
    address = bo.origin + urlsplit(page.url).path.removesuffix("sign-in") + "continue"
    for ticket in (page.ticket, "", "made up"):
        async with bo.http.post(address, data={"ticket": ticket}, allow_redirects=False) as answer:
            assert answer.status == 410 and "Location" not in answer.headers


@pytest.mark.parametrize(
    "gateway", ["https://evil.example/", "//evil.example/", "/user/ada/lab", "/user/ada/cohost/g/x/", "", "/\\evil"]
)
async def test_hub_26_the_sign_in_leads_only_to_sessions_that_the_service_knows(
    host: Person, person: GetPerson, gateway: str
) -> None:
    shared = await limited(host, "a.txt", "members")
    bo = Visitor(shared, (await person("bo")).http)
    page = await bo.open(f"{bo.origin}/services/cohost/sign-in?gateway={quote(gateway, safe='')}&nonce={'0' * 64}")
    assert page.status == 404 and "ticket" not in page.text and "evil" not in page.text


async def test_hub_28_another_site_neither_begins_nor_ends_a_sign_in(host: Person, person: GetPerson) -> None:
    shared = await limited(host, "a.txt", "members")
    bo = Visitor(shared, (await person("bo")).http)
    secret = shared.link.partition("#")[2]
    assertion = await bo.sign_in()
    for elsewhere in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert (await bo.post("sign-in", {"secret": secret}, **elsewhere))[0] == 403
        assert (await bo.post("join", {"assertion": assertion}, **elsewhere))[0] == 403
    status, body = await bo.post("join", {"assertion": assertion, "carrier": "bearer"})
    assert (status, body["code"]) == (400, "bad_request")
    assert (await bo.post("sign-in", {"secret": "wrong"}))[1]["code"] == "invite_wrong"
    assert (await bo.post("join", {"assertion": assertion}))[0] == 200


async def test_hub_28_the_hosts_own_browser_does_not_sign_in_as_a_guest(host: Person) -> None:
    shared = await limited(host, "a.txt", "members")
    async with host.http.get(f"{host.hub.origin}/user/ada/lab") as page:
        assert page.status == 200
    status, body = await Visitor(shared, host.http).post("sign-in", {"secret": shared.link.partition("#")[2]})
    assert status == 403 and "signed in as the host" in body["message"]


async def test_hub_29_no_share_is_made_and_nobody_gets_a_right(host: Person, person: GetPerson) -> None:
    """[HUB-29] Neither the guest on the host's server nor the host on the guest's, nor the service on either."""
    shared = await limited(host, "a.txt", "members")
    member = await person("bo")
    await member.start_server()
    assert (await Visitor(shared, member.http).join())[0] == 200
    for who in ("ada", "bo"):
        one = await person(who)
        status, shares = await one.ask("GET", f"/hub/api/shares/{who}/")
        assert status == 200 and shares["items"] == []
    for path in ("api/contents", "api/terminals", "cohost/api/sessions"):
        assert (await member.ask("GET", f"/user/ada/{path}"))[0] == 403, path
        assert (await host.ask("GET", f"/user/bo/{path}"))[0] == 403, path
    _, tokens = await member.ask("GET", "/hub/api/users/bo/tokens")
    # One for each sign-in, also those of other tests.
    found = [one for one in tokens["api_tokens"] if "cohost" in (one.get("oauth_client") or "")]
    own = {"read:users:name!user=bo", "read:users:groups!user=bo"}
    assert found
    for token in found:
        assert set(token["scopes"]) <= {"access:services!service=cohost", *own}


async def test_hub_30_a_removed_account_does_not_come_back(host: Person, person: GetPerson) -> None:
    """[HUB-30] Neither by the same link nor by another, nor by the hub's list; until the host lets it back."""
    shared = await limited(host, "a.txt", "users", "bo")
    bo = Visitor(shared, (await person("bo")).http)
    status, body = await bo.join()
    assert status == 200
    await shared.remove(body["participant"]["id"])
    assert (await bo.post("documents", {"path": "a.txt", "type": "file", "format": "text"}))[1]["code"] == "removed"
    invites = f"{shared.api}/sessions/{shared.id}/invites"
    audience = {"kind": "members", "names": []}
    _, other = await host.ask("POST", invites, {"role": "viewer", "knock": False, "audience": audience})
    for how in ({}, {"secret": other["link"].partition("#")[2]}, {"offered": True}):
        status, body = await bo.join(**how)
        assert (status, body["code"]) == (403, "user_removed")
    _, session = await host.ask("GET", f"{shared.api}/sessions/{shared.id}")
    assert session["banned"] == ["bo"] and session["participants"] == []
    banned = f"{shared.api}/sessions/{shared.id}/banned/bo"
    assert (await host.ask("DELETE", banned))[0] == 204
    assert (await host.ask("DELETE", banned))[0] == 404
    assert (await bo.join())[0] == 200


async def test_hub_31_the_list_of_what_is_offered_to_me(hub: Hub, host: Person, person: GetPerson) -> None:
    """[HUB-31] By name or group, never others; a stopped server is said to be; it opens without a link."""
    title = "The notes of bo and ada"
    mine = await limited(host, "a.txt", "users", "bo")
    assert (await host.ask("PATCH", f"{mine.api}/sessions/{mine.id}", {"title": title}))[0] == 200
    others = await limited(host, "a.txt", "groups", "physics")
    assert (await host.ask("PATCH", f"{others.api}/sessions/{others.id}", {"title": "Physics only"}))[0] == 200
    bo = Visitor(mine, (await person("bo")).http)
    await bo.begin(offered=True)  # whatever was not told yet is told before this is answered
    page = await bo.open("/services/cohost/")
    assert title in page.text and "Physics only" not in page.text
    assert f'href="/user/ada/cohost/g/{mine.id}/join#offered"' in page.text
    status, body = await bo.join(offered=True)
    assert (status, body["participant"]["name"]) == (200, "bo")
    await host.stop_server()
    page = await bo.open("/services/cohost/")
    assert title in page.text and "not running" in page.text and "Ask ada" in page.text
    assert f"cohost/g/{mine.id}/join" not in page.text and "Start the server" not in page.text
    await host.start_server()
    await bo.begin(offered=True)
    assert f"cohost/g/{mine.id}/join#offered" in (await bo.open("/services/cohost/")).text
    assert (await host.ask("DELETE", f"{mine.api}/sessions/{mine.id}"))[0] == 204
    other = Visitor(others, bo.http)
    await other.begin(offered=True)
    assert title not in (await bo.open("/services/cohost/")).text


async def test_hub_32_only_a_users_own_server_says_what_is_offered(hub: Hub, host: Person, person: GetPerson) -> None:
    """[HUB-32] Without a token, with one that the hub does not know, or for somebody else's server: nothing."""
    shared = await limited(host, "a.txt", "users", "bo")
    member = await person("bo")
    visitor = Visitor(shared, member.http)
    address = f"{hub.origin}/services/cohost/api/offers"
    offer = {"id": "evil", "title": "Mine", "kind": "persistent", "audiences": [{"kind": "users", "names": ["bo"]}]}
    body = {"server": "", "origin": "https://evil.example", "sessions": [offer]}

    async def tell(token: str, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"token {token}"} if token else {}
        async with hub.client() as http, http.put(address, json={**body, **more}, headers=headers) as answer:
            return answer.status, await answer.json()

    assert [(await tell(token))[0] for token in ("", "made-up")] == [401, 401]
    for nonsense in ({"server": 7}, {"sessions": None}, {"running": "yes"}, {"sessions": [{"id": "../x"}]}):
        assert (await tell(member.token, **nonsense))[0] == 400
    status, told = await tell(member.token)
    assert (status, told["owner"]) == (200, "bo"), "what bo says is about bo's own servers"
    page = await visitor.open("/services/cohost/")
    assert "/user/bo/cohost/g/evil/join" in page.text and "evil.example" not in page.text
    assert "/user/ada/cohost/g/evil" not in page.text
    assert (await tell(member.token, sessions=[]))[0] == 200


async def test_hub_32_what_the_service_shows_to_nobody_in_particular(hub: Hub, host: Person) -> None:
    async with hub.client() as http:
        async with http.get(f"{hub.origin}/services/cohost/keys") as answer:
            keys = (await answer.json())["keys"]
        assert keys and all(set(key) == {"kty", "crv", "x", "kid", "use", "alg"} for key in keys)
        for path in ("", "sign-in", "sign-in?gateway=/user/ada/"):
            async with http.get(f"{hub.origin}/services/cohost/{path}", allow_redirects=False) as answer:
                assert answer.status == 302 and "/hub/api/oauth2/authorize" in answer.headers["Location"]
        for method, path in (("GET", "continue"), ("POST", "sign-in"), ("GET", "api/offers"), ("GET", "no/such")):
            async with http.request(method, f"{hub.origin}/services/cohost/{path}") as answer:
                assert answer.status in (403, 404, 405)


async def test_hub_33_a_link_for_anyone_can_be_used_under_an_account(host: Person, person: GetPerson) -> None:
    """[HUB-33] [INV-23] And who typed that account's name before is called otherwise from then on."""
    shared = await limited(host, "a.txt", "any")
    async with browser() as http:
        await Visitor(shared, http).post("join", {"secret": shared.link.partition("#")[2], "name": "bo"})
        status, body = await Visitor(shared, (await person("bo")).http).join()
        assert (status, body["participant"]["name"]) == (200, "bo")
        seen = [(one["name"], one["verified"]) for one in await participants(shared)]
        assert seen == [("bo (2)", False), ("bo", True)]


async def test_hub_34_below_a_prefix_and_with_nobody_without_an_account(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """[HUB-34] [POL-20] by the lines of docs/jupyterhub.md; the link is for members when nobody said for whom."""
    work = tmp_path_factory.mktemp("prefixed")
    (policy,) = [line for line in PAGE.read_text("utf-8").splitlines() if "anonymous_allowed=False" in line]
    config = service_config(work, {}, "/jh/") + policy + "\n"
    hub = Hub(work, ("ada", "bo"), "/jh/", config).start()
    try:
        async with hub.client() as http, hub.client() as other:
            ada = await Person(hub, "ada", http).sign_in()
            await ada.start_server()
            (hub.home("ada") / "a.txt").write_text("hello\n")
            shared = await share(ada, "a.txt")
            status, body = await ada.ask("POST", f"{shared.api}/sessions/{shared.id}/invites", ANYONE)
            assert (status, body["code"]) == (403, "policy") and "account on the hub" in body["message"]
            bo = Visitor(shared, (await Person(hub, "bo", other).sign_in()).http)
            status, body = await bo.post("join", {"secret": shared.link.partition("#")[2], "name": "Bo"})
            assert (status, body["code"]) == (403, "sign_in_required")
            assert (await bo.join())[1]["participant"]["verified"] is True
    finally:
        hub.stop()


async def test_hub_34_with_names_of_their_own_for_users_and_https(tmp_path_factory: pytest.TempPathFactory) -> None:
    """[HUB-34] The service, the host's server and the hub are three origins then."""
    work = tmp_path_factory.mktemp("named")
    certificate = make_certificate(work, "hub.localhost", "*.hub.localhost")
    config = service_config(work, {})
    hub = Hub(work, ("ada", "bo"), config=config, certificate=certificate, domain="hub.localhost").start()
    try:
        async with hub.client() as http, hub.client() as other:
            ada = await Person(hub, "ada", http).sign_in()
            await ada.start_server()
            (hub.home("ada") / "a.txt").write_text("hello\n")
            shared = await limited(ada, "a.txt", "users", "bo")
            bo = Visitor(shared, (await Person(hub, "bo", other).sign_in()).http)
            begun = await bo.begin()
            place = urlsplit(begun)
            assert place.netloc.endswith(f".hub.localhost:{hub.port}") and not place.netloc.startswith("ada.")
            assert place.path == "/services/cohost/sign-in"
            status, body = await bo.join()
            assert (status, body["participant"]["name"]) == (200, "bo")
            listing = await bo.open(begun.partition("sign-in")[0])
            address = f"https://ada.hub.localhost:{hub.port}/user/ada/cohost/g/{shared.id}/join#offered"
            assert f'href="{address}"' in listing.text
    finally:
        hub.stop()
