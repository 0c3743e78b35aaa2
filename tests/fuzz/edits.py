"""What a person does to their copy of the document, by the names in a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pycrdt import Array, Doc, Map, Text

from .cells import Cell, copy_of, new_cell, new_output, result, stream
from .plan import Step


def texts(doc: Doc[Any], kind: str) -> list[Text]:
    """Everything that can be typed into."""
    if kind == "text":
        return [doc.get("source", type=Text)]
    return [cell["source"] for cell in doc.get("cells", type=Array)]


def content(doc: Doc[Any], kind: str) -> Any:
    """To be compared between copies."""
    if kind == "text":
        return str(doc.get("source", type=Text))
    return [doc.get("cells", type=Array).to_py(), doc.get("meta", type=Map).to_py()]


class Editor:
    """Edits one copy; ``token`` gives a character that nobody typed yet."""

    def __init__(self, doc: Doc[Any], kind: str, token: Callable[[], str]) -> None:
        self.doc, self.kind, self._token = doc, kind, token

    @property
    def cells(self) -> Array[Any]:
        cells: Array[Any] = self.doc.get("cells", type=Array)
        return cells

    def do(self, step: Step) -> None:
        """One transaction. ``step["do"]`` is the name of one of the methods below."""
        acts: list[Callable[[Step], None]] = [self.insert, self.type_line, self.delete, self.delete_range]
        acts += [self.insert_cell, self.delete_cell, self.move_cell, self.split_cell, self.merge_cells]
        acts += [self.change_type, self.outputs, self.cell_metadata, self.metadata]
        act = next(act for act in acts if act.__name__ == step["do"])
        with self.doc.transaction(origin="person"):
            act(step)

    def _text(self, step: Step) -> Text | None:
        found = texts(self.doc, self.kind)
        return found[int(step["at"] * len(found))] if found else None

    def _cell(self, fraction: float) -> int | None:
        return int(fraction * len(self.cells)) if len(self.cells) else None

    def insert(self, step: Step) -> None:
        text = self._text(step)
        if text is not None:
            plain = str(text)
            text.insert(_bytes(plain, int(step["to"] * (len(plain) + 1))), self._token())

    def type_line(self, step: Step) -> None:
        """A line of its own in one go, as pasted."""
        text = self._text(step)
        if text is not None:
            lines = str(text).split("\n")
            before = "\n".join(lines[: int(step["to"] * len(lines))])
            pasted = f"pasted {self._token()} and {self._token()}\n"
            text.insert(len(f"{before}\n".encode()) if before else 0, pasted)

    def delete(self, step: Step) -> None:
        self._delete(step, 1)

    def delete_range(self, step: Step) -> None:
        """What someone selected, over the ends of lines."""
        self._delete(step, 2 + int(step["at"] * 8))

    def _delete(self, step: Step, length: int) -> None:
        text = self._text(step)
        if text is not None and len(str(text)):
            plain = str(text)
            offset = int(step["to"] * len(plain))
            del text[_bytes(plain, offset) : _bytes(plain, min(len(plain), offset + length))]

    def insert_cell(self, step: Step) -> None:
        kind = "markdown" if step["at"] < 0.2 else "code"
        source = self._token() if step["to"] < 0.5 else ""
        self.cells.insert(int(step["at"] * (len(self.cells) + 1)), new_cell(kind, source))

    def delete_cell(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None and len(self.cells) > 2:
            del self.cells[index]

    def move_cell(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None:
            copy = copy_of(self.cells[index])
            del self.cells[index]
            self.cells.insert(int(step["to"] * (len(self.cells) + 1)), copy)

    def split_cell(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None:
            cell: Cell = self.cells[index]
            plain = str(cell["source"])
            cut = int(step["to"] * (len(plain) + 1))
            del cell["source"][_bytes(plain, cut) : len(plain.encode())]
            self.cells.insert(index + 1, new_cell(str(cell["cell_type"]), plain[cut:]))

    def merge_cells(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None and index + 1 < len(self.cells):
            first, second = self.cells[index], self.cells[index + 1]
            text: Text = first["source"]
            text += "\n" + str(second["source"])
            del self.cells[index + 1]

    def change_type(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None:
            wanted = "markdown" if self.cells[index]["cell_type"] == "code" else "code"
            copy = copy_of(self.cells[index], cell_type=wanted)
            del self.cells[index]
            self.cells.insert(index, copy)

    def outputs(self, step: Step) -> None:
        """A run that ends, or goes on to print; or somebody clears."""
        index = self._cell(step["at"])
        if index is None or "outputs" not in self.cells[index]:
            return
        found = self.cells[index]["outputs"]
        if step["to"] < 0.2:
            found.clear()
        elif step["to"] < 0.4 and len(found) and isinstance(found[-1].get("text"), Text):
            text: Text = found[-1]["text"]
            text += f"more {self._token()}\n"
        else:
            printed = stream(f"line {self._token()}\n") if step["to"] < 0.8 else result(f"value {self._token()}")
            found.append(new_output(printed))

    def cell_metadata(self, step: Step) -> None:
        index = self._cell(step["at"])
        if index is not None:
            self.cells[index]["metadata"][f"key{int(step['to'] * 3)}"] = self._token()

    def metadata(self, step: Step) -> None:
        inner = self.doc.get("meta", type=Map).get("metadata")
        if isinstance(inner, Map):
            inner[f"key{int(step['to'] * 3)}"] = self._token()


def _bytes(plain: str, offset: int) -> int:
    """pycrdt counts bytes."""
    return len(plain[:offset].encode())
