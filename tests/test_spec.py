"""Every rule of SPEC.md has a test that names it, and every rule that a test names exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_RULE = re.compile(r"^- \*\*([A-Z]+-\d+)\*\*", re.MULTILINE)
#: ``'[UI-41] [UI-42] every place …'``
_TITLE = re.compile(r"['\"`]((?:\[[A-Z]+-\d+\] )+)")
#: ``test_save_17_and_18_…``; a docstring begins with the rules: ``SAVE-17, SAVE-22: …``.
_IN_NAME = re.compile(r"^test_([a-z]+)_(\d+)(?:_and_(\d+))?(?:_|$)")
_IN_DOCSTRING = re.compile(r"^((?:[A-Z]+-\d+(?:, | and )?)+)[:.]")


def rules() -> list[str]:
    return _RULE.findall((ROOT / "SPEC.md").read_text("utf-8"))


def named_in_python(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (name := _IN_NAME.match(node.name)):
            found |= {f"{name[1].upper()}-{number}" for number in name.groups()[1:] if number}
            if rule := _IN_DOCSTRING.match(ast.get_docstring(node) or ""):
                found |= set(re.findall(r"[A-Z]+-\d+", rule[1]))
    return found


def named_in_typescript(file: Path) -> set[str]:
    titles = _TITLE.findall(file.read_text("utf-8"))
    return {rule for title in titles for rule in re.findall(r"[A-Z]+-\d+", title)}


@cache
def named() -> dict[str, list[str]]:
    """Each rule that a test names, with the files that do."""
    found: dict[str, list[str]] = {}
    python = (ROOT / "tests").rglob("test_*.py")
    typescript = [*(ROOT / "ui-tests").rglob("*.spec.ts"), *(ROOT / "src").rglob("*.spec.ts*")]
    files = [(file, named_in_python(file)) for file in python]
    files += [(file, named_in_typescript(file)) for file in typescript]
    for file, ids in files:
        for rule in ids:
            found.setdefault(rule, []).append(str(file.relative_to(ROOT)))
    return found


def test_every_rule_stands_once() -> None:
    assert [rule for rule, count in Counter(rules()).items() if count > 1] == []


def test_every_rule_has_a_test() -> None:
    assert [rule for rule in rules() if rule not in named()] == []


def test_every_rule_that_a_test_names_exists() -> None:
    known = set(rules())
    assert {rule: files for rule, files in named().items() if rule not in known} == {}
