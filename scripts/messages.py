"""Writes the template catalogue of everything that people read, ``jupyterlab_cohost/locale/jupyterlab_cohost.pot``, and
checks and builds the translations beside it.

``python scripts/messages.py`` writes the template and takes it over into every translation,
``LOCALE/LC_MESSAGES/jupyterlab_cohost.po`` (what is new there is empty, what is gone is dropped). ``--check`` changes
nothing and fails when something is out of date or not translated. The JSON files that JupyterLab reads are made from
the translations.
"""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "jupyterlab_cohost"
LOCALE = ROOT / DOMAIN / "locale"
HEADER = "# Translations of jupyterlab-cohost.\n"
#: Not for people: wrong requests of programs, and the pages of the hub service, which are its own.
_PROGRAMS = re.compile(r"'%1'|Unknown field|is not a JSON object|^(SELECT|DELETE|INSERT|UPDATE|PRAGMA) ")


def from_page() -> Iterator[tuple[str, str]]:
    """``(text, file)`` of every ``trans.__`` and ``trans._n`` of the page, and of the landing page's script."""
    script = ROOT / "scripts" / "messages.mjs"
    found = subprocess.run(["node", str(script)], capture_output=True, text=True, check=True, cwd=ROOT)
    for text, plural, file in json.loads(found.stdout):
        yield (text, plural) if plural else text, file  # type: ignore[misc]


def from_plain_pages() -> Iterator[tuple[str, str]]:
    """``{{_ …}}`` in the HTML of the gateway's own pages."""
    for path in sorted((ROOT / DOMAIN / "http").rglob("*.html")):
        for text in re.findall(r"\{\{_ (.+?)\}\}", path.read_text("utf-8")):
            yield text, str(path.relative_to(ROOT))


def from_server() -> Iterator[tuple[str, str]]:
    """Sentences of ``sentence(…)``, of errors, and of tables of sentences."""
    for path in sorted((ROOT / DOMAIN).rglob("*.py")):
        if {"cli", "hub_service"} & set(path.parts) or path.name == "audit_schemas.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        constants = _constants(tree)
        for node in set(ast.walk(tree)) - _not_for_people(tree):
            value = _text(node, constants) if isinstance(node, (ast.Constant, ast.JoinedStr)) else None
            if value is not None and _is_sentence(value):
                yield value, str(path.relative_to(ROOT))


def _constants(tree: ast.Module) -> dict[str, str]:
    """Texts that have a name, which other texts may hold."""
    named: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = _text(node.value, named)
            named |= {} if value is None else {node.targets[0].id: value}
    return named


def _text(node: ast.AST, constants: dict[str, str]) -> str | None:
    """The text of a constant, or of an f-string of constants."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = [
        constants.get(part.value.id)
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name)
        else _text(part, constants)
        for part in node.values
    ]
    return None if None in parts else "".join(part or "" for part in parts)


def _is_sentence(text: str) -> bool:
    ends = text.endswith((".", "?", "…")) and not text.endswith("..")
    return (
        ends and " " in text.strip() and text[0] in "“%" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" and not _PROGRAMS.search(text)
    )


def _not_for_people(tree: ast.Module) -> set[ast.AST]:
    """Docstrings, help of settings, what is logged, and pieces of longer texts."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(node.value)
        elif isinstance(node, ast.keyword) and node.arg in ("help", "description"):
            found.update(ast.walk(node.value))
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            described = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "description"]
            found.update(part for value in described for part in ast.walk(value))
        elif isinstance(node, ast.JoinedStr):
            found.update(part for part in ast.walk(node) if part is not node)
        elif isinstance(node, ast.Call) and re.match(r"(self\.)?_?log\.", ast.unparse(node.func)):
            found.update(ast.walk(node))
    return found


def from_tables() -> Iterator[tuple[str, str]]:
    """Close codes say why a connection ended."""
    for entry in json.loads((ROOT / "protocol" / "close-codes.json").read_text("utf-8")).values():
        yield entry["message"], "protocol/close-codes.json"


def template() -> Catalog:
    """The catalogue of all texts, in a stable order."""
    catalog = Catalog(project="jupyterlab-cohost", header_comment=HEADER)
    catalog.creation_date = None  # type: ignore[assignment]
    places: dict[str | tuple[str, str], set[str]] = {}
    for text, file in (*from_page(), *from_plain_pages(), *from_server(), *from_tables()):
        places.setdefault(text, set()).add(file)
    for text in sorted(places, key=str):
        catalog.add(text, locations=[(file, None) for file in sorted(places[text])])  # type: ignore[misc]
    return catalog


def translations() -> list[Path]:
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def taken_over(path: Path, texts: Catalog) -> Catalog:
    """A translation with exactly the texts of the template; what was translated stays."""
    with path.open("rb") as file:
        old = read_po(file, domain=DOMAIN)
    new = Catalog(locale=old.locale, project="jupyterlab-cohost", header_comment=HEADER, fuzzy=False)
    new.creation_date = new.revision_date = None  # type: ignore[assignment]
    for message in texts:
        if message.id:
            known = old.get(message.id if isinstance(message.id, str) else message.id[0])
            new.add(message.id, known.string if known else None, locations=message.locations)
    return new


def problems(catalog: Catalog) -> list[str]:
    """What is not translated, or lost a place for an argument."""
    return [problem for message in catalog if message.id and (problem := _problem(message))]


def _problem(message: Message) -> str:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
    if not strings or not all(strings):
        return f"not translated: {ids[0]}"
    places = {place for text in ids for place in re.findall(r"%\d", text)}
    if any(set(re.findall(r"%\d", text)) - places for text in strings):
        return f"a place without an argument: {strings[0]}"
    if set(re.findall(r"%\d", ids[-1])) - set(re.findall(r"%\d", strings[-1])):
        return f"an argument without a place: {strings[-1]}"
    return ""


def as_json(catalog: Catalog) -> str:
    """What JupyterLab reads (Jed's format)."""
    data: dict[str, object] = {
        "": {
            "domain": DOMAIN,
            # As JupyterLab's page looks it up; with an underscore nothing is found.
            "language": str(catalog.locale).replace("_", "-"),
            "plural_forms": f"nplurals={catalog.num_plurals}; plural={catalog.plural_expr};",
        }
    }
    for message in catalog:
        # What is not translated yet stays out: the page says it in English.
        if message.id and not _problem(message):
            key = message.id if isinstance(message.id, str) else message.id[0]
            data[key] = [message.string] if isinstance(message.string, str) else list(message.string)
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def of_pages(catalog: Catalog) -> str:
    """What the gateway's plain pages read: their own texts and the server's sentences."""
    texts = {
        message.id: message.string
        for message in catalog
        if isinstance(message.id, str) and message.id and not _problem(message)
        if any(not file.startswith("src/") for file, _ in message.locations)
    }
    return json.dumps(texts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def as_po(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=120, omit_header=False, no_location=False, sort_output=False)
    lines = out.getvalue().decode().splitlines()
    # Dates and the tool's version would differ each time.
    kept = [line for line in lines if not re.match(r'"(POT-Creation-Date|PO-Revision-Date|Generated-By)', line)]
    return ("\n".join(kept).rstrip("\n") + "\n").encode()


def main() -> int:
    check = "--check" in sys.argv
    texts = template()
    wanted: dict[Path, bytes] = {LOCALE / f"{DOMAIN}.pot": as_po(texts)}
    complaints: list[str] = []
    for path in translations():
        catalog = taken_over(path, texts)
        wanted[path] = as_po(catalog)
        wanted[path.with_suffix(".json")] = as_json(catalog).encode()
        wanted[path.with_name("pages.json")] = of_pages(catalog).encode()
        complaints += [f"{path.relative_to(ROOT)}: {problem}" for problem in problems(catalog)]
    for path, content in wanted.items():
        if check and (not path.exists() or path.read_bytes() != content):
            complaints.append(f"{path.relative_to(ROOT)} is out of date: python scripts/messages.py")
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    print("\n".join(complaints))
    print(f"{len(texts)} texts, {len(complaints)} problems")
    return 1 if check and complaints else 0


if __name__ == "__main__":
    sys.exit(main())
