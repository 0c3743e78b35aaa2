"""Notebooks and texts of other projects are opened, typed in and saved: what changes is what JupyterLab changes."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from .packages import LARGE, SMALL, TEXTS, installed, notebooks, sources, texts
from .play import Corpus


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notary's database is not the user's."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


def place_in(path: Path) -> int:
    """Some cell, always the same of a file."""
    return zlib.crc32(path.name.encode())


async def play(work: Path, files: list[Path]) -> Corpus:
    corpus = Corpus(work, files, place_in)
    await corpus.open_and_close()
    await corpus.type_and_save()
    await corpus.open_and_close()
    return corpus


@pytest.mark.parametrize("project", [*SMALL, *(pytest.param(name, marks=pytest.mark.nightly) for name in LARGE)])
async def test_save_43_notebooks_of_other_projects_change_as_jupyterlab_changes_them(
    project: str, tmp_path: Path
) -> None:
    """SAVE-43: opened and closed they are not a byte another."""
    corpus = await play(tmp_path, notebooks(sources(project)))
    assert corpus.wrong == []
    assert len(corpus.files) - len(corpus.refused) >= 15


@pytest.mark.parametrize("most", [80, pytest.param(3000, marks=pytest.mark.nightly)])
async def test_save_43_texts_of_installed_packages_change_in_no_byte(most: int, tmp_path: Path) -> None:
    """SAVE-43: whatever line ends, marks and separators they have; other encodings are refused as JupyterLab does."""
    corpus = await play(tmp_path, texts(list(installed()), most))
    assert corpus.wrong == []
    assert 0 < len(corpus.refused) < len(corpus.files) // 3


@pytest.mark.nightly
async def test_save_43_texts_of_other_projects_change_in_no_byte(tmp_path: Path) -> None:
    """SAVE-43: of sources that are named by version."""
    folders = [sources(project) for project in (*SMALL, *LARGE, *TEXTS)]
    corpus = await play(tmp_path, texts(folders, 1500))
    assert corpus.wrong == []
