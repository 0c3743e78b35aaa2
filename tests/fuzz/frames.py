"""Good messages of many forms, for damaging."""

from __future__ import annotations

from typing import Any

from pycrdt import Array, Doc, Map, Text

from jupyterlab_cohost.protocol import messages


def _updates() -> list[bytes]:
    """Updates of many forms: text, maps, arrays, nested types, deletions, values of every kind."""
    doc: Doc[Any] = Doc()
    found: list[bytes] = []

    def note(before: bytes) -> bytes:
        found.append(doc.get_update(before))
        return bytes(doc.get_state())

    state = bytes(doc.get_state())
    text = doc.get("source", type=Text)
    text += "hello wörld"
    state = note(state)
    del text[2:4]
    state = note(state)
    cells = doc.get("cells", type=Array)
    cells.append(Map({"id": "x", "cell_type": "code", "source": Text("y"), "metadata": Map({}), "outputs": Array([])}))
    state = note(state)
    doc.get("meta", type=Map)["metadata"] = {"a": [1, None, True, 2.5, "s", {"b": b"\x00"}]}
    state = note(state)
    cells[0]["source"] += "more"
    note(state)
    return [*found, doc.get_update()]


UPDATES = _updates()
FRAMES = [
    *(messages.encode_update(update) for update in UPDATES),
    *(messages.encode_step2(update) for update in UPDATES[:2]),
    messages.encode_step1(b"\x01\x05\x03"),
    messages.encode_awareness(b'\x01\x05\x01\x0d{"user":"me"}'),
    *(
        messages.encode_json(name, body)
        for name, body in (
            ("hello", {"version": 1}),
            ("save", {"id": "1"}),
            ("vouch", {"digests": ["0" * 64]}),
            ("change", {"id": "1", "change": "x", "action": "undo"}),
        )
    ),
]
