"""CONT: what a guest sees and changes of the host's files."""

from __future__ import annotations

import http.client
import json
import shutil
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

import pytest

from ..support.gateway import NOTEBOOK, SECRET, Guest, World
from ..support.room_client import REFUSED, TestClient
from ..test_seals import HARMLESS, HOSTILE

Guests = Callable[[str], Guest]


def names(answer: Any) -> list[str]:
    return sorted(entry["name"] for entry in answer.json()["content"])


def test_cont_1_a_folder_on_the_way_lists_only_what_leads_inside(guest: Guests) -> None:
    viewer = guest("viewer")
    assert names(viewer.get("api/contents")) == ["deep", "shared"]
    assert names(viewer.get("api/contents/deep/er?content=1")) == ["one.ipynb"]
    assert viewer.get("api/contents/deep").json()["writable"] is False


def test_cont_2_a_shared_folder_lists_neither_hidden_files_nor_links_that_lead_outside(guest: Guests) -> None:
    listed = names(guest("viewer").get("api/contents/shared"))
    assert {"a.py", "nb.ipynb", "sub", "inside-link.py"} <= set(listed)
    assert not {"link", "secret-link.txt", "dangling.txt", ".hidden"} & set(listed)


@pytest.mark.parametrize(
    "path",
    [
        *("private", "private/secret.txt", "deep/er/two.ipynb", "shared2", "Shared/a.py", "SHARED", "shared/A.PY"),
        *("shared/link/secret.txt", "shared/link", "shared/secret-link.txt", "shared/dangling.txt"),
        *("shared/.hidden/x.txt", "shared/.hidden", "shared/./a.py", "shared//a.py", "//shared/a.py"),
        *("shared/../private/secret.txt", "shared/%2e%2e/private/secret.txt", "shared%2f..%2fprivate%2fsecret.txt"),
        *("shared/%252e%252e/private/secret.txt", "shared/..%5cprivate%5csecret.txt", "shared/a.py%00.txt"),
        *("shared/%ef%bc%8e%ef%bc%8e/private/secret.txt", "shared%EF%BC%8Fa.py", "/etc/passwd", "%2fetc%2fpasswd"),
        *("sha%CC%81red/a.py", "shared/" + "%F0%9F%98%80" * 300, "shared/a.py/", "~/x", "C:/x", "shared/nope.txt"),
    ],
)
@pytest.mark.parametrize("surface", ["api/contents/", "files/"])
def test_cont_3_a_path_outside_the_scope_is_not_there_however_it_is_spelled(
    world: World, surface: str, path: str
) -> None:
    answer = world.guest("runner").get(surface + path)
    if path == "shared/a.py/":  # one slash at the end names the same file
        assert answer.status == 200
        return
    assert answer.status == 404
    assert SECRET.encode() not in answer.body and str(world.server.root).encode() not in answer.body


def test_cont_4_an_editor_creates_renames_uploads_and_deletes_inside_a_shared_folder(guest: Guests) -> None:
    editor = guest("editor")
    made = editor.request("POST", "api/contents/shared/sub", {"type": "directory"})
    assert made.status == 201
    folder = quote(made.json()["path"])
    body = {"type": "file", "format": "text", "content": "x = 1"}
    assert editor.request("PUT", f"api/contents/{folder}/new.py", body).status == 201
    assert editor.request("PUT", f"api/contents/{folder}/new.py", {**body, "content": "x = 2"}).status == 200
    moved = editor.request("PATCH", f"api/contents/{folder}/new.py", {"path": unquote(f"{folder}/newer.py")})
    assert moved.json()["path"] == unquote(f"{folder}/newer.py")
    assert editor.get(f"api/contents/{folder}/newer.py").json()["content"] == "x = 2"
    copied = editor.request("POST", f"api/contents/{folder}", {"copy_from": "shared/a.py"})
    assert copied.status == 201 and copied.json()["path"].startswith(unquote(folder))
    for name in ("newer.py", quote(copied.json()["name"])):
        assert editor.request("DELETE", f"api/contents/{folder}/{name}").status == 204
    assert editor.request("DELETE", f"api/contents/{folder}").status == 204
    assert editor.get(f"api/contents/{folder}").status == 404


def test_cont_5_a_viewer_changes_nothing(guest: Guests, world: World) -> None:
    viewer = guest("viewer")
    body = {"type": "file", "format": "text", "content": "changed"}
    assert viewer.get("api/contents/shared/a.py").json()["writable"] is False
    assert viewer.request("PUT", "api/contents/shared/a.py", body).status == 403
    assert viewer.request("PUT", "api/contents/shared/by-viewer.py", body).status == 403
    assert viewer.request("POST", "api/contents/shared", {"type": "file"}).status == 403
    assert viewer.request("PATCH", "api/contents/shared/a.py", {"path": "shared/b.py"}).status == 403
    assert viewer.request("DELETE", "api/contents/shared/a.py").status == 403
    assert (world.server.root / "shared/a.py").read_text() == "print('a')\n"


@pytest.mark.parametrize("path", ["shared", "deep/er/one.ipynb"])
def test_cont_6_what_the_host_shared_itself_is_neither_renamed_nor_deleted(guest: Guests, path: str) -> None:
    editor = guest("editor")
    assert editor.request("DELETE", f"api/contents/{path}").status == 403
    assert editor.request("PATCH", f"api/contents/{path}", {"path": "shared/moved"}).status == 403
    assert editor.get(f"api/contents/{path}?content=0").status == 200


@pytest.mark.parametrize(
    "new_path", ["private/a.py", "a.py", "shared/../a.py", "shared/.a.py", "deep/er/two.ipynb", "shared/link/a.py", ""]
)
def test_cont_7_nothing_is_moved_copied_or_written_out_of_the_scope(guest: Guests, new_path: str) -> None:
    editor = guest("editor")
    assert editor.request("PATCH", "api/contents/shared/sub/b.txt", {"path": new_path}).status in (403, 404)
    body = {"type": "file", "format": "text", "content": "x"}
    if new_path:
        assert editor.request("PUT", f"api/contents/{new_path}", body).status == 404
    assert editor.request("POST", "api/contents/shared", {"copy_from": "private/secret.txt"}).status == 404
    assert editor.get("api/contents/shared/sub/b.txt").json()["content"] == "0123456789"


def test_cont_8_a_folder_is_not_copied_because_links_in_it_would_be_followed(guest: Guests) -> None:
    assert guest("editor").request("POST", "api/contents/shared/sub", {"copy_from": "shared"}).status == 403


def test_cont_9_an_upload_in_pieces_is_put_together(guest: Guests, world: World) -> None:
    editor = guest("editor")
    pieces = [b"a" * 1000, b"b" * 1000, b"c"]
    for chunk, piece in zip((1, 2, -1), pieces, strict=True):
        model = {"type": "file", "format": "base64", "content": b64encode(piece).decode(), "chunk": chunk}
        assert editor.request("PUT", "api/contents/shared/upload.bin", model).status in (200, 201)
    assert (world.server.root / "shared/upload.bin").read_bytes() == b"".join(pieces)
    assert editor.request("DELETE", "api/contents/shared/upload.bin").status == 204


def test_cont_10_an_uploaded_notebook_does_not_get_the_hosts_signature_by_claiming_it(
    guest: Guests, world: World
) -> None:
    output = {"output_type": "display_data", "data": {"text/html": "<img src=x onerror=alert(1)>"}, "metadata": {}}
    cell = {**NOTEBOOK["cells"][0], "metadata": {"trusted": True}, "outputs": [output]}
    model = {"type": "notebook", "format": "json", "content": {**NOTEBOOK, "cells": [cell]}}
    editor = guest("editor")
    assert editor.request("PUT", "api/contents/shared/claims.ipynb", model).status in (200, 201)
    seen_by_host = world.host("GET", "api/contents/shared/claims.ipynb").json()["content"]["cells"][0]
    assert not seen_by_host["metadata"].get("trusted", False)
    assert editor.request("DELETE", "api/contents/shared/claims.ipynb").status == 204


def _upload(guest: Guest, path: str, content: Any) -> None:
    model = {"type": "notebook", "format": "json", "content": content}
    assert guest.request("PUT", f"api/contents/{path}", model).status in (200, 201)


def _is_trusted(world: World, path: str) -> bool:
    cells = world.host("GET", f"api/contents/{path}?type=notebook").json()["content"]["cells"]
    return any(cell["metadata"].get("trusted", False) for cell in cells)


def test_cont_18_no_upload_has_outputs_of_a_type_that_the_notary_overlooks(guest: Guests, world: World) -> None:
    evil = {"output_type": "update_display_data", "data": {"text/html": "<img src=x onerror=alert(1)>"}, "metadata": {}}
    editor = guest("editor")
    _upload(editor, "shared/update.ipynb", {**NOTEBOOK, "cells": [{**NOTEBOOK["cells"][0], "outputs": [evil]}]})
    assert not _is_trusted(world, "shared/update.ipynb")
    assert "onerror" not in (world.server.root / "shared" / "update.ipynb").read_text()
    assert editor.request("DELETE", "api/contents/shared/update.ipynb").status == 204


@pytest.mark.parametrize("way", ["upload", "as text", "by a rename", "by a copy"])
def test_cont_18_what_an_editor_brings_has_no_signature_and_takes_none(guest: Guests, world: World, way: str) -> None:
    """Twins of a harmless notebook: nbformat's notary cannot tell them apart (see test_seals)."""
    editor = guest("editor")
    mark = uuid4().hex  # what a test before had trusted stays so
    harmless, hostile = ({**one, "metadata": {"for": mark}} for one in (HARMLESS, HOSTILE))
    _upload(editor, "shared/twin.ipynb", harmless)
    assert world.host("POST", "api/contents/shared", {"copy_from": "shared/twin.ipynb"}).status == 201
    if way == "upload":
        _upload(editor, "shared/twin.ipynb", hostile)
    else:
        name = "shared/twin.ipynb" if way == "as text" else "shared/twin.txt"
        text = {"type": "file", "format": "text", "content": json.dumps(hostile)}
        assert editor.request("PUT", f"api/contents/{name}", text).status in (200, 201)
    if way in ("by a rename", "by a copy"):
        editor.request("DELETE", "api/contents/shared/twin.ipynb")
        renamed = editor.request("PATCH", "api/contents/shared/twin.txt", {"path": "shared/twin.ipynb"})
        assert renamed.status == 200
    if way == "by a copy":
        editor.request("POST", "api/contents/shared/sub", {"copy_from": "shared/twin.ipynb"})
        assert not _is_trusted(world, "shared/sub/twin.ipynb")
    assert not _is_trusted(world, "shared/twin.ipynb")
    assert world.host("POST", "api/contents/shared", {"copy_from": "shared/twin.ipynb"}).status == 201
    for copy in (world.server.root / "shared").glob("twin-Copy*"):
        assert not _is_trusted(world, f"shared/{copy.name}")
        copy.unlink()
    world.host("POST", "api/contents/shared/twin.ipynb/trust")
    assert _is_trusted(world, "shared/twin.ipynb"), "the host's own word counts"
    editor.request("DELETE", "api/contents/shared/twin.ipynb")
    editor.request("DELETE", "api/contents/shared/sub/twin.ipynb")


def test_cont_11_a_download_is_an_attachment_that_can_do_nothing(guest: Guests) -> None:
    answer = guest("viewer").get("files/shared/page.html")
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=5-100", 206, b"56789"),
        ("bytes=10-", 416, b""),
        ("bytes=4-2", 416, b""),
        ("pages=1-2", 200, b"0123456789"),
    ],
)
def test_cont_12_a_download_takes_one_range(guest: Guests, asked: str, status: int, body: bytes) -> None:
    answer = guest("viewer").get("files/shared/sub/b.txt", Range=asked)
    assert (answer.status, answer.body) == (status, body)


def test_cont_13_an_error_names_no_folder_of_the_host(guest: Guests, world: World) -> None:
    editor = guest("editor")
    answers = [
        editor.get("api/contents/shared/binary.bin?type=notebook&content=1"),
        editor.get("api/contents/shared/binary.bin?type=file&format=text&content=1"),
        editor.get("api/contents/shared/a.py?type=directory"),
        editor.get("api/contents/shared/nope/deeper.txt"),
        editor.request("PUT", "api/contents/shared/nope/x.txt", {"type": "file", "format": "text", "content": ""}),
        editor.request("PUT", "api/contents/shared/sub", {"type": "file", "format": "text", "content": ""}),
        editor.request("PATCH", "api/contents/shared/a.py", {"path": "shared/nb.ipynb"}),
    ]
    for answer in answers:
        assert 400 <= answer.status < 600 and answer.json()["message"]
        assert str(world.server.root).encode() not in answer.body and b"Traceback" not in answer.body


@pytest.fixture
def narrowed(world: World) -> Iterator[Guest]:
    """An editor who may only read ``shared/nar/par/locked``; ``shared/nar/alias`` is a link to ``par``."""
    folder = world.server.root / "shared/nar"
    (folder / "par/locked").mkdir(parents=True)
    (folder / "par/locked/f.txt").write_text("locked\n")
    (folder / "par/free.txt").write_text("free\n")
    (folder / "alias").symlink_to("par", target_is_directory=True)
    (folder / "shortcut.txt").symlink_to("par/locked/f.txt")
    editor = world.guest("editor")
    limits = [
        {"path": "shared/nar/par/locked", "role": "viewer"},
        {"path": "shared/nar/shortcut.txt", "role": "viewer"},
    ]
    address = f"cohost/api/sessions/{world.session}/participants/{editor.participant}"
    assert world.host("PATCH", address, {"limits": limits}).status == 200
    yield editor
    shutil.rmtree(folder)


@pytest.mark.parametrize("way", ["par/locked/f.txt", "alias/locked/f.txt", "shortcut.txt"])
def test_cont_15_a_narrowing_holds_for_the_file_whatever_way_leads_there(
    narrowed: Guest, world: World, way: str
) -> None:
    path, body = f"shared/nar/{way}", {"type": "file", "format": "text", "content": "x"}
    assert narrowed.get(f"api/contents/{path}").json()["writable"] is False
    assert narrowed.request("PUT", f"api/contents/{path}", body).status == 403
    assert narrowed.request("DELETE", f"api/contents/{path}").status == 403
    assert narrowed.request("PATCH", f"api/contents/{path}", {"path": "shared/nar/mine.txt"}).status == 403
    if "/" in way:
        folder = path.rsplit("/", 1)[0]
        assert narrowed.request("PUT", f"api/contents/{folder}/new.txt", body).status == 403
        assert narrowed.request("PATCH", "api/contents/shared/nar/par/free.txt", {"path": f"{folder}/in"}).status == 403
    assert (world.server.root / "shared/nar/par/locked/f.txt").read_text() == "locked\n"


async def test_cont_15_a_narrowing_holds_in_a_room_that_a_link_leads_to(narrowed: Guest, world: World) -> None:
    body = {"path": "shared/nar/alias/locked/f.txt", "type": "file", "format": "text"}
    document = narrowed.request("POST", "documents", body).json()
    address = f"ws://127.0.0.1:{narrowed.port}{narrowed.base}/rooms/{document['id']}"
    room = await TestClient(lambda: address, narrowed.carrier(narrowed)).start()
    try:
        await room.until(room.synced.is_set)
        text = room.text
        text += "changed"
        await room.until(lambda: any(kind == REFUSED for kind, _ in room.messages))
    finally:
        await room.stop()
    assert (world.server.root / "shared/nar/par/locked/f.txt").read_text() == "locked\n"


@pytest.mark.parametrize("folder", ["par", "alias"])
def test_cont_16_who_may_not_change_all_in_a_folder_neither_moves_nor_deletes_it(
    narrowed: Guest, world: World, folder: str
) -> None:
    assert narrowed.request("DELETE", f"api/contents/shared/nar/{folder}").status == 403
    assert narrowed.request("PATCH", f"api/contents/shared/nar/{folder}", {"path": "shared/nar/p2"}).status == 403
    assert narrowed.request("DELETE", "api/contents/shared/nar").status == 403
    assert (world.server.root / "shared/nar/par/locked/f.txt").exists()
    free = narrowed.request("PATCH", "api/contents/shared/nar/par/free.txt", {"path": "shared/nar/par/freed.txt"})
    assert free.status == 200


@pytest.mark.parametrize("what", ["removed", "left", "ended", "taken out of the scope"])
def test_cont_17_a_download_that_runs_ends_when_its_guest_is_out(world: World, what: str) -> None:
    (world.server.root / "downloads").mkdir(exist_ok=True)
    with (world.server.root / "downloads/big.bin").open("wb") as file:
        file.truncate(2**40)
    session = world.share(["downloads", "shared/a.py"])
    viewer = world.guest("viewer", session)
    connection = http.client.HTTPConnection("127.0.0.1", viewer.port, timeout=30)
    connection.request("GET", f"{viewer.base}/files/downloads/big.bin", headers=viewer.carrier(viewer))
    answer = connection.getresponse()
    assert answer.status == 200 and len(answer.read(2**20)) == 2**20
    if what == "removed":
        world.remove(viewer)
    elif what == "left":
        assert viewer.request("POST", "leave").status == 200
    elif what == "ended":
        world.end(session)
    else:
        body = {"scope": [{"path": "shared/a.py"}]}
        assert world.host("PATCH", f"cohost/api/sessions/{session}", body).status == 200
    until = time.monotonic() + 1
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        while answer.read(2**20):
            assert time.monotonic() < until + 4, "it still runs"
        raise ConnectionError
    connection.close()


@pytest.mark.parametrize("asked", ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=0-" + "1" * 9000])
def test_cont_12_a_range_of_thousands_of_digits_is_no_fault(world: World, asked: str) -> None:
    assert world.guest("viewer").get("files/shared/sub/b.txt", Range=asked).status in (200, 206, 416)


def test_cont_21_a_body_is_looked_at_only_when_its_sender_may_write_there(world: World) -> None:
    viewer, editor = world.guest("viewer"), world.guest("editor")
    for who, path, status in (
        (viewer, "shared/new.ipynb", 403),
        (editor, "private/new.ipynb", 404),
        (editor, "shared/new.ipynb", 400),
    ):
        assert who.request("PUT", f"api/contents/{path}", b"{this is no JSON").status == status


def test_cont_21_a_body_of_millions_of_values_is_refused_before_it_is_read(world: World) -> None:
    editor = world.guest("editor")
    body = b'{"type": "notebook", "content": {"cells": [' + b"[]," * 1_000_000 + b"[]]}}"
    assert editor.request("PUT", "api/contents/shared/many.ipynb", body).status == 413
    text = {"type": "file", "format": "text", "content": '",[{' * 1_000_000}
    assert editor.request("PUT", "api/contents/shared/many.txt", text).status == 201


@pytest.mark.parametrize("chunk", [2.0, "2", [2]])
def test_cont_21_pieces_of_any_number_count_for_the_size_of_the_file(world: World, chunk: object) -> None:
    big = world.server.root / "shared/pieces.bin"
    with big.open("wb") as file:
        file.truncate(100 * 2**20)
    body = {"type": "file", "format": "text", "content": "x" * 100, "chunk": chunk}
    assert world.guest("editor").request("PUT", "api/contents/shared/pieces.bin", body).status in (400, 413)
    assert big.stat().st_size == 100 * 2**20
    big.unlink()
