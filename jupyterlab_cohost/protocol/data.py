"""Reads the JSON tables of the repository's ``protocol/`` folder (carried inside the wheel as ``protocol/data``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_FOLDERS = (_HERE / "data", _HERE.parent.parent / "protocol")


def load_table(name: str) -> dict[str, Any]:
    """Return the table ``name`` (for example ``"roles"``).

    Raises FileNotFoundError if the installation is broken.
    """
    for folder in _FOLDERS:
        file = folder / f"{name}.json"
        if file.is_file():
            table: dict[str, Any] = json.loads(file.read_text("utf-8"))
            return table
    raise FileNotFoundError(f"protocol table {name}.json is missing: reinstall jupyterlab-cohost")
