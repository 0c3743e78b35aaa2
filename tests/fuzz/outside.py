"""Another program that writes the file, as editors and formatters do: reads, changes, replaces."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .book import Book
from .plan import Step


def outside_write(file: Path, kind: str, step: Step, book: Book) -> None:
    """Tries again when the server saved between reading and writing, as a careful program would."""
    token = book.token("another program")
    book.may_be.add(token)
    for _ in range(20):
        try:
            before = os.stat(file)
            text = file.read_text("utf-8")
            new = _text(text, step, book, token) if kind == "text" else _notebook(text, step, book, token)
        except (OSError, ValueError):
            return
        temporary = file.with_name(f".{file.name}.outside")
        temporary.write_text(new, "utf-8")
        now = os.stat(file)
        if (before.st_ino, before.st_mtime_ns) == (now.st_ino, now.st_mtime_ns):
            os.replace(temporary, file)
            if token in new:
                book.may_be.discard(token)
            return


def _text(text: str, step: Step, book: Book, token: str) -> str:
    lines = text.splitlines(keepends=True)
    if step["how"] == "delete_line" and lines:
        index = int(step["at"] * len(lines))
        # What is typed into this line meanwhile may stay or go.
        book.may_be |= set(lines.pop(index))
        return "".join(lines)
    lines.insert(int(step["at"] * (len(lines) + 1)), f"outside {token}\n")
    if len(lines) > 1 and not lines[-2].endswith("\n"):
        lines[-2] += "\n"
    return "".join(lines)


def _notebook(text: str, step: Step, book: Book, token: str) -> str:
    notebook: dict[str, Any] = json.loads(text)
    cells = notebook["cells"]
    if step["how"] == "delete_line" and len(cells) > 2:
        book.shaken.add(str(cells.pop(int(step["at"] * len(cells)))["id"]))
    elif cells:
        cell = cells[int(step["at"] * len(cells))]
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        book.cell_of[token] = str(cell["id"])
        cell["source"] = f"{source}\n# outside {token}"
    return json.dumps(notebook)
