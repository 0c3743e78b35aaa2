"""People on a real hub. Each module has a ``hub`` of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from ..support.hub import GetPerson, Hub, Person
from ..support.hub_guest import browser


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
