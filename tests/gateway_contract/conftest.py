"""The contract of the gateway: the same tests over every carrier of the credential."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ..support.gateway import CARRIERS, Guest, World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("gateway"))
    yield world
    world.stop()


@pytest.fixture(params=sorted(CARRIERS))
def guest(request: pytest.FixtureRequest, world: World) -> Callable[[str], Guest]:
    """Makes a guest with a role, on this carrier."""
    return lambda role: world.guest(role, carrier=CARRIERS[request.param])
