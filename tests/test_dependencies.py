"""What the code imports is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import json
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "jupyterlab_cohost"
#: JupyterLab itself is what the package extends; the hub's part is an extra; jupytext is used where it is installed.
_NOT_IMPORTED = {"jupyterlab"}
_OPTIONAL = {"cryptography", "jupyterhub", "jupytext", "nbconvert", "pyjwt"}
_IMPORT = re.compile(r"""(?:from|import\()\s*['"]([^.'"][^'"]*)['"]""")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported_in_python() -> set[str]:
    """The distributions of all modules that the package imports."""
    modules: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules.add(node.module.partition(".")[0])
    distributions = packages_distributions()
    others = {module for module in modules if module not in sys.stdlib_module_names and module != PACKAGE.name}
    return {normal(name) for module in others for name in distributions.get(module, [module])}


def test_python_imports_what_is_declared() -> None:
    tomllib = pytest.importorskip("tomllib", reason="Python 3.11")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {normal(re.split(r"[^\w.-]", requirement)[0]) for requirement in project["dependencies"]}
    imported = imported_in_python()
    assert imported - declared - _OPTIONAL == set(), "imported, not declared"
    assert declared - imported - _NOT_IMPORTED == set(), "declared, not imported"


def test_the_page_imports_what_is_declared() -> None:
    declared = set(json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"])
    imported: set[str] = set()
    for file in (ROOT / "src").rglob("*.ts*"):
        if "__tests__" not in file.parts:
            for name in _IMPORT.findall(file.read_text("utf-8")):
                parts = name.split("/")
                imported.add("/".join(parts[: 2 if name.startswith("@") else 1]))
    assert imported - declared == set(), "imported, not declared"
    assert declared - imported == set(), "declared, not imported"
