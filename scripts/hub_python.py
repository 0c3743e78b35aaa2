"""Makes an environment with another major version of JupyterHub and everything else as here; prints its Python.

``python scripts/hub_python.py 5`` is for ``COHOST_HUB_PYTHON=… pytest tests/hub`` and the browser tests of the hub;
``python scripts/hub_python.py 5 COMMAND …`` runs a command with that set. The environment holds JupyterHub alone;
JupyterLab and this extension are those of the Python that runs this script.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path


def make(major: str, place: Path) -> Path:
    """The interpreter of the environment; one that is there is taken as it is. Raises CalledProcessError."""
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = place / f"jupyterhub-{major}"
    if ready.exists():
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"jupyterhub=={major}.*"]
    subprocess.run(install, check=True, stdout=sys.stderr)
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
    # Behind its own packages, and with the editable installs of the other place.
    (own / "everything-else.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    ready.touch()
    return python


if __name__ == "__main__":
    version, *command = sys.argv[1:] or ["5"]
    made = make(version, Path(sys.prefix) / f"hub-{version}")
    if command:
        sys.exit(subprocess.run(command, env={**os.environ, "COHOST_HUB_PYTHON": str(made)}).returncode)
    print(made)
