"""ROLE-45: what a JupyterLab page asks for below the gateway, with anything in it: no fault, nothing of the host's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..gateway_contract.test_kernels import NB, attach
from ..support.gateway import SECRET, Guest, World, bearer, cookie
from . import EXAMPLES, bounded
from .frames import JSON

_SEGMENTS = st.sampled_from(
    [
        *("shared", "deep", "er", "sub", "private", "secret.txt", "a.py", "nb.ipynb", "binary.bin", "new.txt", "link"),
        *("..", ".", "", ".hidden", "%2e%2e", "%2f", "%00", "%ff", "a%0ab", "%F0%9F%99%82", "\\", "con", "x" * 300),
        *("checkpoints", "trust", "one", "secret-link.txt", "dangling.txt"),
    ]
)
_PLACES = ("shared", "shared/sub", "shared/a.py", "shared/nb.ipynb", "shared/new.txt", "deep/er/one.ipynb")
_PATHS = st.sampled_from(_PLACES) | st.lists(_SEGMENTS, max_size=4).map("/".join)
_FAMILIES = (
    *(*["api/contents"] * 12, "files", "api/sessions", "api/kernels", "api/kernelspecs"),
    *("lab/api/settings", "lab/api/workspaces", "lab/api/translations", "lab/tree", "doc/tree", "static/lab"),
    *("lab/extensions", "api/nbconvert", ""),
)
_VALUES = st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=6) | st.sampled_from(
    ["0", "1", "notebook", "file", "directory", "text", "base64", "json", "9" * 5000, "-1", "%ff", "true"]
)
_QUERIES = st.dictionaries(
    st.sampled_from(["content", "type", "format", "hash", "download", "since", "token", "ids_only"]),
    _VALUES,
    max_size=3,
)
_NOTEBOOK = st.fixed_dictionaries(
    {}, optional={"cells": JSON | st.lists(JSON), "metadata": JSON, "nbformat": JSON | st.just(4)}
)
_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(["notebook", "file", "directory", "", "other"]) | JSON,
    "format": st.sampled_from(["json", "text", "base64"]) | JSON,
    "content": _NOTEBOOK | st.text(max_size=20) | JSON,
    "path": _PATHS | JSON,
    "name": st.text(max_size=10) | JSON,
    "ext": st.sampled_from([".txt", ".ipynb", "/x", "x"]) | JSON,
    "copy_from": _PATHS | JSON,
    "kernel": st.fixed_dictionaries({}, optional={"id": JSON, "name": st.just("python3") | JSON}) | JSON,
    "chunk": st.integers(-2, 3) | JSON,
}
_BODIES = (
    st.none()
    | st.fixed_dictionaries({}, optional=_FIELDS).map(lambda body: json.dumps(body).encode())
    | JSON.map(lambda body: json.dumps(body).encode())
    | st.binary(max_size=40)
)
_HEADERS = st.dictionaries(
    st.sampled_from(["Range", "If-None-Match", "If-Modified-Since", "Content-Type", "Accept-Language"]),
    st.sampled_from(["bytes=0-1", f"bytes={'9' * 5000}-", "bytes=-0", "bytes=5-2", "*", '"x"', "de;q=x", "a/b", ""]),
    max_size=2,
)
_METHODS = (*("GET", "PUT", "POST", "PATCH") * 3, "DELETE", "HEAD", "OPTIONS", "PROPFIND")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("jupyter-api"))
    attach(world.guest("runner"), NB)
    yield world
    log = world.server.log()
    world.stop()
    for word in ("Traceback", "Uncaught exception"):
        assert word not in log, log[max(0, log.index(word) - 500) :][:4000]


@pytest.mark.parametrize("role", ["viewer", "editor", "runner"])
def test_role_45_what_guests_ask_of_jupyters_own_is_no_fault(world: World, role: str) -> None:
    guest = world.guest(role, world.share(["shared"]))
    browser = Guest(guest.port, guest.session, guest.participant, guest.credential, cookie)
    base = f"{guest.base}/"

    @bounded(EXAMPLES * 15)
    @given(
        method=st.sampled_from(_METHODS),
        family=st.sampled_from(_FAMILIES),
        path=_PATHS,
        query=_QUERIES,
        body=_BODIES,
        headers=_HEADERS,
        asks=st.sampled_from([guest, browser]),
    )
    def examples(
        method: str, family: str, path: str, query: dict[str, str], body: Any, headers: dict[str, str], asks: Guest
    ) -> None:
        if method in ("PATCH", "DELETE") and path == "shared":
            # All others would find nothing.
            return
        (world.server.root / "shared/sub").mkdir(exist_ok=True)
        more = "&".join(f"{name}={value}" for name, value in query.items())
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        answer = asks.request(method, f"{family}/{path}?{more}", body, **named)
        assert answer.status < 500, (method, family, path, more, body, headers, answer)
        assert SECRET.encode() not in answer.body, (method, family, path)
        if "location" in answer.headers:
            assert answer.headers["location"].startswith(base), answer

    examples()
    kept = [world.server.root / "private" / name for name in ("secret.txt", "other.ipynb")]
    assert kept[0].read_text() == SECRET and kept[1].exists()
    assert world.guest("viewer").get("me").status == 200


def test_role_45_the_honest_are_served_after_that(world: World) -> None:
    viewer = Guest(world.server.port, world.session, "", world.guest("viewer").credential, bearer)
    assert viewer.get("api/contents?content=1").status == 200
