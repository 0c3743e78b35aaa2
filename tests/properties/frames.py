"""What hostile pages send over WebSockets: nonsense, damaged messages, and well-formed ones with the wrong contents."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ..fuzz.test_wire import mutated
from ..gateway_contract.test_kernels import frame, framed

PROTOCOL = Path(__file__).parents[2] / "protocol"
Frame = bytes | str

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
#: Deeper than a parser that calls itself can go.
DEEP = "[" * 100_000

NONSENSE: st.SearchStrategy[Frame] = (
    st.binary(max_size=200) | st.text(max_size=200) | JSON.map(json.dumps) | st.sampled_from([DEEP, DEEP.encode(), ""])
)


def _chat_words() -> list[str]:
    known = json.loads((PROTOCOL / "chat.json").read_text("utf-8"))
    found: list[str] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                found.append(name)
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)
        elif isinstance(value, str) and len(value) < 30:
            found.append(value)

    look(known)
    return sorted(set(found))


WORDS = _chat_words()


@st.composite
def chat(draw: st.DrawFn) -> Frame:
    """An object with the chat's own field names and types, and anything in them."""
    names = st.sampled_from(["author", "key", "seq", "time", "kind", "signature", "body", "to", "about", *WORDS])
    fields = draw(st.dictionaries(names, JSON | st.sampled_from(WORDS), max_size=8))
    kind = st.sampled_from(["hello", "entry", "entries", "typing", "need", "give", "read", "settings", "ping", *WORDS])
    return json.dumps({**fields, "type": draw(kind)})


KERNEL_TYPES = (
    *("execute_request", "kernel_info_request", "history_request", "shutdown_request", "debug_request", "input_reply"),
    *("comm_open", "comm_msg", "interrupt_request", "complete_request", "usage_request", "nonsense", "", "\x00"),
)


@st.composite
def kernel(draw: st.DrawFn) -> Frame:
    """In the framing of subprotocol v1: right and wrong channels, types, contents and cuts. Code only draws a name."""
    channel = draw(st.sampled_from(["shell", "control", "stdin", "iopub", "heartbeat", "", "shell\x00"]))
    kind = draw(st.sampled_from(KERNEL_TYPES))
    content = draw(st.dictionaries(st.sampled_from(["code", "silent", "comm_id", "data", "detail_level"]), JSON))
    if "code" in content:
        content["code"] = "pass"
    data = bytearray(frame(channel, kind, content, uuid.UUID(int=draw(st.integers(0, 2**64))).hex)[1])
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(DEEP_KERNEL))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=6))
    return bytes(data)


#: What a parser that calls itself falls over, in every part of a message.
DEEP_KERNEL = [
    framed([b"shell", *(DEEP.encode() if part == deep else b"{}" for part in range(4))]) for deep in range(4)
]


@st.composite
def room(draw: st.DrawFn) -> Frame:
    """y-websocket's and our own messages, damaged; and our own with anything in their JSON."""
    if draw(st.booleans()):
        return draw(mutated())
    text = json.dumps(draw(JSON)).encode()
    kind, length = draw(st.integers(90, 127)), len(text)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return bytes([kind]) + size + text
