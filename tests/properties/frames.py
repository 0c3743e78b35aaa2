"""What hostile pages send over WebSockets: nonsense, damaged messages, and well-formed ones with the wrong contents."""

from __future__ import annotations

import json
import uuid
from typing import Any

from hypothesis import strategies as st

from jupyterlab_cohost.core.chat_questions import QUESTIONS
from jupyterlab_cohost.core.chat_talk import TALK
from jupyterlab_cohost.core.chat_texts import TEXTS

from ..fuzz.test_wire import mutated
from ..gateway_contract.test_kernels import frame, framed

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


#: A page comes into the chat by it; before it everything else ends the connection.
CHAT_HELLO: Frame = json.dumps({"type": "hello", "version": 1, "key": "k" * 43, "seal": "s" * 43, "digest": ""})
_CHAT_TYPES = (*TALK, *QUESTIONS, *TEXTS, "hello", "nonsense", "")
_CHAT_FIELDS = (
    *("entry", "entries", "id", "to", "boxes", "data", "have", "marks", "from", "done", "salt", "text", "missing"),
    *("digest", "newcomers", "version", "key", "seal", "type"),
)
_OF_ENTRY: dict[str, Any] = {
    **{"author": "a", "key": "k" * 43, "seq": 1, "time": 2, "signature": "s" * 86, "hash": "h" * 43, "size": 1},
    **{"body": {"salt": "s" * 22, "text": "x"}, "target": {"author": "a", "key": "k" * 43, "seq": 1, "time": 1}},
    **{"emoji": "+", "on": True, "head_hash": "h" * 43, "stamp": {"at": 1, "host": False, "mac": "m" * 43}},
}


@st.composite
def _entry(draw: st.DrawFn) -> Any:
    """Of the form of one, or nearly."""
    kind = draw(st.sampled_from(["message", "edit", "delete", "reaction", "other"]))
    names = draw(st.sets(st.sampled_from(sorted(_OF_ENTRY)))) | {"author", "key", "seq", "time", "signature"}
    if draw(st.booleans()):
        names -= {"target", "emoji", "on", "head_hash", "stamp"} - ({"target"} if kind != "message" else set())
    entry = {**{name: _OF_ENTRY[name] for name in names}, "kind": kind}
    if draw(st.booleans()):
        entry[draw(st.sampled_from(sorted(entry)))] = draw(JSON)
    return entry


@st.composite
def chat(draw: st.DrawFn) -> Frame:
    """A message of the chat's own types with its own field names, and anything in them."""
    values = JSON | _entry() | st.lists(_entry(), max_size=3) | st.sampled_from(["k" * 43, "all", "new", "", 1, -1, {}])
    fields = draw(st.dictionaries(st.sampled_from(_CHAT_FIELDS), values, max_size=6))
    return json.dumps({**fields, "type": draw(st.sampled_from(_CHAT_TYPES))})


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
