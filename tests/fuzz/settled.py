"""Whether everybody and the file have come to rest, alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .edits import content
from .person import Person


def unsettled(people: list[Person], file: Path, kind: str) -> str | None:
    """What is still missing, for people."""
    clients = [person.client for person in people if person.client is not None]
    waiting = [p.name for p in people if p.client is None or not p.client.all_acknowledged]
    if waiting:
        states = [
            (c.socket is not None, c.synced.is_set(), c.sent, c.acked, c.closes[-3:], c.refusals[-2:]) for c in clients
        ]
        return f"not acknowledged: {waiting}, of {states}"
    copies = [content(client.doc, kind) for client in clients]
    if any(copy != copies[0] for copy in copies):
        return f"copies differ: {_from_where_they_differ(copies)}"
    return _not_in_file(file, kind, copies[0])


def _from_where_they_differ(copies: list[Any]) -> list[str]:
    texts = [json.dumps(copy, ensure_ascii=False, sort_keys=True) for copy in copies]
    alike = next((i for i, letters in enumerate(zip(*texts, strict=False)) if len(set(letters)) > 1), 0)
    return [text[max(0, alike - 60) : alike + 500] for text in texts]


def _not_in_file(file: Path, kind: str, copy: Any) -> str | None:
    try:
        text = file.read_text("utf-8")
        written = text if kind == "text" else _notebook(json.loads(text))
    except (OSError, ValueError) as error:
        return f"the file cannot be read: {error!r}"
    wanted = copy if kind == "text" else _notebook({"cells": copy[0], **copy[1]})
    return None if written == wanted else f"the file differs: {str(written)[-900:]!r} is not {str(wanted)[-900:]!r}"


def _notebook(notebook: dict[str, Any]) -> list[Any]:
    """A notebook as file and document have it in common."""
    return [notebook.get("metadata", {}), *(_cell(cell) for cell in notebook["cells"])]


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in cell["metadata"].items() if key != "trusted"}
    outputs = [_output(output) for output in cell.get("outputs", [])]
    common = {"id": cell["id"], "type": cell["cell_type"], "source": _joined(cell["source"])}
    return {**common, "metadata": metadata, "outputs": outputs}


def _output(output: dict[str, Any]) -> dict[str, Any]:
    data = {key: _joined(value) for key, value in output.get("data", {}).items()}
    return {"type": output["output_type"], "text": _joined(output.get("text", "")), "data": data}


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
