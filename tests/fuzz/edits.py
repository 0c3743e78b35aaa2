"""What a person does to their copy of the document, by the names in a plan."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from pycrdt import Array, Doc, Map, Text

from .book import Book
from .plan import Step

Cell = Map[Any]


def texts(doc: Doc[Any], kind: str) -> list[tuple[str, Text]]:
    """``(cell id, text)`` of everything that can be typed into."""
    if kind == "text":
        return [("", doc.get("source", type=Text))]
    return [(str(cell["id"]), cell["source"]) for cell in doc.get("cells", type=Array)]


def all_text(doc: Doc[Any], kind: str) -> str:
    return "\n".join(str(text) for _, text in texts(doc, kind))


def content(doc: Doc[Any], kind: str) -> Any:
    """To be compared between copies."""
    if kind == "text":
        return str(doc.get("source", type=Text))
    return [doc.get("cells", type=Array).to_py(), doc.get("meta", type=Map).to_py()]


def new_cell(cell_type: str, source: str, cell_id: str | None = None) -> Cell:
    code = {"outputs": Array([]), "execution_count": None} if cell_type == "code" else {}
    fields = {"cell_type": cell_type, "id": cell_id or uuid.uuid4().hex[:12], "metadata": Map({})}
    return Map({**fields, "source": Text(source), **code})


class Editor:
    """Edits one copy. ``who`` is written down with every insertion."""

    def __init__(self, doc: Doc[Any], kind: str, book: Book, who: str) -> None:
        self.doc, self.kind, self.book, self.who = doc, kind, book, who
        #: What this copy inserted or deleted and the server has not acknowledged.
        self.tokens: list[str] = []

    @property
    def cells(self) -> Array[Any]:
        return self.doc.get("cells", type=Array)

    def do(self, step: Step) -> None:
        acts: dict[str, Callable[[Step], None]] = {
            name: getattr(self, name)
            for name in ("insert", "delete", "insert_cell", "delete_cell", "move_cell", "split_cell", "merge_cells")
        }
        others = {"change_type": self.change_type, "outputs": self.outputs}
        metadata = {"cell_metadata": self.cell_metadata, "metadata": self.metadata}
        act = {**acts, **others, **metadata}[step["do"]]
        with self.doc.transaction(origin="person"):
            act(step)

    def _text(self, step: Step) -> tuple[str, Text] | None:
        found = texts(self.doc, self.kind)
        return found[int(step["at"] * len(found))] if found else None

    def _cell(self, fraction: float) -> int | None:
        return int(fraction * len(self.cells)) if len(self.cells) else None

    def insert(self, step: Step) -> None:
        place = self._text(step)
        if place is not None:
            cell, text = place
            token = self.book.token(self.who, cell)
            self.tokens.append(token)
            plain = str(text)
            offset = int(step["to"] * (len(plain) + 1))
            text.insert(len(plain[:offset].encode()), token)

    def delete(self, step: Step) -> None:
        place = self._text(step)
        if place is not None and len(str(place[1])):
            text = place[1]
            plain = str(text)
            offset = int(step["to"] * len(plain))
            start = len(plain[:offset].encode())
            del text[start : start + len(plain[offset].encode())]
            self.book.gone(plain, plain[:offset] + plain[offset + 1 :])
            self.tokens.append(plain[offset])

    def insert_cell(self, step: Step) -> None:
        self.cells.insert(int(step["at"] * (len(self.cells) + 1)), new_cell("code", ""))

    def delete_cell(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None and len(self.cells) > 2:
            self.book.shaken.add(str(self.cells[index]["id"]))
            del self.cells[index]

    def move_cell(self, step: Step) -> None:
        """As JupyterLab does it: a copy at the new place, the old one deleted."""
        index = self._cell(step["at"])
        if index is not None:
            cell = self.cells[index]
            cell_id = str(cell["id"])
            self.book.shaken.add(cell_id)
            copy = new_cell(str(cell["cell_type"]), str(cell["source"]), cell_id)
            del self.cells[index]
            self.cells.insert(int(step["to"] * (len(self.cells) + 1)), copy)

    def split_cell(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None:
            cell = self.cells[index]
            plain = str(cell["source"])
            cut = int(step["to"] * (len(plain) + 1))
            self.book.shaken.add(str(cell["id"]))
            start = len(plain[:cut].encode())
            del cell["source"][start : len(plain.encode())]
            self.cells.insert(index + 1, new_cell(str(cell["cell_type"]), plain[cut:]))

    def merge_cells(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None and index + 1 < len(self.cells):
            first, second = self.cells[index], self.cells[index + 1]
            self.book.shaken |= {str(first["id"]), str(second["id"])}
            first["source"] += "\n" + str(second["source"])
            del self.cells[index + 1]

    def change_type(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None:
            cell = self.cells[index]
            cell_id, wanted = str(cell["id"]), "markdown" if cell["cell_type"] == "code" else "code"
            self.book.shaken.add(cell_id)
            copy = new_cell(wanted, str(cell["source"]), cell_id)
            del self.cells[index]
            self.cells.insert(index, copy)

    def outputs(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None and "outputs" in self.cells[index]:
            found = self.cells[index]["outputs"]
            if step["to"] < 0.3:
                found.clear()
            else:
                found.append(Map({"output_type": "stream", "name": "stdout", "text": Text("line\n")}))

    def cell_metadata(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None:
            self.cells[index]["metadata"][f"key{int(step['to'] * 3)}"] = int(step["to"] * 100)

    def metadata(self, step: Step) -> None:
        meta = self.doc.get("meta", type=Map)
        inner = meta.get("metadata")
        (inner if isinstance(inner, Map) else meta)[f"key{int(step['to'] * 3)}"] = int(step["to"] * 100)
