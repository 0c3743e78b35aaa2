"""GATE: the page, what it loads, who the guest is."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ..support.gateway import Guest, World, cookie, send

Guests = Callable[[str], Guest]


def page_config(page: bytes) -> dict[str, Any]:
    match = re.search(rb'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)
    assert match is not None
    config: dict[str, Any] = json.loads(match.group(1))
    return config


@pytest.mark.parametrize("path", ["lab", "lab/tree/shared/nb.ipynb", "lab/workspaces/auto-X/tree/shared", "doc/tree/x"])
def test_gate_1_the_page_is_based_at_the_gateway(guest: Guests, path: str) -> None:
    viewer = guest("viewer")
    answer = viewer.get(path)
    config = page_config(answer.body)
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    assert config["baseUrl"] == f"{viewer.base}/" and config["fullStaticUrl"] == f"{viewer.base}/static/lab"
    assert config["token"] == "" and config["serverRoot"] == ""
    assert config["workspace"] == ("auto-X" if "auto-X" in path else "default")
    assert config["cohost"]["mode"] == "guest" and config["cohost"]["role"] == "viewer"


def test_ui_93_a_guests_page_gets_our_texts_in_the_language_of_its_browser(guest: Guests) -> None:
    viewer = guest("viewer")

    def pack(path: str, asked: str) -> dict[str, Any]:
        answer = viewer.request("GET", f"lab/api/translations{path}", Accept_Language=asked)
        data: dict[str, Any] = json.loads(answer.body)["data"]
        return data

    assert pack("/default", "de-CH,en;q=0.5")["jupyterlab_cohost"]["Leave"] == ["Verlassen"]
    assert pack("/de_DE", "en")["jupyterlab_cohost"][""]["language"] == "de-DE"
    assert {"en", "de_DE"} <= pack("", "en").keys()
    assert pack("/default", "en,de;q=0.5") == pack("/xx_YY", "de") == {}
    assert pack("/default", "de").keys() <= {"jupyterlab", "notebook", "jupyterlab_cohost"}
    page = viewer.request("GET", "lab", Accept_Language="de").body.decode()
    assert "werden geöffnet" in page and "Opening" not in page.partition("jp-cohost-opening")[2][:400]


def test_gate_2_the_pages_policy_names_nothing_but_the_gateway(guest: Guests) -> None:
    viewer = guest("viewer")
    policy = viewer.get("lab").headers["content-security-policy"]
    sources = re.findall(r"(?:wss?://)?127\.0\.0\.1:\d+(\S*?)[ ;]", policy)
    assert sources and all(source.startswith(f"{viewer.base}/") for source in sources)
    assert "'self'" not in policy and "*" not in policy
    for directive in ("default-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    sandbox = policy.partition("sandbox")[2]
    assert "allow-popups" not in sandbox and "allow-top-navigation" not in sandbox


def test_gate_3_a_page_without_a_credential_says_what_to_do_and_leads_nowhere(world: World) -> None:
    host = f"127.0.0.1:{world.server.port}"
    answer = send(world.server.port, "GET", f"/cohost/g/{world.session}/lab", {"Host": host})
    assert answer.status == 401 and b"Open the link again" in answer.body
    assert "location" not in answer.headers and answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path", ["", "/", "/lab", "/lab/tree/shared/a.py", "/files/shared/a.py", "/api/contents/x", "/nowhere"]
)
def test_gate_12_whoever_follows_an_address_reads_a_card_and_a_program_gets_json(world: World, path: str) -> None:
    where = {"Host": f"127.0.0.1:{world.server.port}"}
    by_address = {**where, "Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Dest": "document"}
    port, url = world.server.port, f"/cohost/g/{world.session}{path}"
    stranger = send(port, "GET", url, by_address)
    assert stranger.status == 401 and b'data-state="unauthenticated"' in stranger.body
    assert f'data-base="/cohost/g/{world.session}/"'.encode() in stranger.body and "location" not in stranger.headers
    assert "script-src 'nonce-" in stranger.headers["content-security-policy"]
    said = stranger.body.partition(b"<body")[2].partition(b"<script")[0]
    assert b"shared" not in said and b"Opening the link" in said
    for as_program in ({"Accept": "*/*"}, {**by_address, "Sec-Fetch-Dest": "iframe"}, {"Authorization": "Bearer x"}):
        answer = send(
            port, "GET", url, {**by_address, **as_program} if "Authorization" in as_program else {**where, **as_program}
        )
        assert answer.status == 401
        is_page = path.startswith("/lab")
        assert answer.headers["content-type"].startswith("text/html" if is_page else "application/json")


def test_gate_12_the_root_of_a_session_leads_who_is_in_to_the_documents(world: World) -> None:
    viewer = world.guest("viewer", carrier=cookie)
    by_address = {**cookie(viewer), "Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
    root = send(viewer.port, "GET", viewer.base, by_address)
    assert root.status == 200 and b'data-state="in"' in root.body and b'data-open="lab' in root.body
    assert viewer.get("").status == 404
    gone = send(viewer.port, "GET", f"{viewer.base}/nowhere", by_address)
    assert gone.status == 404 and b'data-state="not_found"' in gone.body


def test_gate_4_the_page_is_refused_to_a_browser_that_is_logged_in_as_the_host(world: World) -> None:
    viewer = world.guest("viewer", carrier=cookie)
    host = f"127.0.0.1:{world.server.port}"
    login = send(world.server.port, "GET", "/lab?token=test-token-of-the-host", {"Host": host})
    guests_own = cookie(viewer)
    both = {**guests_own, "Cookie": "; ".join((guests_own["Cookie"], *login.cookies))}
    answer = send(world.server.port, "GET", f"{viewer.base}/lab", both)
    assert answer.status == 409 and b"logged in to this server as the host" in answer.body
    assert viewer.get("lab").status == 200


def test_gate_5_static_files_come_compressed_and_are_kept(guest: Guests) -> None:
    viewer = guest("viewer")
    main = re.search(rb'src="([^"]*main\.[0-9a-f]+\.js)', viewer.get("lab").body)
    assert main is not None
    path = main.group(1).decode().removeprefix(f"{viewer.base}/")
    plain, packed = viewer.get(path), viewer.get(path, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip" and gzip.decompress(packed.body) == plain.body
    assert "immutable" in packed.headers["cache-control"]
    assert viewer.get(path, If_None_Match=packed.headers["etag"]).status == 304


@pytest.mark.parametrize(
    "path",
    [
        *("static/lab/../../jupyter_config.json", "static/lab/%2e%2e/schemas/x", "static/lab//etc/passwd"),
        *("static/style/style.min.css", "static/lab", "lab/extensions/jupyterlab-cohost/package.json"),
        *("lab/extensions/nbdime-jupyterlab/static/style.js", "lab/extensions/@jupyterlab", "lab/extensions/.."),
        *("lab/api/themes/../schemas/@jupyterlab/x", "lab/api/themes/@jupyterlab", "static/favicons/../style"),
    ],
)
def test_gate_6_no_other_file_of_the_installation_is_served(guest: Guests, path: str) -> None:
    assert guest("runner").get(path).status == 404


def test_gate_7_settings_are_defaults_and_a_change_is_not_kept(guest: Guests, world: World) -> None:
    plugin = "@jupyterlab/apputils-extension:themes"
    world.host("PUT", f"lab/api/settings/{plugin}", {"raw": '{"theme": "of the host"}'})
    editor = guest("editor")
    assert editor.request("PUT", f"lab/api/settings/{plugin}", {"raw": '{"theme": "of the guest"}'}).status == 204
    one = editor.get(f"lab/api/settings/{plugin}").json()
    everything = editor.get("lab/api/settings").json()["settings"]
    ids = {entry["id"] for entry in editor.get("lab/api/settings?ids_only=true").json()["settings"]}
    assert one["raw"] == "{}" and one["settings"] == {}
    assert {entry["id"] for entry in everything} == ids and plugin in ids
    assert all(entry["raw"] == "{}" for entry in everything)
    assert not any(name.startswith("nbdime") for name in ids)
    assert b"of the guest" not in world.host("GET", f"lab/api/settings/{plugin}").body


def test_gate_8_me_tells_who_the_guest_is_and_what_they_may(guest: Guests) -> None:
    editor = guest("editor")
    me = editor.get("me").json()
    assert me["user"]["username"] == editor.participant and me["role"] == "editor"
    assert me["capabilities"] == ["chat", "edit", "read"]
    assert me["session"]["scope"] == [
        {"path": "shared", "type": "directory"},
        {"path": "deep/er/one.ipynb", "type": "file"},
    ]
    identity = editor.get("api/me").json()["identity"]
    assert identity["username"] == editor.participant


def test_gate_9_exec_is_reserved_and_needs_execute(guest: Guests) -> None:
    assert guest("editor").request("POST", "exec/cell", {}).status == 403
    assert guest("runner").request("POST", "exec/cell", {}).status == 501
