"""POL-15, PKG-5: the settings page names every setting, and guests get the extensions that the administrator adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_cohost.extension import Cohost
from jupyterlab_cohost.extension_policy import CohostPolicy

from .support.gateway import World

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
OWN = sorted(set(Cohost.class_own_traits(config=True)))
RULES = sorted(set(CohostPolicy.class_own_traits(config=True)))


@pytest.mark.parametrize("setting", [*(f"c.Cohost.{name}" for name in OWN), *(f"c.CohostPolicy.{n}" for n in RULES)])
def test_pol_15_the_page_names_every_setting_once(setting: str) -> None:
    assert PAGE.read_text("utf-8").count(f"`{setting}`") == 1


def test_pol_15_the_page_names_no_setting_that_is_not_there() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `c.Cohost")]
    assert len(rows) == len(OWN) + len(RULES)


def test_gate_41_the_guests_page_loads_what_the_administrator_adds(tmp_path: Path) -> None:
    config = tmp_path / "jupyter" / "config"
    config.mkdir(parents=True)
    (config / "jupyter_server_config.py").write_text(
        'c.Cohost.guest_extensions = ["@jupyter-notebook/lab-extension"]\n'
    )
    world = World(tmp_path)
    try:
        assert "@jupyter-notebook/lab-extension" in world.guest("viewer").get("lab").body.decode()
    finally:
        world.stop()
