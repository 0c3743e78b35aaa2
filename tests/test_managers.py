"""SAVE-8, SAVE-13, SAVE-50: hooks, and contents managers that come later, stand in front of ours, or have no files."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.contents.manager import AsyncContentsManager
from tornado.web import HTTPError

from jupyterlab_cohost.protocol.errors import NotFound, StorageFailed
from jupyterlab_cohost.storage.files import ContentsStore

from .support.file_writer import MANAGERS
from .support.neighbours import folder_of


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture(params=sorted(MANAGERS))
def manager(request: pytest.FixtureRequest, root: Path) -> Any:
    return MANAGERS[request.param](root_dir=str(root))


def notebook(source: str = "x = 1", formats: str | None = None) -> dict[str, Any]:
    cells = [nbformat.v4.new_code_cell(source, id="a")]
    metadata: dict[str, Any] = {"kernelspec": {"display_name": "P", "language": "python", "name": "p"}}
    if formats is not None:
        metadata["jupytext"] = {"formats": formats}
    return dict(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


def put(root: Path, name: str, formats: str | None = None) -> None:
    nbformat.write(nbformat.from_dict(notebook(formats=formats)), root / name)


class Calls:
    """Both hooks, each way that a manager takes them; what they were called with."""

    def __init__(self) -> None:
        self.before: list[tuple[str, str, str]] = []
        self.after: list[tuple[str, str, bool]] = []
        self.broken = False

    def pre(self, model: Any, path: str, contents_manager: Any, **_more: Any) -> None:
        source = model["content"]["cells"][0]["source"] if model["type"] == "notebook" else model["content"]
        self.before.append((path, model["type"], source))

    def post(self, model: Any, os_path: str, contents_manager: Any, **_more: Any) -> None:
        written = Path(os_path).read_text()
        self.after.append((os_path, model["type"], bool(self.before) and self.before[-1][2] in written))
        if self.broken:
            raise ValueError("a hook that fails")


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("name", ["n.ipynb", "a.txt"])
async def test_save_8_each_hook_runs_once_for_a_save(manager: Any, root: Path, registered: bool, name: str) -> None:
    """Registered by an extension, or configured; with the path, the model that is written, and the file's place."""
    calls = Calls()
    if registered:
        manager.register_pre_save_hook(calls.pre)
        manager.register_post_save_hook(calls.post)
    else:
        manager.pre_save_hook, manager.post_save_hook = calls.pre, calls.post
    put(root, "n.ipynb")
    (root / "a.txt").write_text("first")
    kind: Any = "notebook" if name == "n.ipynb" else "file"
    store = ContentsStore(lambda: manager, str(root))
    await store.load(name, kind)
    content: Any = notebook("x = 2") if kind == "notebook" else "x = 2"
    await store.save(name, kind, content, sign=False)
    assert calls.before == [(name, kind, "x = 2")]
    assert calls.after == [(str(root / name), kind, True)]


async def test_save_8_a_hook_that_fails_after_the_file_is_written_is_told_and_loses_nothing(
    manager: Any, root: Path
) -> None:
    """The next save knows the file as its own work, and what another program writes is not taken for that."""
    calls = Calls()
    manager.post_save_hook = calls.post
    (root / "a.txt").write_text("first")
    store = ContentsStore(lambda: manager, str(root))
    await store.load("a.txt", "file")
    calls.broken = True
    for text in ("second", "third"):
        with pytest.raises(StorageFailed):
            await store.save("a.txt", "file", text, sign=False)
        assert (root / "a.txt").read_text() == text
    calls.broken = False
    saved = await store.save("a.txt", "file", "fourth", sign=False)
    assert (root / "a.txt").read_text() == "fourth" and saved.hash == await store.hash("a.txt", "file")
    assert len(calls.after) == 3


async def test_save_8_a_hook_that_exports_beside_the_notebook(root: Path) -> None:
    """nbconvert when saving, and a second file through the contents manager: new ones, and others' that stand there."""
    from nbconvert.exporters import PythonExporter

    manager = MANAGERS["LargeFileManager"](root_dir=str(root))

    def export(model: Any, os_path: str, contents_manager: Any, **_more: Any) -> None:
        if model["type"] == "notebook":
            text, _ = PythonExporter().from_filename(os_path)
            Path(os_path).with_suffix(".py").write_text(text)
            contents_manager.save({"type": "file", "format": "text", "content": text}, "copy.py")

    manager.post_save_hook = export
    put(root, "n.ipynb")
    store = ContentsStore(lambda: manager, str(root))
    await store.load("n.ipynb", "notebook")
    for number in range(3):
        saved = await store.save("n.ipynb", "notebook", notebook(f"x = {number}"), sign=False)
        assert f"x = {number}" in (root / "n.py").read_text() and f"x = {number}" in (root / "copy.py").read_text()
        assert saved.hash == await store.hash("n.ipynb", "notebook")
        (root / "n.py").write_text("others")


async def test_save_50_hooks_run_for_each_file_of_a_pair(root: Path) -> None:
    calls = Calls()
    manager = jupytext_over(AsyncLargeFileManager)(root_dir=str(root))
    manager.register_pre_save_hook(calls.pre)
    manager.register_post_save_hook(calls.post)
    put(root, "n.ipynb", "ipynb,py:percent")
    store = ContentsStore(lambda: manager, str(root))
    content: Any = (await store.load("n.ipynb", "notebook")).content
    await store.save("n.ipynb", "notebook", content, sign=False)
    assert [(path, kind) for path, kind, _ in calls.before] == [("n.ipynb", "notebook"), ("n.py", "file")]
    assert [path for path, _, _ in calls.after] == [str(root / "n.ipynb"), str(root / "n.py")]


def jupytext_over(kind: Any) -> Any:
    sys.path.append(str(folder_of("jupytext")))
    from jupytext import build_async_jupytext_contents_manager_class

    return build_async_jupytext_contents_manager_class(kind)


async def test_save_50_a_manager_that_is_put_in_the_place_of_the_first_is_the_one_that_is_used(root: Path) -> None:
    """As extensions do that are loaded after this one; atomic, careful about links and signatures as the first."""
    (root / "other").mkdir()
    managers = [AsyncLargeFileManager(root_dir=str(root)), AsyncLargeFileManager(root_dir=str(root / "other"))]
    (root / "a.txt").write_text("first")
    (root / "other" / "a.txt").write_text("of the other")
    now = managers[0]
    store = ContentsStore(lambda: now)
    assert (await store.load("a.txt", "file")).content == "first" and store.atomic
    now = managers[1]
    store.adopt()
    assert (await store.load("a.txt", "file")).content == "of the other" and store.atomic
    await store.save("a.txt", "file", "new", sign=False)
    assert ((root / "a.txt").read_text(), (root / "other" / "a.txt").read_text()) == ("first", "new")


class InFront:
    """A manager that hands everything to another one, and writes a log through it at every save."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def get(self, path: str, content: bool = True, type: Any = None, format: Any = None) -> Any:
        return await ensure_async(self.inner.get(path, content=content, type=type, format=format))

    async def save(self, model: Any, path: str) -> Any:
        log = {"type": "file", "format": "text", "content": f"saved {path}\n"}
        await ensure_async(self.inner.save(log, "saves.log"))
        return await ensure_async(self.inner.save(model, path))

    async def file_exists(self, path: str) -> bool:
        return bool(await ensure_async(self.inner.file_exists(path)))


async def test_save_50_a_manager_in_front_of_ours(manager: Any, root: Path) -> None:
    """Its inner one was made ours before; a file that it writes beside the document may be new."""
    ContentsStore(lambda: manager, str(root)).adopt()
    front = InFront(manager)
    store = ContentsStore(lambda: front)
    (root / "a.txt").write_text("first")
    assert (await store.load("a.txt", "file")).content == "first"
    await store.save("a.txt", "file", "second", sign=False)
    assert (root / "a.txt").read_text() == "second" and (root / "saves.log").read_text() == "saved a.txt\n"
    (root / "a.txt").unlink()
    with pytest.raises(NotFound):
        await store.save("a.txt", "file", "third", sign=False)
    assert not (root / "a.txt").exists()


class InMemory(AsyncContentsManager):  # type: ignore[misc]
    """jupyter_server's interface without files of this machine."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.files: dict[str, Any] = {}
        self.saves = 0

    async def get(self, path: str, content: bool = True, type: Any = None, format: Any = None) -> Any:
        path = path.strip("/")
        if path not in self.files:
            raise HTTPError(404)
        kind, value, number = self.files[path]
        at = datetime.fromtimestamp(number, timezone.utc)
        model = {"name": path, "path": path, "type": kind, "size": None, "writable": True, "mimetype": None}
        format = "json" if kind == "notebook" else "text"
        times = {"created": at, "last_modified": at}
        if kind == "notebook":
            value = nbformat.from_dict(value)
        return {**model, **times, "format": format, "content": copy.deepcopy(value) if content else None}

    async def save(self, model: Any, path: str = "") -> Any:
        self.saves += 1
        self.files[path.strip("/")] = (model["type"], copy.deepcopy(model["content"]), self.saves)
        return await self.get(path, content=False)

    async def file_exists(self, path: str = "") -> bool:
        return path.strip("/") in self.files

    async def dir_exists(self, path: str = "") -> bool:
        return path.strip("/") in ("", "private")

    async def is_hidden(self, path: str) -> bool:
        return False


@pytest.mark.parametrize("make", [lambda: InMemory(), lambda: jupytext_over(InMemory)()], ids=["alone", "jupytext"])
async def test_save_13_one_without_files_is_read_saved_and_compared(root: Path, make: Callable[[], Any]) -> None:
    remote = make()
    store = ContentsStore(lambda: remote)
    await remote.save({"type": "notebook", "content": notebook()}, "n.ipynb")
    loaded: Any = await store.load("n.ipynb", "notebook")
    loaded.content["cells"][0]["source"] = "x = 2"
    saved = await store.save("n.ipynb", "notebook", loaded.content, sign=False)
    assert saved.hash == await store.hash("n.ipynb", "notebook") != loaded.hash
    assert (await store.load("n.ipynb", "notebook")).content == loaded.content
    assert await store.hash("gone.ipynb", "notebook") is None


async def test_save_53_a_guest_names_no_file_of_a_manager_without_files(root: Path) -> None:
    remote = jupytext_over(InMemory)()
    store = ContentsStore(lambda: remote)
    await remote.save({"type": "notebook", "content": notebook(formats="ipynb,py:percent")}, "n.ipynb")
    loaded: Any = await store.load("n.ipynb", "notebook")
    await store.save("n.ipynb", "notebook", loaded.content, sign=False)
    assert sorted(remote.files) == ["n.ipynb", "n.py"]
    store.guest_wrote("n.ipynb")
    loaded.content["metadata"]["jupytext"]["formats"] = "ipynb,private//py:percent"
    saved = await store.save("n.ipynb", "notebook", loaded.content, sign=False)
    assert saved.alone and sorted(remote.files) == ["n.ipynb", "n.py"]
