"""Makes an environment with another JupyterLab and the built wheel of this package; prints its Python.

``python scripts/lab_python.py 4.4 COMMAND …`` runs a command with ``COHOST_PYTHON`` set to it, for example
``python scripts/lab_python.py 4.4 jlpm test:ui story``. The tests then meet what users of that version install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What the tests' notebooks need beside JupyterLab.
BESIDE = ("ipykernel", "ipywidgets>=8", "notebook>=7.2")


def make(version: str, place: Path) -> Path:
    """The interpreter of a new environment with ``jupyterlab==VERSION.*``. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    with tempfile.TemporaryDirectory() as built:
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, str(ROOT)]
        subprocess.run(build, check=True, stdout=sys.stderr)
        wheel = next(Path(built).glob("*.whl"))
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, str(wheel), f"jupyterlab=={version}.*", *BESIDE], check=True, stdout=sys.stderr)
    return python


if __name__ == "__main__":
    version, *command = sys.argv[1:] or ["4.4"]
    made = make(version, Path(sys.prefix) / f"lab-{version}")
    print(made, flush=True)
    if command:
        program = shutil.which(command[0]) or command[0]
        environment = {**os.environ, "COHOST_PYTHON": str(made)}
        sys.exit(subprocess.run([program, *command[1:]], cwd=ROOT, env=environment, check=False).returncode)
