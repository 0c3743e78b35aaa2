"""CONT: files whose names need care, on every way that a guest has."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest

from jupyterlab_cohost.http.gateway import paths

from ..support.gateway import World
from .test_rooms import locate, room_client

ODD = {
    "decomposed": unicodedata.normalize("NFD", "Übung für Zoë"),
    "composed": "Übung für Zoë",
    "Hangul": unicodedata.normalize("NFD", "한글"),
    "backslash": "back\\slash",
    "backslash and dots": "back\\..\\slash",
    "encoded": "a%2fb %5c %",
    "URL": "a#b?c&d=e;f+g",
    "spaces": " two  spaces ",
    "emoji": "👩‍🔬🏳️‍🌈",
    "dot at the end": "end..",
    "quotes": 'it\'s "so"',
    "colon": "a:b",
    "longest": "é" * 125,
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
async def test_cont_20_a_file_of_any_name_is_there_on_every_way(name: str, world: World) -> None:
    """CONT-20: listed, read, downloaded, edited together, copied, renamed, uploaded, deleted; in a folder named so."""
    folder = f"shared/{name}"
    place = world.server.root / folder
    file = f"{folder}/{name}.py"[: 255 + len(folder.encode())]
    made = _fill(place, world.server.root / file)
    address = quote(file, safe="/")
    editor = world.guest("editor")
    try:
        assert name in [entry["name"] for entry in editor.get("api/contents/shared").json()["content"]]
        listed = editor.get(f"api/contents/{quote(folder, safe='/')}").json()["content"]
        assert [entry["path"] for entry in listed] == [file]
        assert editor.get(f"api/contents/{address}").json()["content"] == made
        assert editor.get(f"files/{address}").body.decode() == made
        client = await room_client(editor, locate(editor, file).json()["id"]).start()
        text = client.text
        text.insert(0, "typed ")
        await client.until(lambda: client.all_acknowledged)
        await client.stop()
        uploaded = f"{folder}/up {name[:40]}.txt"
        body = {"type": "file", "format": "text", "content": "uploaded"}
        assert editor.request("PUT", f"api/contents/{quote(uploaded)}", body).status == 201
        renamed = f"{folder}/re{name[:40]}.txt"
        moved = editor.request("PATCH", f"api/contents/{quote(uploaded)}", {"path": renamed})
        assert moved.json()["path"] == renamed and _read(world.server.root / renamed) == "uploaded"
        assert editor.request("DELETE", f"api/contents/{quote(renamed)}").status == 204
    finally:
        shutil.rmtree(place)


def _fill(folder: Path, file: Path) -> str:
    folder.mkdir()
    file.write_text("print('a')\n")
    return "print('a')\n"


def _read(file: Path) -> str:
    return file.read_text()


async def test_cont_20_a_link_to_a_file_of_such_a_name_is_made_and_joined(world: World) -> None:
    """CONT-20: shared by itself; another form of the same letters is another path."""
    for name in ("decomposed", "backslash"):
        path = f"{ODD[name]}.txt"
        (world.server.root / path).write_text("the host's")
        session = world.share([path])
        viewer = world.guest("viewer", session)
        assert viewer.get(f"api/contents/{quote(path)}").json()["content"] == "the host's"
        assert [entry["path"] for entry in viewer.get("api/contents").json()["content"]] == [path]
        world.end(session)


def test_cont_20_one_file_has_one_name_on_a_disk_that_folds_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONT-20: as macOS does; here a hard link under the other form stands in for its file system."""
    composed, split = "Zoë.txt", unicodedata.normalize("NFD", "Zoë.txt")
    (tmp_path / split).write_text("x")
    os.link(tmp_path / split, tmp_path / composed)
    monkeypatch.setattr(paths.os, "listdir", lambda _folder: [split])
    assert paths._is_spelled_so(str(tmp_path), f"/{split}")
    assert not paths._is_spelled_so(str(tmp_path), f"/{composed}")
    assert paths._is_spelled_so(str(tmp_path), "/another ë.txt")
