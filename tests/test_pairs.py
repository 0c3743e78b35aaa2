"""SAVE-50 to SAVE-54: jupytext's contents managers, with and without coroutines: what is paired, and by whose word."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager, LargeFileManager

from jupyterlab_cohost.protocol.errors import Conflict, Unsupported
from jupyterlab_cohost.storage.files import ContentsStore
from jupyterlab_cohost.storage.pairs import without_pairs

from .support.neighbours import folder_of

SCRIPT = "# %%\nx = 1\n\n# %%\ny = 2\n"


@pytest.fixture(scope="module")
def jupytext() -> Any:
    """From a folder of its own, as in the servers of the tests."""
    sys.path.append(str(folder_of("jupytext")))
    import jupytext

    return jupytext


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path / "root"
    (root / "shared").mkdir(parents=True)
    (root / "private").mkdir()
    return root


@pytest.fixture(params=["sync", "async"])
def new_manager(request: pytest.FixtureRequest, jupytext: Any, root: Path) -> Callable[[], Any]:
    if request.param == "sync":
        kind = jupytext.build_sync_jupytext_contents_manager_class(LargeFileManager)
    else:
        kind = jupytext.build_async_jupytext_contents_manager_class(AsyncLargeFileManager)
    return lambda: kind(root_dir=str(root))


@pytest.fixture
def manager(new_manager: Callable[[], Any]) -> Any:
    return new_manager()


@pytest.fixture
def store(manager: Any, root: Path) -> ContentsStore:
    return ContentsStore(lambda: manager, str(root))


def notebook(formats: str | None = "ipynb,py:percent", source: str = "x = 1") -> dict[str, Any]:
    output = nbformat.v4.new_output("stream", text="one\n")
    cells = [nbformat.v4.new_code_cell(source, outputs=[output], id="a"), nbformat.v4.new_code_cell("y = 2", id="b")]
    metadata: dict[str, Any] = {"kernelspec": {"display_name": "P", "language": "python", "name": "p"}}
    if formats is not None:
        metadata["jupytext"] = {"formats": formats}
    return dict(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


def put(root: Path, path: str, content: dict[str, Any]) -> Path:
    nbformat.write(nbformat.from_dict(content), root / path)
    return root / path


def formats_of(content: Any) -> Any:
    return content["metadata"].get("jupytext", {}).get("formats")


async def edited(store: ContentsStore, path: str, source: str, **metadata: Any) -> Any:
    """What a room does: loads, changes the first cell, saves."""
    content: Any = (await store.load(path, "notebook")).content
    content["cells"][0]["source"] = source
    content["metadata"].update(metadata)
    return await store.save(path, "notebook", content, sign=False)


def files(root: Path) -> dict[str, str]:
    return {
        str(file.relative_to(root)): file.read_bytes().decode(errors="replace")
        for file in sorted(root.rglob("*"))
        if file.is_file() and ".ipynb_checkpoints" not in file.parts
    }


async def test_save_50_a_pair_is_saved_read_and_watched_as_one_document(store: ContentsStore, root: Path) -> None:
    put(root, "shared/n.ipynb", notebook())
    saved = await edited(store, "shared/n.ipynb", "x = 3")
    assert not saved.alone and saved.hash == await store.hash("shared/n.ipynb", "notebook")
    script = root / "shared/n.py"
    assert "x = 3" in script.read_text() and "x = 3" in (root / "shared/n.ipynb").read_text()
    script.write_text(script.read_text().replace("y = 2", "y = 4"))
    assert saved.hash != await store.hash("shared/n.ipynb", "notebook")
    loaded: Any = await store.load("shared/n.ipynb", "notebook")
    assert [cell["source"] for cell in loaded.content["cells"]] == ["x = 3", "y = 4"]
    assert loaded.content["cells"][0]["outputs"][0]["text"] == "one\n"


async def test_save_50_a_script_is_a_notebook_and_stays_a_script(store: ContentsStore, root: Path) -> None:
    (root / "shared/s.py").write_text(SCRIPT)
    (root / "shared/s.md").write_text("# Title\n\n```python\nx = 1\n```\n")
    await edited(store, "shared/s.py", "x = 5")
    assert (root / "shared/s.py").read_text().endswith("# %%\nx = 5\n\n# %%\ny = 2\n")
    await edited(store, "shared/s.md", "# Other")
    assert (root / "shared/s.md").read_text().endswith("# Other\n\n```python\nx = 1\n```\n")
    assert sorted(files(root)) == ["shared/s.md", "shared/s.py"]


async def test_save_51_no_half_is_replaced_that_another_program_wrote(store: ContentsStore, root: Path) -> None:
    put(root, "shared/n.ipynb", notebook())
    loaded: Any = await store.load("shared/n.ipynb", "notebook")
    # It was not there when the notebook was read.
    (root / "shared/n.py").write_text("# %%\nx = 1\n\n# %%\noutside = 1\n")
    with pytest.raises(Conflict):
        await store.save("shared/n.ipynb", "notebook", loaded.content, sign=False)
    loaded = await store.load("shared/n.ipynb", "notebook")
    assert loaded.content["cells"][1]["source"] == "outside = 1"
    await store.save("shared/n.ipynb", "notebook", loaded.content, sign=False)
    (root / "shared/n.py").write_text("# %%\nx = 7\n\n# %%\noutside = 1\n")
    with pytest.raises(Conflict):
        await store.save("shared/n.ipynb", "notebook", loaded.content, sign=False)
    assert "x = 7" in (root / "shared/n.py").read_text() and "x = 7" not in (root / "shared/n.ipynb").read_text()


async def test_save_52_the_notebook_that_alone_was_changed_is_what_is_read(store: ContentsStore, root: Path) -> None:
    """By their age the older script would win, or nobody."""
    put(root, "shared/n.ipynb", notebook())
    await edited(store, "shared/n.ipynb", "x = 3")
    for ahead_s in (0, 60):
        put(root, "shared/n.ipynb", notebook(source=f"outside = {ahead_s}"))
        now = (root / "shared/n.py").stat().st_mtime + ahead_s
        os.utime(root / "shared/n.ipynb", (now, now))
        loaded: Any = await store.load("shared/n.ipynb", "notebook")
        assert loaded.content["cells"][0]["source"] == f"outside = {ahead_s}" and loaded.half
        await store.save("shared/n.ipynb", "notebook", loaded.content, sign=False)
        assert f"outside = {ahead_s}" in (root / "shared/n.py").read_text()


@pytest.mark.parametrize("path", ["shared/n.ipynb", "shared/n.py"])
async def test_save_52_a_save_that_was_cut_between_two_files_loses_nothing(
    new_manager: Callable[[], Any], root: Path, path: str
) -> None:
    """The notebook is written, the script is not, and the server is a new one."""
    put(root, "shared/n.ipynb", notebook())
    first = ContentsStore(new_manager(), str(root))
    await edited(first, "shared/n.ipynb", "x = 3")
    if path.endswith(".py"):
        await edited(first, path, "x = 4")
    old, stat = (root / "shared/n.py").read_text(), (root / "shared/n.py").stat()
    await edited(first, path, "last = 1")
    (root / "shared/n.py").write_text(old)
    os.utime(root / "shared/n.py", (stat.st_atime - 60, stat.st_mtime - 60))
    second = ContentsStore(new_manager(), str(root))
    # As the server that died left it noted: before the last save.
    halves = {str(root / "shared/n.py"): _sha(old), str(root / "shared/n.ipynb"): "before"}
    second.adopt()
    assert second._pairs is not None
    second._pairs.records.set_halves(str(root / path), halves)
    loaded: Any = await second.load(path, "notebook")
    assert loaded.content["cells"][0]["source"] == "last = 1" and loaded.half
    await second.save(path, "notebook", loaded.content, sign=False)
    assert "last = 1" in (root / "shared/n.py").read_text()


def _sha(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


async def test_save_52_halves_that_differ_without_a_word_of_their_past_are_told(
    store: ContentsStore, root: Path
) -> None:
    put(root, "shared/n.ipynb", notebook(source="other = 1"))
    (root / "shared/n.py").write_text(SCRIPT)
    os.utime(root / "shared/n.py", (1e9, 1e9))
    before = files(root)
    with pytest.raises(Unsupported, match="differ"):
        await store.load("shared/n.ipynb", "notebook")
    assert files(root) == before


#: How an editor might name files of the host: beside, above, absolute, hidden, a program's, another root, a list.
HOSTILE: list[Any] = [
    "ipynb,py:percent",
    "ipynb,../private//py:percent",
    "ipynb,../../outside//py:percent",
    "ipynb,../private///py",
    "ipynb,/tmp//py",
    "ipynb,.git/hooks//sh",
    "ipynb,.bash/.py",
    "py:percent",
    "sh",
    "ipynb,md:pandoc",
    "ipynb,auto:percent",
    "ipynb,../private/n.sh",
    [{"extension": ".ipynb"}, {"extension": ".py", "prefix": "../private//"}],
    [{"extension": ".ipynb"}, {"extension": ".py", "suffix": "/../../private/n"}],
    {"no": "sense"},
    17,
]


@pytest.mark.parametrize("formats", HOSTILE, ids=str)
async def test_save_53_what_a_guest_wrote_names_no_file_that_is_read_or_written(
    manager: Any, store: ContentsStore, root: Path, formats: Any
) -> None:
    """An upload, and a change of the metadata in a room of a notebook that the host did not pair."""
    (root / "private/n.py").write_text("# %%\nsecret = 1\n")
    (root / "private/m.py").write_text("# %%\nsecret = 1\n")
    for name in ("n", "m"):
        put(root, f"shared/{name}.ipynb", notebook(None))
    (root / "shared/n.ipynb").write_text(_with_formats(formats))
    store.guest_wrote("shared/n.ipynb")
    before = files(root.parent)
    loaded: Any = await store.load("shared/n.ipynb", "notebook")
    assert "secret" not in str(loaded.content)
    loaded.content["cells"][0]["source"] = "z = 9"
    await store.save("shared/n.ipynb", "notebook", loaded.content, sign=False)
    store.guest_wrote("shared/m.ipynb")
    await edited(store, "shared/m.ipynb", "z = 9", jupytext={"formats": formats})
    model = await ensure_async(manager.get("shared/n.ipynb"))
    assert "secret" not in str(model["content"])
    await ensure_async(manager.rename_file("shared/n.ipynb", "shared/o.ipynb"))
    after = files(root.parent)
    changed = {path for path in before | after if before.get(path) != after.get(path)} - _ours(after)
    assert changed == {"root/shared/n.ipynb", "root/shared/m.ipynb", "root/shared/o.ipynb"}
    assert "z = 9" in after["root/shared/o.ipynb"] and '"cells"' in after["root/shared/m.ipynb"]


def _with_formats(formats: Any) -> str:
    import json

    content = notebook(None)
    content["metadata"]["jupytext"] = {"formats": formats}
    return json.dumps(content)


def _ours(found: dict[str, str]) -> set[str]:
    return {path for path in found if path.startswith("data/")}


@pytest.mark.parametrize("name", ["jupytext.toml", "pyproject.toml", "jupytext.yml", "jupytext.json", "jupytext"])
async def test_save_53_a_configuration_file_of_a_guest_counts_for_nothing(
    store: ContentsStore, root: Path, name: str
) -> None:
    texts = {
        "jupytext.toml": 'formats = "ipynb,../private//py:percent"\n',
        "jupytext": 'formats = "ipynb,../private//py:percent"\n',
        "pyproject.toml": '[tool.jupytext]\nformats = "ipynb,../private//py:percent"\n',
        "jupytext.yml": "formats: ipynb,../private//py:percent\n",
        "jupytext.json": '{"formats": "ipynb,../private//py:percent"}',
    }
    (root / "shared" / name).write_text(texts[name])
    store.guest_wrote(f"shared/{name}")
    put(root, "shared/n.ipynb", notebook(None))
    await edited(store, "shared/n.ipynb", "x = 3")
    assert not (root / "private/n.py").exists()
    # The host's own, in the folder above, does.
    (root / "jupytext.toml").write_text('formats = "ipynb,py:percent"\n')
    await edited(store, "shared/n.ipynb", "x = 4")
    assert "x = 4" in (root / "shared/n.py").read_text() and not (root / "private/n.py").exists()


async def test_save_53_the_hosts_pair_goes_on_when_guests_write_and_after_a_restart(
    new_manager: Callable[[], Any], root: Path
) -> None:
    put(root, "shared/n.ipynb", notebook())
    first = ContentsStore(new_manager(), str(root))
    await first.load("shared/n.ipynb", "notebook")
    first.guest_wrote("shared/n.ipynb")
    for store in (first, ContentsStore(new_manager(), str(root))):
        saved = await edited(store, "shared/n.ipynb", f"x = {id(store)}")
        assert not saved.alone and f"x = {id(store)}" in (root / "shared/n.py").read_text()
        evil = await edited(store, "shared/n.ipynb", "x = 0", jupytext={"formats": "ipynb,../private//py:percent"})
        assert evil.alone and sorted(files(root)) == ["shared/n.ipynb", "shared/n.py"]
        await edited(store, "shared/n.ipynb", "x = 1", jupytext={"formats": "ipynb,py:percent"})


@pytest.mark.parametrize("head", ["ipynb,../private//py:percent", "ipynb,py:percent,../private//md", ""])
async def test_save_53_the_head_of_a_script_that_a_guest_wrote_changes_no_pair(
    store: ContentsStore, root: Path, head: str
) -> None:
    put(root, "shared/n.ipynb", notebook())
    await edited(store, "shared/n.ipynb", "x = 3")
    script = root / "shared/n.py"
    text = script.read_text().replace("ipynb,py:percent", head) if head else SCRIPT
    script.write_text(text.replace("y = 2", "y = 5"))
    store.guest_wrote("shared/n.py")
    loaded: Any = await store.load("shared/n.ipynb", "notebook")
    assert loaded.content["cells"][1]["source"] == "y = 5"
    assert formats_of(loaded.content) == "ipynb,py:percent"
    await store.save("shared/n.ipynb", "notebook", loaded.content, sign=False)
    await store.load("shared/n.py", "notebook")
    assert sorted(files(root)) == ["shared/n.ipynb", "shared/n.py"]


async def test_save_53_what_the_hosts_page_sets_counts_but_not_on_top_of_a_guests_word(
    store: ContentsStore, root: Path
) -> None:
    def said(formats: str | None) -> dict[str, Any]:
        return {} if formats is None else {"jupytext": {"formats": formats}}

    for name, before in (("n", None), ("m", "ipynb,../private//py:percent")):
        put(root, f"shared/{name}.ipynb", notebook(before))
        store.guest_wrote(f"shared/{name}.ipynb")
        after = "ipynb,py:percent" if before is None else f"{before},md"
        await store.load(f"shared/{name}.ipynb", "notebook")
        store.host_paired(f"shared/{name}.ipynb", said(before), said(after))
        saved = await edited(store, f"shared/{name}.ipynb", "x = 3", **said(after))
        assert saved.alone == (before is not None)
    assert sorted(files(root)) == ["shared/m.ipynb", "shared/n.ipynb", "shared/n.py"]


async def test_save_53_renaming_takes_both_halves_and_who_wrote_them(
    manager: Any, store: ContentsStore, root: Path
) -> None:
    put(root, "shared/n.ipynb", notebook())
    await edited(store, "shared/n.ipynb", "x = 3")
    store.guest_wrote("shared/n.py")
    store.guest_wrote("shared/n.ipynb")
    await ensure_async(manager.rename_file("shared/n.ipynb", "shared/o.ipynb"))
    await store.rename("shared/n.ipynb", "shared/o.ipynb")
    assert sorted(files(root)) == ["shared/o.ipynb", "shared/o.py"]
    assert store._signing.seals.is_guests(str(root / "shared/o.py"))
    assert not (await edited(store, "shared/o.ipynb", "x = 4")).alone
    assert "x = 4" in (root / "shared/o.py").read_text()


async def test_save_54_guests_requests_know_no_pairs(manager: Any, store: ContentsStore, root: Path) -> None:
    """The manager for guests reads, writes and renames one file, with the settings and hooks of the other."""
    store.adopt()
    seen: list[str] = []
    manager.register_pre_save_hook(lambda model, path, **_more: seen.append(path))
    put(root, "shared/n.ipynb", notebook("ipynb,../private//py:percent"))
    (root / "private/n.py").write_text("# %%\nsecret = 1\n")
    plain = without_pairs(manager)
    assert plain is without_pairs(manager) and plain.root_dir == manager.root_dir
    model = await ensure_async(plain.get("shared/n.ipynb"))
    assert "secret" not in str(model["content"])
    await ensure_async(plain.save({**model, "content": model["content"]}, "shared/n.ipynb"))
    await ensure_async(plain.rename("shared/n.ipynb", "shared/o.ipynb"))
    assert sorted(files(root)) == ["private/n.py", "shared/o.ipynb"]
    assert (root / "private/n.py").read_text() == "# %%\nsecret = 1\n" and "shared/n.ipynb" in seen
    assert (await ensure_async(plain.get("private/n.py")))["type"] == "file"
