"""The README says what the tables say."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("read", "edit", "execute", "manage")
#: What people read, and what files and APIs say.
ROLES = {"view": "viewer", "edit": "editor", "run": "runner", "you, the host": "host"}


def test_role_doc_roles_table_is_the_one_of_the_protocol() -> None:
    """ROLE: the README's table and protocol/roles.json are the same."""
    rows = re.findall(r"^\| ([\w, ]+) \|(.*)\|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    shown = {
        ROLES[role]: tuple(cell.strip() == "yes" for cell in cells.split("|")) for role, cells in rows if role in ROLES
    }
    roles = json.loads((ROOT / "protocol" / "roles.json").read_text("utf-8"))["roles"]
    assert shown == {name: tuple(c in role["capabilities"] for c in COLUMNS) for name, role in roles.items()}


def test_doc_links_to_files_of_the_repository_exist() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []
