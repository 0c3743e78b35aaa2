"""The host exports notebooks where guests may write, on a server that was started in the shared folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..support.gateway import NOTEBOOK, Answer, Guest, World

Guests = Callable[[str], Guest]
FORMATS = ("html", "script", "markdown", "latex")
#: What a hostile template makes.
_PROOF = "proof-of-code"
#: Any that can be imported; and how it can be told from the one for scripts.
_CLASS, _OF_CLASS = "nbconvert.exporters.MarkdownExporter", b"```"


def _upload(editor: Guest, path: str, content: Any) -> None:
    kind = {"type": "notebook", "format": "json"} if isinstance(content, dict) else {"type": "file", "format": "text"}
    assert editor.request("PUT", f"api/contents/{path}", {**kind, "content": content}).status in (200, 201)


def _naming(exporter: str) -> dict[str, Any]:
    language = {"name": "python", "nbconvert_exporter": exporter}
    return {**NOTEBOOK, "metadata": {**NOTEBOOK["metadata"], "language_info": language}}


def _export(world: World, kind: str, path: str) -> Answer:
    return world.host("GET", f"nbconvert/{kind}/{path}?download=true")


@pytest.fixture
def started_in_shared(world: World) -> Iterator[Path]:
    """As if the shared folder were the one that the server was started in: nbconvert looks there."""
    shared = world.server.root / "shared"
    names = ("lab", "base", "python", "latex")
    ways = [world.server.work / name for name in names]
    for way in ways:
        way.symlink_to(shared / way.name)
    proof = world.server.work / _PROOF
    yield proof
    for way in ways:
        way.unlink()
    proof.unlink(missing_ok=True)


def test_trust_47_templates_that_guests_bring_are_not_used(
    guest: Guests, world: World, started_in_shared: Path
) -> None:
    editor = guest("editor")
    _upload(editor, "shared/plain.ipynb", NOTEBOOK)
    code = f"{{{{ cycler.__init__.__globals__.os.system('touch {started_in_shared}') }}}}"
    conf = {"base_template": "base", "mimetypes": {"text/html": True}}
    for folder in ("lab", "base", "python", "latex"):
        editor.request("PUT", f"api/contents/shared/{folder}", {"type": "directory"})
        _upload(editor, f"shared/{folder}/conf.json", json.dumps(conf))
        for name in ("index.html.j2", "index.py.j2", "index.md.j2", "index.tex.j2", "base.html.j2"):
            _upload(editor, f"shared/{folder}/{name}", code)
    for kind in FORMATS:
        answer = _export(world, kind, "shared/plain.ipynb")
        assert answer.status == 200, answer.body
        assert b"6" in answer.body
    assert world.host("GET", "api/nbconvert").status == 200
    assert not started_in_shared.exists()


@pytest.mark.parametrize("spelled", ["shared/named.ipynb", "deep%2f..%2fshared/named.ipynb"])
def test_trust_47_no_class_that_a_guest_names_exports(guest: Guests, world: World, spelled: str) -> None:
    _upload(guest("editor"), "shared/named.ipynb", _naming(_CLASS))
    answer = _export(world, "script", spelled)
    assert answer.status == 200 and b"6 * 7" in answer.body
    assert _OF_CLASS not in answer.body


def test_trust_47_the_hosts_own_notebooks_name_their_exporter(world: World) -> None:
    path = world.server.root / "own.ipynb"
    path.write_text(json.dumps(_naming(_CLASS)))
    assert _OF_CLASS in _export(world, "script", "own.ipynb").body
