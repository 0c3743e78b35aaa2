"""Other people's extensions, installed into folders of their own: only the server of a test that asks has them.

In the environment of the tests they would be switched on for every server. ``pip install --no-deps --target`` takes a
few seconds once; the folder stays in the environment. Run as a program it prints the environment variables as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

#: What each needs beyond what JupyterLab and this extension have already.
PACKAGES = {
    "jupytext": (
        "jupytext==1.19.6",
        "markdown-it-py==4.3.0",
        "mdit-py-plugins==0.7.0",
        "mdurl==0.1.2",
        "PyYAML==6.0.4",
    ),
    "jupyter-collaboration": (
        *("jupyter-collaboration-ui==2.4.2", "jupyter-docprovider==3.0.4", "jupyter-server-ydoc==3.0.4"),
        *("pycrdt-websocket==0.16.5", "pycrdt-store==0.1.5", "sqlite-anyio==0.3.2", "jupyter_server_fileid==0.10.0"),
    ),
}


def environment_of(name: str) -> dict[str, str]:
    """Variables for a server that has this neighbour. Raises CalledProcessError when pip cannot get it."""
    folder = folder_of(name)
    return {
        "PYTHONPATH": _with(folder, "PYTHONPATH"),
        "JUPYTER_PATH": _with(folder / "share" / "jupyter", "JUPYTER_PATH"),
        "JUPYTER_CONFIG_PATH": _with(folder / "etc" / "jupyter", "JUPYTER_CONFIG_PATH"),
    }


def _with(folder: Path, variable: str) -> str:
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get(variable)])])


def folder_of(name: str) -> Path:
    """Where it is installed: put there whole, so that tests side by side do not see it half done."""
    wanted = sha256("\n".join(PACKAGES[name]).encode()).hexdigest()[:12]
    folder = Path(sys.prefix) / "neighbours" / f"{name}-{wanted}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = tempfile.mkdtemp(dir=folder.parent)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", made, *PACKAGES[name]], check=True, stdout=sys.stderr)
        with suppress(OSError):
            Path(made).rename(folder)
        shutil.rmtree(made, ignore_errors=True)
    return folder


if __name__ == "__main__":
    print(json.dumps(environment_of(sys.argv[1])))
