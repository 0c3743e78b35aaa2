"""Kernel messages as the WebSocket carries them (subprotocol v1): what a guest may send, what the rest gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"

#: By channel, for those who may execute. History is refused to all: it holds what the host did elsewhere.
ALLOWED: dict[str, frozenset[str]] = {
    "shell": frozenset(
        (
            *("kernel_info_request", "execute_request", "complete_request", "inspect_request", "is_complete_request"),
            *("comm_info_request", "comm_open", "comm_msg", "comm_close"),
        )
    ),
    "control": frozenset(
        ("kernel_info_request", "interrupt_request", "create_subshell_request", "delete_subshell_request")
    ),
    "stdin": frozenset(("input_reply",)),
}


class Malformed(ValueError):
    """Not a kernel message in this framing."""


@dataclass(frozen=True)
class Head:
    """What can be known of a message without reading its content."""

    channel: str
    header: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.header["msg_type"])

    @property
    def id(self) -> str:
        return str(self.header["msg_id"])

    @property
    def is_allowed(self) -> bool:
        return self.type in ALLOWED.get(self.channel, ())


def _offsets(frame: bytes, least: int) -> list[int]:
    count = int.from_bytes(frame[:8], "little")
    if not least <= count <= 1024 or len(frame) < 8 * (count + 1):
        raise Malformed("offsets")
    offsets = [int.from_bytes(frame[8 * (i + 1) : 8 * (i + 2)], "little") for i in range(count)]
    if offsets != sorted(offsets) or offsets[0] != 8 * (count + 1) or offsets[-1] != len(frame):
        raise Malformed("offsets")
    return offsets


def read_head(frame: bytes | str) -> Head:
    """The channel and the header of a client's message. Raises Malformed, also for the older JSON framing."""
    if not isinstance(frame, bytes):
        raise Malformed("text")
    offsets = _offsets(frame, least=6)
    try:
        channel = frame[offsets[0] : offsets[1]].decode("ascii")
        header, parent, metadata, content = (json.loads(frame[offsets[i] : offsets[i + 1]]) for i in range(1, 5))
    except (ValueError, RecursionError) as error:
        raise Malformed("json") from error
    if not all(isinstance(part, dict) for part in (header, parent, metadata, content)):
        raise Malformed("parts")
    if channel not in ALLOWED or not all(isinstance(header.get(key), str) for key in ("msg_type", "msg_id", "session")):
        raise Malformed("header")
    return Head(channel, header)


@dataclass(frozen=True)
class Status:
    """What a kernel publishes of a request: ``busy``, ``idle``, or ``starting`` of no request.

    ``is_execution``: the request is to run code. ``subshell``: where, "" for the main shell.
    """

    request: str
    state: str
    is_execution: bool
    subshell: str


def status_in(header: bytes, parent: bytes, content: bytes) -> Status | None:
    """From the parts of a message on ``iopub``; None when it is not about a status."""
    if b'"status"' not in header:
        return None
    try:
        about, said = json.loads(parent), json.loads(content)
        request, state = str(about.get("msg_id", "")), str(said.get("execution_state", ""))
        return Status(request, state, about.get("msg_type") == "execute_request", str(about.get("subshell_id") or ""))
    except (ValueError, AttributeError, RecursionError):
        return None


def read_status(frame: bytes) -> Status | None:
    """As ``status_in``, from a frame of the server to a page."""
    try:
        offsets = _offsets(frame, least=6)
    except Malformed:
        return None
    parts = [frame[start:end] for start, end in pairwise(offsets[:6])]
    return status_in(parts[1], parts[2], parts[4]) if parts[0] == b"iopub" else None


def refusal(head: Head, reason: str) -> dict[str, Any] | None:
    """The content of the reply to a refused request, so that the page does not wait; None: no reply is due."""
    if not head.type.endswith("_request"):
        return None
    if head.type == "history_request":
        return {"status": "ok", "history": []}
    if head.type == "comm_info_request":
        return {"status": "ok", "comms": {}}
    error = {"status": "error", "ename": "Forbidden", "evalue": reason, "traceback": []}
    if head.type == "debug_request":
        return {**error, "type": "response", "success": False, "body": {"isStarted": False}}
    return error
