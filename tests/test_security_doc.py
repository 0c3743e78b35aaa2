"""Each claim of docs/security.md, and each attack in the first table of docs/attacks.md, names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
#: `tests/FILE.py::NAME`, or `FILE.spec.ts [RULE-ID]`.
_NAMED = re.compile(r"`([\w./-]+\.py)::(\w+)`|`([\w./-]+\.spec\.ts) \[([A-Z]+-\d+)\]`")
_TITLE = re.compile(r"\b(?:test|it|describe)(?:\.\w+)?\(\s*(['\"`])(.*?)\1", re.DOTALL)


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def claims() -> list[tuple[str, str]]:
    """Number and tests of each claim."""
    lines = (DOCS / "security.md").read_text("utf-8").splitlines()
    rows = [cells_of(line) for line in lines if re.match(r"\| C\d+ ", line)]
    assert all(len(row) == 3 for row in rows), "number, claim, tests"
    return [(row[0], row[2]) for row in rows]


def attacks() -> list[tuple[str, str]]:
    """Attempt and tests of each row of the first table."""
    text = (DOCS / "attacks.md").read_text("utf-8").partition("\n| attempt |")[2].partition("\n\n")[0]
    rows = [cells_of(line) for line in text.splitlines()[2:]]
    assert all(len(row) == 3 for row in rows), "attempt, what stops it, tests"
    return [(row[0], row[2]) for row in rows]


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a Python file, or the rule ids in the titles of a TypeScript file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    text = path.read_text("utf-8")
    if file.endswith(".py"):
        nodes = ast.walk(ast.parse(text))
        return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    titles = " ".join(title for _, title in _TITLE.findall(text))
    return frozenset(re.findall(r"\[([A-Z]+-\d+)\]", titles))


def faults(tests: str) -> list[str]:
    """What is wrong with the tests that a row names."""
    named = [(match[1] or match[3], match[2] or match[4]) for match in _NAMED.finditer(tests)]
    if not named:
        return ["no test is named"]
    left = re.sub(r"[\s,]|<br>", "", _NAMED.sub("", tests))
    wrong = [f"not a test: {left}"] if left else []
    return wrong + [f"{file} has no {name}" for file, name in named if name not in names_in(file)]


def test_doc_every_security_claim_names_tests_that_exist() -> None:
    found = claims()
    assert [number for number, _ in found] == [f"C{index}" for index in range(1, len(found) + 1)] and found
    assert {number: wrong for number, tests in found if (wrong := faults(tests))} == {}


def test_doc_every_attack_names_tests_that_exist() -> None:
    assert attacks()
    assert {attempt: wrong for attempt, tests in attacks() if (wrong := faults(tests))} == {}


@pytest.mark.parametrize(
    "tests",
    [
        *("", "by review", "`tests/test_none.py::test_x`", "`tests/test_security_doc.py::test_that_is_not_there`"),
        *("`ui-tests/gateway.spec.ts [GATE-999]`", "`tests/gateway_contract/`"),
        "`tests/test_security_doc.py::test_doc_every_attack_names_tests_that_exist` and by review",
    ],
)
def test_doc_a_row_without_a_test_that_exists_is_found(tests: str) -> None:
    assert faults(tests)
