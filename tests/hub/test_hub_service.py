"""HUB: who a guest is by the hub service, on a real JupyterHub with its proxy, its OAuth and its tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from ..support.hub import Hub, Person
from ..support.hub_guest import Shared, browser
from ..support.hub_service import Visitor, limited, service_config

GetPerson = Callable[[str], Awaitable[Person]]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    work = tmp_path_factory.mktemp("hub")
    users = ("ada", "bo", "cy", "mallory")
    hub = Hub(work, users, config=service_config(work, {"physics": ["cy"], "secret-club": ["cy", "bo"]})).start()
    yield hub
    hub.stop()


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def person(hub: Hub, stack: AsyncExitStack) -> GetPerson:
    async def sign_in(name: str) -> Person:
        return await Person(hub, name, await stack.enter_async_context(browser())).sign_in()

    return sign_in


@pytest.fixture
async def host(hub: Hub, person: GetPerson) -> Person:
    ada = await person("ada")
    await ada.start_server()
    (hub.home("ada") / "a.txt").write_text("hello\n")
    return ada


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
