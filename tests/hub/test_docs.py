"""HUB-15: every Python and YAML block of docs/jupyterhub.md, as it stands, on a real hub."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..support.hub import Hub, Person
from ..support.hub_guest import share

PAGE = Path(__file__).parents[2] / "docs" / "jupyterhub.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
YAML = [yaml.safe_load(text) for language, text in BLOCKS if language == "yaml"]
EXTRA = [code for values in YAML for code in values.get("hub", {}).get("extraConfig", {}).values()]
#: Whoever has another address cannot sign in to such a hub; the tests of https use both settings with their own.
ELSEWHERE = ("c.JupyterHub.subdomain_host", "c.JupyterHub.public_url")
#: Other pages' subjects, tested where they are built.
OTHERS = ("c.JupyterHub.services", "c.JupyterHub.load_roles", "anonymous_allowed")


_HUB_VALUES = {"extraConfig", "config", "services", "loadRoles", "image", "service", "networkPolicy"}


def lines(blocks: list[str]) -> str:
    return "".join(text for text in blocks if not any(word in text for word in (*ELSEWHERE, *OTHERS)))


@pytest.mark.parametrize("block", [*PYTHON, *EXTRA])
def test_hub_15_each_block_is_taken_by_a_hub_without_other_settings(block: str, tmp_path: Path) -> None:
    """As the only lines of a ``jupyterhub_config.py``: nothing is presumed that only stands in ours."""
    from jupyterhub.app import JupyterHub
    from traitlets.config import Config

    if any(word in block for word in OTHERS):
        pytest.skip("tested with the hub service")
    file = tmp_path / "jupyterhub_config.py"
    file.write_text(block)
    app = JupyterHub()
    app.load_config_file(str(file))
    taken = app.config
    assert isinstance(taken, Config) and taken, "it sets nothing"
    for arguments in [taken.Spawner.args] if "Spawner" in taken else []:
        assert all(shlex.split(one) == [one] for one in arguments.get_value([]))


async def test_hub_15_all_blocks_together_hold(tmp_path: Path) -> None:
    """The policies are in force."""
    hub = Hub(tmp_path, ("ada",), config=lines(PYTHON)).start()
    try:
        async with hub.client() as http:
            ada = await Person(hub, "ada", http).sign_in()
            await ada.start_server()
            for folder in ("course", "private"):
                (hub.home("ada") / folder).mkdir()
                (hub.home("ada") / folder / "a.txt").write_text("hello\n")
            status, policy = await ada.ask("GET", "/user/ada/cohost/api/policy")
            assert status == 200
            assert policy["roles"] == ["viewer", "editor"] and policy["longest_expiry_s"] == 86400
            assert policy["kinds"] == ["ad-hoc"] and policy["folders"] == ["course", "papers"]
            shared = await share(ada, "course/a.txt", kind="ad-hoc")
            assert shared.link.startswith(f"{hub.origin}/user/ada/cohost/g/")
            body: dict[str, Any] = {"scope": [{"path": "private/a.txt"}]}
            status, answer = await ada.ask("POST", "/user/ada/cohost/api/sessions", body)
            assert (status, answer["code"]) == (403, "policy")
    finally:
        hub.stop()


def test_hub_15_the_chart_and_the_plain_hub_are_told_the_same() -> None:
    assert all(code in PYTHON for code in EXTRA)


def test_hub_15_the_charts_values_are_where_the_chart_reads_them() -> None:
    for values in YAML:
        assert set(values) <= {"hub", "singleuser", "proxy", "cull"}
        assert set(values.get("singleuser", {})) <= {"image", "defaultUrl", "cmd", "extraEnv", "extraFiles"}
        assert set(values.get("hub", {})) <= {
            *("extraConfig", "config", "services", "loadRoles", "image", "service", "networkPolicy")
        }
