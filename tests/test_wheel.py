"""The wheel: everything in it, and it installs and works where there is no Node. Slow: ``pytest -m wheel``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

SOURCE = Path(__file__).resolve().parent.parent
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(SOURCE)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment that has the wheel and nothing else of ours."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(folder, with_pip=True)
    run(folder / SCRIPTS, "python", "-m", "pip", "install", "--quiet", str(wheel))
    return folder / SCRIPTS


def run(programs: Path, *command: str) -> str:
    """Runs a program of the environment with nothing else on the PATH; gives what it printed, both streams."""
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(("JUPYTER", "PYTHON"))}
    environment = {**kept, "PATH": str(programs), "HOME": str(programs.parent)}
    done = subprocess.run(
        [str(programs / command[0]), *command[1:]],
        cwd=programs,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_pkg_1_wheel_carries_the_page_the_tables_and_the_settings(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shared = next(name.split("/")[0] for name in names if ".data/" in name) + "/data"
    lab = f"{shared}/share/jupyter/labextensions/jupyterlab-cohost"
    assert f"{lab}/package.json" in names
    assert f"{lab}/install.json" in names
    assert any(name.startswith(f"{lab}/static/remoteEntry") for name in names)
    assert f"{shared}/etc/jupyter/jupyter_server_config.d/jupyterlab_cohost.json" in names
    for table in (SOURCE / "protocol").glob("*.json"):
        assert f"jupyterlab_cohost/protocol/data/{table.name}" in names
    assert not any(name.startswith(("tests/", "ui-tests/", "node_modules/", "src/")) for name in names)


def test_pkg_2_wheel_and_labextension_have_one_version(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    package = next(name for name in archive.namelist() if name.endswith("labextensions/jupyterlab-cohost/package.json"))
    assert wheel.name.split("-")[1] == json.loads(archive.read(package))["version"]


def test_pkg_3_installs_without_node_and_is_enabled(installed: Path) -> None:
    assert "jupyterlab_cohost enabled" in plain(run(installed, "jupyter", "server", "extension", "list"))
    assert "jupyterlab-cohost v" in plain(run(installed, "jupyter", "labextension", "list"))
    assert "share" in run(installed, "jupyter", "cohost", "--help")


def test_pkg_4_installed_package_finds_its_tables(installed: Path) -> None:
    code = "from jupyterlab_cohost.protocol.roles import Role; print(sorted(role.value for role in Role))"
    assert "editor" in run(installed, "python", "-c", code)


def plain(text: str) -> str:
    """Without the colours of a terminal."""
    for code in ("\x1b[32m", "\x1b[31m", "\x1b[0m", "\x1b[33m"):
        text = text.replace(code, "")
    return text
