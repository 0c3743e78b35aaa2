"""KERN-17: an open document has one kernel, whoever asks for it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ..support.gateway import NOTEBOOK, Answer, World
from ..support.outside_kit import join
from .test_kernels import attach

NAME, PATH = "together.ipynb", "shared/together.ipynb"


@pytest.fixture
async def room(world: World) -> AsyncIterator[None]:
    """Somebody has the notebook open; it has no kernel."""
    model = {"type": "notebook", "content": NOTEBOOK}
    assert (await asyncio.to_thread(world.host, "PUT", f"api/contents/{PATH}", model)).status in (200, 201)
    client = await join(world.server, PATH, "notebook")
    yield
    for model in await asyncio.to_thread(sessions, world):
        await asyncio.to_thread(world.host, "DELETE", f"api/sessions/{model['id']}")
    await client.stop()


def sessions(world: World) -> list[dict[str, Any]]:
    found = world.host("GET", "api/sessions").json()
    return [model for model in found if model["path"] == PATH or model["path"].startswith("shared/made-up")]


def ask(world: World, kernel: str | None = "python3") -> Answer:
    """As the host's JupyterLab asks for a kernel."""
    body = {"path": f"shared/made-up-{uuid.uuid4()}", "name": NAME, "type": "notebook", "kernel": {"name": kernel}}
    answer = world.host("POST", "api/sessions", body)
    assert answer.status == 201 and answer.json()["path"] == body["path"], "JupyterLab would end another one"
    return answer


def start(world: World, kernel: str | None = "python3") -> str:
    """And moves it to the notebook's path. Returns the kernel."""
    model = ask(world, kernel).json()
    moved = world.host("PATCH", f"api/sessions/{model['id']}", {"path": PATH}).json()
    assert moved["path"] == PATH
    return str(moved["kernel"]["id"])


async def test_kern_17_after_a_shutdown_host_and_guest_share_one(world: World, room: None) -> None:
    first = await asyncio.to_thread(start, world)
    [session] = await asyncio.to_thread(sessions, world)
    assert (await asyncio.to_thread(world.host, "DELETE", f"api/sessions/{session['id']}")).status == 204
    model = await asyncio.to_thread(lambda: attach(world.guest("runner"), PATH))
    second = await asyncio.to_thread(start, world)
    assert model["kernel"]["id"] == second != first
    assert len(await asyncio.to_thread(sessions, world)) == 1


async def test_kern_17_a_kernel_that_was_ended_by_its_own_id(world: World, room: None) -> None:
    """As a cull does, and the list of running kernels."""
    first = await asyncio.to_thread(start, world)
    assert (await asyncio.to_thread(world.host, "DELETE", f"api/kernels/{first}")).status == 204
    second = await asyncio.to_thread(start, world)
    model = await asyncio.to_thread(lambda: attach(world.guest("runner"), PATH))
    assert model["kernel"]["id"] == second != first


async def test_kern_17_five_at_the_same_moment(world: World, room: None) -> None:
    """Before the first has moved its session to the notebook's path."""
    guests = [world.guest("runner") for _ in range(2)]
    asked = [asyncio.to_thread(start, world) for _ in range(3)]
    attached = [asyncio.to_thread(attach, guest, PATH) for guest in guests]
    kernels = set(await asyncio.gather(*asked)) | {model["kernel"]["id"] for model in await asyncio.gather(*attached)}
    assert len(kernels) == 1 and len(await asyncio.to_thread(sessions, world)) == 1


async def test_kern_17_a_page_that_asks_twice_ends_the_first_only(world: World, room: None) -> None:
    """JupyterLab does so when a cell is run twice while there is no kernel."""
    first, second = [(await asyncio.to_thread(ask, world)).json() for _ in range(2)]
    assert (await asyncio.to_thread(world.host, "DELETE", f"api/sessions/{first['id']}")).status == 204
    moved = (await asyncio.to_thread(world.host, "PATCH", f"api/sessions/{second['id']}", {"path": PATH})).json()
    kernel = f"api/kernels/{moved['kernel']['id']}"
    assert (await asyncio.to_thread(world.host, "GET", kernel)).status == 200
    assert (await asyncio.to_thread(world.host, "DELETE", f"api/sessions/{second['id']}")).status == 204
    assert (await asyncio.to_thread(world.host, "GET", kernel)).status == 404


async def test_kern_17_asking_for_another_kind_ends_no_kernel(world: World, room: None) -> None:
    """An editor may have written into the notebook what another page asks for. To change it ends the old one."""
    spec = world.server.data / "kernels" / "another" / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text('{"argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "A"}')
    guest = world.guest("runner")
    first = await asyncio.to_thread(lambda: attach(guest, PATH)["kernel"]["id"])
    assert await asyncio.to_thread(start, world, "another") == first
    [session] = await asyncio.to_thread(sessions, world)
    change = {"kernel": {"name": "another"}}
    assert (await asyncio.to_thread(world.host, "PATCH", f"api/sessions/{session['id']}", change)).status == 200
    model = await asyncio.to_thread(attach, guest, PATH)
    assert model["kernel"]["id"] != first and model["kernel"]["name"] == "another"


async def test_kern_17_consoles_and_documents_that_are_not_open_have_their_own(world: World, room: None) -> None:
    kernel = await asyncio.to_thread(start, world)
    body = {"path": f"shared/{uuid.uuid4()}", "name": NAME, "type": "console", "kernel": {"name": "python3"}}
    console = (await asyncio.to_thread(world.host, "POST", "api/sessions", body)).json()
    assert console["kernel"]["id"] != kernel
    await asyncio.to_thread(world.host, "DELETE", f"api/sessions/{console['id']}")
