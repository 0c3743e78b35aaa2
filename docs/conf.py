"""The documentation site: ``sphinx-build -W docs build/docs``. Nothing is loaded from a network."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = json.loads((ROOT / "package.json").read_text("utf-8"))

project = "jupyterlab-cohost"
author = PACKAGE["author"]["name"]
copyright = f"2026, {author}"
release = version = PACKAGE["version"]

extensions = ["myst_parser", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

html_theme = "pydata_sphinx_theme"
html_title = "jupyterlab-cohost"
html_static_path = ["_static"]
html_css_files = ["cohost.css"]
html_show_sourcelink = False
html_theme_options = {
    "icon_links": [{"name": "Source", "url": PACKAGE["homepage"], "icon": "fa-brands fa-github"}],
    "navigation_with_keys": True,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}

_OUTSIDE = re.compile(r"\]\(\.\./([^)]+)\)")


def _link_to_the_repository(_app: Sphinx, _name: str, source: list[str]) -> None:
    """Files of the repository that are not pages of the site are linked where they can be read."""
    source[0] = _OUTSIDE.sub(rf"]({PACKAGE['homepage']}/blob/main/\1)", source[0])


def setup(app: Sphinx) -> None:
    app.connect("source-read", _link_to_the_repository)
