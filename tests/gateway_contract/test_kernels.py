"""KERN: the session's kernels, for those who may execute."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from ..support.gateway import Guest, World

Guests = Callable[[str], Guest]
V1 = "v1.kernel.websocket.jupyter.org"
NB = "shared/nb.ipynb"


def frame(channel: str, kind: str, content: dict[str, Any], message_id: str | None = None) -> tuple[str, bytes]:
    """One message in the framing of subprotocol v1."""
    message_id = message_id or uuid.uuid4().hex
    header = {"msg_id": message_id, "msg_type": kind, "session": "page", "username": "", "version": "5.3", "date": ""}
    return message_id, framed([channel.encode(), *(json.dumps(part).encode() for part in (header, {}, {}, content))])


def framed(parts: list[bytes]) -> bytes:
    """Channel, header, parent, metadata, content, as they stand."""
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    numbers = [len(offsets), *offsets]
    return b"".join(n.to_bytes(8, "little") for n in numbers) + b"".join(parts)


def unframe(data: bytes) -> tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]:
    count = int.from_bytes(data[:8], "little")
    offsets = [int.from_bytes(data[8 * (i + 1) : 8 * (i + 2)], "little") for i in range(count)]
    parts = [data[a:b] for a, b in pairwise(offsets)]
    return parts[0].decode(), json.loads(parts[1]), json.loads(parts[2]), json.loads(parts[4])


async def reply(socket: Any, message_id: str, kind: str) -> dict[str, Any]:
    """The content of the first message of this type that answers the request."""

    async def look() -> dict[str, Any]:
        async for message in socket:
            _, header, parent, content = unframe(message.data)
            if header["msg_type"] == kind and parent.get("msg_id") == message_id:
                return content
        raise AssertionError(f"closed with {socket.close_code} before {kind}")

    return await asyncio.wait_for(look(), 30)


async def closed(socket: Any, seconds: float) -> int | None:
    """The close code, awaited."""

    async def look() -> None:
        async for _ in socket:
            pass

    await asyncio.wait_for(look(), seconds)
    code: int | None = socket.close_code
    return code


def attach(guest: Guest, path: str = NB) -> dict[str, Any]:
    """As JupyterLab asks for the kernel of a notebook."""
    folder, _, name = path.rpartition("/")
    asked = {"path": f"{folder}/{uuid.uuid4()}", "name": name, "type": "notebook", "kernel": {"name": "python3"}}
    answer = guest.request("POST", "api/sessions", asked)
    assert answer.status == 201, answer.body
    model: dict[str, Any] = answer.json()
    assert (model["path"], model["name"]) == (asked["path"], name)
    return model


@pytest.fixture(scope="module", autouse=True)
def kernel(world: World) -> Iterator[str]:
    """The host's kernel of the notebook, and one of a notebook that is not shared."""
    ids = []
    for path in (NB, "private/other.ipynb"):
        body = {"path": path, "name": path.split("/")[-1], "type": "notebook", "kernel": {"name": "python3"}}
        ids.append(world.host("POST", "api/sessions", body).json())
    yield ids[0]["kernel"]["id"]
    for model in ids:
        world.host("DELETE", f"api/sessions/{model['id']}")


def foreign_kernel(world: World) -> str:
    sessions = world.host("GET", "api/sessions").json()
    return str(next(model for model in sessions if model["path"].startswith("private"))["kernel"]["id"])


def test_kern_1_a_runner_sees_the_kernels_of_the_sessions_documents_only(guest: Guests, kernel: str) -> None:
    runner = guest("runner")
    assert [model["path"] for model in runner.get("api/sessions").json()] == [NB]
    assert [model["id"] for model in runner.get("api/kernels").json()] == [kernel]


def test_kern_2_who_may_not_execute_sees_and_reaches_none(guest: Guests, kernel: str) -> None:
    for role in ("viewer", "editor"):
        other = guest(role)
        assert other.get("api/sessions").json() == [] and other.get("api/kernels").json() == []
        body = {"path": "shared/x", "name": "nb.ipynb", "type": "notebook"}
        assert other.request("POST", "api/sessions", body).status == 403
        assert other.get(f"api/kernels/{kernel}").status == 404
        assert other.request("POST", f"api/kernels/{kernel}/interrupt").status == 404


def test_kern_3_opening_a_notebook_attaches_to_its_running_kernel(guest: Guests, kernel: str, world: World) -> None:
    runner = guest("runner")
    model = attach(runner)
    assert model["kernel"]["id"] == kernel
    assert runner.request("PATCH", f"api/sessions/{model['id']}", {"path": NB}).json()["path"] == NB
    assert runner.request("DELETE", f"api/sessions/{model['id']}").status == 204
    assert world.host("GET", f"api/kernels/{kernel}").status == 200


def test_kern_4_the_shared_kernel_starts_when_there_is_none_and_once_only(guest: Guests, world: World) -> None:
    runner = guest("runner")
    first, second = attach(runner, "deep/er/one.ipynb"), attach(world.guest("runner"), "deep/er/one.ipynb")
    assert first["kernel"]["id"] == second["kernel"]["id"]
    found = [m for m in world.host("GET", "api/sessions").json() if m["path"] == "deep/er/one.ipynb"]
    assert len(found) == 1
    world.host("DELETE", f"api/sessions/{found[0]['id']}")


@pytest.mark.parametrize(("path", "name"), [("private/x", "other.ipynb"), ("deep/er/x", "two.ipynb"), ("x", "../y")])
def test_kern_5_no_kernel_for_what_is_not_shared(guest: Guests, path: str, name: str) -> None:
    assert guest("runner").request("POST", "api/sessions", {"path": path, "name": name}).status == 404


def test_kern_6_only_the_host_starts_ends_restarts_and_changes_kernels(guest: Guests, kernel: str) -> None:
    runner = guest("runner")
    assert runner.request("POST", "api/kernels", {"name": "python3"}).status == 403
    assert runner.request("DELETE", f"api/kernels/{kernel}").status == 403
    assert runner.request("POST", f"api/kernels/{kernel}/restart").status == 403
    session = attach(runner)["id"]
    assert runner.request("PATCH", f"api/sessions/{session}", {"kernel": {"name": "python3"}}).status == 403
    assert runner.request("POST", f"api/kernels/{kernel}/interrupt").status == 204


def test_kern_7_the_host_may_allow_restarts(guest: Guests, kernel: str, world: World) -> None:
    address = f"cohost/api/sessions/{world.session}"
    assert world.host("PATCH", address, {"kernel_restart": True}).status == 200
    assert guest("runner").request("POST", f"api/kernels/{kernel}/restart").status == 200
    assert world.host("PATCH", address, {"kernel_restart": False}).status == 200


async def test_kern_8_a_runner_executes(guest: Guests, kernel: str) -> None:
    runner = guest("runner")
    address = f"api/kernels/{kernel}/channels?session_id=s"
    async with aiohttp.ClientSession() as http, runner.connect(http, address, protocols=[V1]) as socket:
        message_id, data = frame("shell", "execute_request", {"code": "6 * 7", "silent": False})
        await socket.send_bytes(data)
        assert (await reply(socket, message_id, "execute_result"))["data"]["text/plain"] == "42"


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("shell", "history_request"),
        ("control", "shutdown_request"),
        ("control", "debug_request"),
        ("shell", "shutdown_request"),
        ("control", "execute_request"),
        ("shell", "usage_request"),
    ],
)
async def test_kern_9_a_refused_request_is_answered(guest: Guests, kernel: str, channel: str, kind: str) -> None:
    runner = guest("runner")
    address = f"api/kernels/{kernel}/channels?session_id=s"
    async with aiohttp.ClientSession() as http, runner.connect(http, address, protocols=[V1]) as socket:
        message_id, data = frame(channel, kind, {"code": "1"})
        await socket.send_bytes(data)
        content = await reply(socket, message_id, kind.replace("_request", "_reply"))
        assert content["status"] == "error" or content == {"status": "ok", "history": []}
        assert (await reply(socket, message_id, "status"))["execution_state"] == "idle"


@pytest.mark.parametrize("role", ["viewer", "editor"])
async def test_kern_10_no_channel_without_execute_and_none_to_a_foreign_kernel(
    guest: Guests, kernel: str, role: str, world: World
) -> None:
    async with aiohttp.ClientSession() as http:
        for who, kernel_id in ((guest(role), kernel), (guest("runner"), foreign_kernel(world))):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with who.connect(http, f"api/kernels/{kernel_id}/channels", protocols=[V1]):
                    pass
            assert refused.value.status == 404


async def test_kern_11_other_framings_and_broken_frames_close_the_socket_only(guest: Guests, kernel: str) -> None:
    runner = guest("runner")
    address = f"api/kernels/{kernel}/channels"
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with runner.connect(http, address):
                pass
        assert refused.value.status == 400
        _, good = frame("shell", "execute_request", {"code": "1"})
        for data in (b"", b"\xff" * 64, good[:40], good[:-3] + b"\xff\xff\xff", bytes(10_000), b"\x00" * 8):
            async with runner.connect(http, address, protocols=[V1]) as socket:
                await socket.send_bytes(data)
                assert await closed(socket, 10) == 4400
        async with runner.connect(http, address, protocols=[V1]) as socket:
            message_id, data = frame("shell", "kernel_info_request", {})
            await socket.send_bytes(data)
            assert (await reply(socket, message_id, "kernel_info_reply"))["status"] == "ok"


async def test_kern_12_naming_anothers_connection_does_not_take_it_over(guest: Guests, kernel: str) -> None:
    first, second = guest("runner"), guest("runner")
    address = f"api/kernels/{kernel}/channels?session_id=the-same"
    async with (
        aiohttp.ClientSession() as http,
        first.connect(http, address, protocols=[V1]) as one,
        second.connect(http, address, protocols=[V1]),
    ):
        message_id, data = frame("shell", "kernel_info_request", {})
        await one.send_bytes(data)
        assert (await reply(one, message_id, "kernel_info_reply"))["status"] == "ok"


async def runs_again(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Whether the kernel takes requests; after an error it aborts for a moment what waits, whoever sent it."""
    for _ in range(20):
        message_id, data = frame("shell", "execute_request", {"code": "1", "silent": False})
        await socket.send_bytes(data)
        if (await reply(socket, message_id, "execute_reply"))["status"] == "ok":
            return True
    return False


@pytest.mark.parametrize("demoted", [False, True])
async def test_kern_13_removing_or_demoting_a_guest_closes_the_channel_and_interrupts_what_they_run(
    guest: Guests, kernel: str, world: World, demoted: bool
) -> None:
    runner, watcher = guest("runner"), world.guest("runner")
    address = f"api/kernels/{kernel}/channels"
    async with (
        aiohttp.ClientSession() as http,
        runner.connect(http, address, protocols=[V1]) as socket,
        watcher.connect(http, address, protocols=[V1]) as other,
    ):
        running, data = frame(
            "shell", "execute_request", {"code": "print('on', flush=True)\nimport time\ntime.sleep(60)"}
        )
        await socket.send_bytes(data)
        await reply(socket, running, "stream")
        _, data = frame("shell", "execute_request", {"code": "import time; time.sleep(60)"})
        await socket.send_bytes(data)
        if demoted:
            await asyncio.to_thread(world.change_role, runner, "viewer")
        else:
            await asyncio.to_thread(world.remove, runner)
        assert await closed(socket, 1) == (4428 if demoted else 4411)
        assert (await reply(other, running, "error"))["ename"] == "KeyboardInterrupt"
        assert await runs_again(other)


async def executed(socket: aiohttp.ClientWebSocketResponse, code: str) -> dict[str, Any]:
    """The reply to a cell that is run now."""
    message_id, data = frame("shell", "execute_request", {"code": code, "silent": False})
    await socket.send_bytes(data)
    return await reply(socket, message_id, "execute_reply")


#: Longer than it takes to interrupt a kernel again (0.5 s).
LONG = "import time\nfor _ in range(30): time.sleep(0.1)"
FOREVER = "print('on', flush=True)\nimport time\nwhile True: time.sleep(0.1)"


@pytest.mark.parametrize("how", ["removed", "demoted", "after the page closed"])
async def test_kern_15_once_a_guest_is_out_everybody_else_runs_undisturbed(world: World, kernel: str, how: str) -> None:
    runner, watcher = world.guest("runner"), world.guest("runner")
    address = f"api/kernels/{kernel}/channels"
    async with aiohttp.ClientSession() as http, watcher.connect(http, address, protocols=[V1]) as other:
        async with runner.connect(http, address, protocols=[V1]) as socket:
            running, data = frame("shell", "execute_request", {"code": FOREVER})
            await socket.send_bytes(data)
            await reply(socket, running, "stream")
            if how == "removed":
                await asyncio.to_thread(world.remove, runner)
            elif how == "demoted":
                await asyncio.to_thread(world.change_role, runner, "viewer")
        if how == "after the page closed":
            await asyncio.to_thread(world.remove, runner)
        assert (await reply(other, running, "error"))["ename"] == "KeyboardInterrupt"
        assert await runs_again(other)
        assert (await executed(other, LONG))["status"] == "ok"


async def test_kern_16_a_cell_that_waits_is_stopped_when_it_begins_and_no_other(world: World, kernel: str) -> None:
    runner, watcher = world.guest("runner"), world.guest("runner")
    address = f"api/kernels/{kernel}/channels"
    async with (
        aiohttp.ClientSession() as http,
        watcher.connect(http, address, protocols=[V1]) as other,
        runner.connect(http, address, protocols=[V1]) as socket,
    ):
        first, data = frame("shell", "execute_request", {"code": "print('on', flush=True)\n" + LONG})
        await other.send_bytes(data)
        await reply(other, first, "stream")
        waiting, data = frame("shell", "execute_request", {"code": FOREVER})
        await socket.send_bytes(data)
        control, data = frame("control", "kernel_info_request", {})
        await socket.send_bytes(data)
        await reply(socket, control, "kernel_info_reply")
        await asyncio.to_thread(world.remove, runner)
        assert (await reply(other, first, "execute_reply"))["status"] == "ok"
        assert (await reply(other, waiting, "error"))["ename"] == "KeyboardInterrupt"
        assert await runs_again(other)


def test_kern_14_kernel_specs_say_nothing_of_how_kernels_are_started(guest: Guests) -> None:
    specs = guest("viewer").get("api/kernelspecs").json()
    assert specs["default"] in specs["kernelspecs"]
    for spec in specs["kernelspecs"].values():
        assert spec["spec"]["argv"] == [] and spec["resources"] == {}
