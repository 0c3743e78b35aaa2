"""The host's files through each of jupyter_server's contents managers: what is read, written, signed and refused."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyterlab_cohost.protocol.errors import CohostError, Conflict, NotFound, StorageFailed, TooLarge, Unsupported
from jupyterlab_cohost.protocol.limits import DEFAULT_LIMITS
from jupyterlab_cohost.storage.files import ContentsStore

from .support.file_writer import MANAGERS


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture(params=sorted(MANAGERS))
def manager(request: pytest.FixtureRequest, root: Path) -> Any:
    return MANAGERS[request.param](root_dir=str(root))


@pytest.fixture
def store(manager: Any, root: Path) -> ContentsStore:
    return ContentsStore(manager, str(root))


def notebook(*html: str) -> dict[str, Any]:
    outputs = [nbformat.v4.new_output("display_data", data={"text/html": one}) for one in html]
    cells = [nbformat.v4.new_code_cell("x", outputs=outputs, id="a"), nbformat.v4.new_markdown_cell("# y", id="b")]
    return dict(nbformat.v4.new_notebook(cells=cells))


async def test_save_3_text_is_read_and_written_as_it_is(store: ContentsStore, root: Path) -> None:
    """SAVE-3: carriage returns, byte order mark, no line end at the end, beyond the BMP; the hash is of the bytes."""
    for text in ("a\r\nb", "\ufeffx\n", "", "🙂\u2028\r", "\n\n"):
        (root / "a.txt").write_bytes(text.encode())
        loaded = await store.load("a.txt", "file")
        assert loaded.content == text
        assert loaded.hash == await store.hash("a.txt", "file")
        saved = await store.save("a.txt", "file", text + "more\r\n", sign=False)
        assert (root / "a.txt").read_bytes() == (text + "more\r\n").encode()
        assert saved.hash == await store.hash("a.txt", "file") != loaded.hash


async def test_save_4_trust_is_the_notarys_and_never_in_the_content(store: ContentsStore, root: Path) -> None:
    """SAVE-4: signed when asked to be; a change of outputs without signing is not trusted; the file never has it."""
    nbformat.write(nbformat.from_dict(notebook("<b>1</b>")), root / "a.ipynb")
    loaded = await store.load("a.ipynb", "notebook")
    assert loaded.trusted is False
    await store.save("a.ipynb", "notebook", loaded.content, sign=True)
    loaded = await store.load("a.ipynb", "notebook")
    assert loaded.trusted is True
    assert isinstance(loaded.content, dict) and "trusted" not in str(loaded.content)
    loaded.content["cells"][0]["outputs"][0]["data"]["text/html"] = "<b>2</b>"
    loaded.content["cells"][0]["metadata"]["trusted"] = True
    await store.save("a.ipynb", "notebook", loaded.content, sign=False)
    assert (await store.load("a.ipynb", "notebook")).trusted is False
    assert "trusted" not in (root / "a.ipynb").read_text()


async def test_save_4_a_save_changes_nothing_that_was_given(store: ContentsStore, root: Path) -> None:
    """SAVE-4: the content belongs to the room."""
    content = notebook("<b>1</b>")
    before = str(content)
    nbformat.write(nbformat.from_dict(content), root / "a.ipynb")
    await store.save("a.ipynb", "notebook", content, sign=True)
    assert str(content) == before


BAD: dict[str, tuple[str, Any, type[CohostError]]] = {
    "binary": ("b.bin", "file", Unsupported),
    "latin-1": ("latin.txt", "file", Unsupported),
    "no JSON": ("bad.ipynb", "notebook", Unsupported),
    "no notebook": ("other.ipynb", "notebook", Unsupported),
    "cells that are none": ("cells.ipynb", "notebook", Unsupported),
    "folder": ("folder", "file", Unsupported),
    "missing": ("missing.txt", "file", NotFound),
    "missing folder": ("nowhere/missing.ipynb", "notebook", NotFound),
    "outside": ("../outside.txt", "file", NotFound),
    "large": ("large.txt", "file", TooLarge),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
async def test_save_5_what_cannot_be_opened_is_named(
    manager: Any, root: Path, case: tuple[str, Any, type[CohostError]]
) -> None:
    """SAVE-5: a sentence with the file's name and no folder of the machine; the file is as before."""
    (root / "folder").mkdir()
    (root.parent / "outside.txt").write_text("outside")
    files = {
        "b.bin": b"\xff\xfe\0",
        "latin.txt": "é".encode("latin-1"),
        "bad.ipynb": b'{"cells": [',
        "other.ipynb": b'{"nbformat": 4, "x": 1}',
        "cells.ipynb": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1, null]}',
        "large.txt": b"x" * 2000,
    }
    for name, data in files.items():
        (root / name).write_bytes(data)
    store = ContentsStore(manager, str(root), dataclasses.replace(DEFAULT_LIMITS, file_bytes=1000))
    path, kind, expected = case
    with pytest.raises(expected) as raised:
        await store.load(path, kind)
    assert path.rsplit("/", 1)[-1] in raised.value.message
    assert str(root) not in raised.value.message
    assert path not in files or (root / path).read_bytes() == files[path]


async def test_save_6_what_is_gone_is_not_made_again(store: ContentsStore, root: Path) -> None:
    """SAVE-6: the file, or its folder."""
    (root / "folder").mkdir()
    (root / "folder" / "a.txt").write_text("a")
    await store.load("folder/a.txt", "file")
    (root / "folder" / "a.txt").unlink()
    with pytest.raises(NotFound, match=r"a\.txt"):
        await store.save("folder/a.txt", "file", "b", sign=False)
    assert await store.hash("folder/a.txt", "file") is None
    (root / "folder").rmdir()
    with pytest.raises(NotFound):
        await store.save("folder/a.txt", "file", "b", sign=False)
    assert not (root / "folder").exists()


async def test_save_7_a_change_from_outside_is_not_overwritten(store: ContentsStore, root: Path) -> None:
    """SAVE-7: seen in the moment before the replacement, also with an old modification time and the same size."""
    import os

    (root / "a.txt").write_text("one")
    await store.load("a.txt", "file")
    times = (root / "a.txt").stat()
    (root / "a.txt").write_text("two")
    os.utime(root / "a.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(Conflict):
        await store.save("a.txt", "file", "room", sign=False)
    assert (root / "a.txt").read_text() == "two"
    assert (await store.load("a.txt", "file")).content == "two"
    await store.save("a.txt", "file", "room and two", sign=False)
    os.utime(root / "a.txt")
    await store.save("a.txt", "file", "touched only", sign=False)
    assert (root / "a.txt").read_text() == "touched only"


async def test_save_8_hooks_run_and_see_the_new_file(store: ContentsStore, manager: Any, root: Path) -> None:
    """SAVE-8: the contents manager's pre and post save hooks; a hook that refuses is a failed save that says so."""
    from tornado.web import HTTPError

    seen: list[str] = []
    manager.register_pre_save_hook(lambda model, path, contents_manager, **more: seen.append(model["content"]))
    manager.register_post_save_hook(lambda model, os_path, contents_manager: seen.append(Path(os_path).read_text()))
    (root / "a.txt").write_text("a")
    await store.save("a.txt", "file", "b", sign=False)
    assert seen == ["b", "b"]

    def refuse(**everything: Any) -> None:
        raise HTTPError(400, f"no, not {root}")

    manager.register_pre_save_hook(refuse)
    with pytest.raises(StorageFailed) as raised:
        await store.save("a.txt", "file", "c", sign=False)
    assert str(root) not in raised.value.message
    assert (root / "a.txt").read_text() == "b"


async def test_save_8_a_hook_that_rewrites_the_file_is_seen_as_an_outside_change(
    store: ContentsStore, manager: Any, root: Path
) -> None:
    """SAVE-8: a formatter's result is not taken for what the room wrote."""
    manager.register_post_save_hook(lambda model, os_path, contents_manager: Path(os_path).write_text("formatted"))
    (root / "a.txt").write_text("a")
    saved = await store.save("a.txt", "file", "b", sign=False)
    assert saved.hash != await store.hash("a.txt", "file")


async def test_save_9_a_contents_manager_that_hangs(manager: Any, root: Path) -> None:
    """SAVE-9: told after the time limit; no second save of this file before the first has ended; then it goes on."""
    store = ContentsStore(manager, str(root), timeout_s=0.2)
    (root / "a.txt").write_text("a")
    original, release, running = manager.save, asyncio.Event(), 0

    async def slow(model: Any, path: str) -> Any:
        nonlocal running
        running += 1
        assert running == 1
        await release.wait()
        running -= 1
        answer = original(model, path)
        return await answer if asyncio.iscoroutine(answer) else answer

    manager.save = slow
    for content in ("first", "second"):
        with pytest.raises(StorageFailed, match="has not answered"):
            await store.save("a.txt", "file", content, sign=False)
    release.set()
    await store.save("a.txt", "file", "third", sign=False)
    assert (root / "a.txt").read_text() == "third"


async def test_save_9_saves_of_one_file_follow_each_other(store: ContentsStore, root: Path) -> None:
    """SAVE-9: asked for at once, they are done in order."""
    (root / "a.txt").write_text("a")
    await asyncio.gather(*(store.save("a.txt", "file", str(number), sign=False) for number in range(20)))
    assert (root / "a.txt").read_text() == "19"


class Remote:
    """A contents manager without a disk, as third parties write them."""

    def __init__(self) -> None:
        self.files: dict[str, Any] = {}

    async def get(self, path: str, content: bool = True, type: str | None = None, format: str | None = None) -> Any:
        from tornado.web import HTTPError

        if path not in self.files:
            raise HTTPError(404)
        model = {"type": type or "file", "size": None, "format": "text", "last_modified": len(str(self.files[path]))}
        return {**model, "content": self.files[path] if content else None}

    async def save(self, model: Any, path: str) -> Any:
        self.files[path] = model["content"]
        return model

    async def file_exists(self, path: str) -> bool:
        return path in self.files


async def test_save_13_any_contents_manager_works() -> None:
    """SAVE-13: one that has no local files: read, written, hashed by content, gone is gone."""
    remote = Remote()
    store = ContentsStore(remote)
    remote.files["a.txt"] = "a"
    loaded = await store.load("a.txt", "file")
    assert (loaded.content, loaded.hash) == ("a", await store.hash("a.txt", "file"))
    saved = await store.save("a.txt", "file", "b", sign=False)
    assert remote.files["a.txt"] == "b" and saved.hash == await store.hash("a.txt", "file")
    del remote.files["a.txt"]
    assert await store.hash("a.txt", "file") is None
    with pytest.raises(NotFound):
        await store.save("a.txt", "file", "c", sign=False)


async def test_save_7_a_notebook_open_as_text_too(store: ContentsStore, root: Path) -> None:
    """SAVE-7: two rooms on one file: neither overwrites what the other saved."""
    nbformat.write(nbformat.from_dict(notebook()), root / "a.ipynb")
    as_notebook, as_text = await store.load("a.ipynb", "notebook"), await store.load("a.ipynb", "file")
    await store.save("a.ipynb", "file", f"{as_text.content}\n", sign=False)
    with pytest.raises(Conflict):
        await store.save("a.ipynb", "notebook", as_notebook.content, sign=False)
    as_notebook = await store.load("a.ipynb", "notebook")
    await store.save("a.ipynb", "notebook", as_notebook.content, sign=False)


async def test_save_19_nothing_stays_of_a_file_that_nobody_has_open(store: ContentsStore, root: Path) -> None:
    """SAVE-19: as long as one of two rooms has it open, what is known of it stays."""
    (root / "a.txt").write_text("a")
    stops = [store.watch("a.txt", lambda: None) for _ in range(2)]
    await store.load("a.txt", "file")
    await store.save("a.txt", "file", "b", sign=False)
    stops[0]()
    stops[0]()
    (root / "a.txt").write_text("outside")
    with pytest.raises(Conflict):
        await store.save("a.txt", "file", "c", sign=False)
    stops[1]()
    assert not store._known and not store._watched
    await store._watcher.stop()
