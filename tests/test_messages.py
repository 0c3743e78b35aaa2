"""The wire format, by the golden cases that the browser's suite reads too, and by random bytes."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_cohost.protocol import messages
from jupyterlab_cohost.protocol.digest import output_digest, widget_digests
from jupyterlab_cohost.protocol.varint import MalformedMessage, read_varuint, write_varuint

VECTORS = Path(__file__).parent.parent / "protocol" / "vectors"
MESSAGES = json.loads((VECTORS / "messages.json").read_text("utf-8"))
_DIGESTS = json.loads((VECTORS / "digests.json").read_text("utf-8"))
DIGESTS, WIDGETS = _DIGESTS["cases"], _DIGESTS["widgets"]


def as_json(message: messages.ClientMessage) -> dict[str, Any]:
    if isinstance(message, messages.SyncStep1):
        return {"type": "sync_step1", "state_vector": message.state_vector.hex()}
    if isinstance(message, messages.SyncUpdate):
        return {"type": "sync_step2" if message.step2 else "sync_update", "update": message.update.hex()}
    if isinstance(message, messages.AwarenessUpdate):
        return {"type": "awareness", "update": message.update.hex()}
    if isinstance(message, messages.QueryAwareness):
        return {"type": "query_awareness"}
    if isinstance(message, messages.Hello):
        told = {"identities": True} if message.identities else {}
        return {"type": "hello", "version": message.version, **told}
    if isinstance(message, messages.Vouch):
        return {"type": "vouch", "digests": sorted(message.digests)}
    if isinstance(message, messages.Save):
        return {"type": "save", "id": message.id, **({"restore": True} if message.restore else {})}
    if isinstance(message, messages.ChangeAction):
        return {"type": "change", "id": message.id, "change": message.change, "action": message.action}
    if isinstance(message, messages.Ping):
        return {"type": "ping"}
    return {"type": "unknown", "number": message.type}


@pytest.mark.parametrize("case", MESSAGES["from_client"], ids=lambda case: case["name"])
def test_room_1_reads_what_clients_send(case: dict[str, Any]) -> None:
    assert as_json(messages.decode(bytes.fromhex(case["frame"]))) == case["message"]


@pytest.mark.parametrize("case", MESSAGES["malformed"], ids=lambda case: case["name"])
def test_room_2_refuses_malformed_frames(case: dict[str, Any]) -> None:
    with pytest.raises(MalformedMessage):
        messages.decode(bytes.fromhex(case["frame"]))


@pytest.mark.parametrize("case", MESSAGES["from_server"], ids=lambda case: case["name"])
def test_room_1_writes_what_clients_read(case: dict[str, Any]) -> None:
    if case["type"] == "ack":
        assert messages.encode_ack(case["body"]).hex() == case["frame"]
    else:
        assert messages.encode_json(case["type"], case["body"]).hex() == case["frame"]


@given(st.binary(max_size=200))
def test_room_2_any_bytes_are_read_or_refused(frame: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        messages.decode(frame)


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_room_1_numbers_come_back(number: int) -> None:
    encoded = write_varuint(number)
    assert read_varuint(encoded, 0) == (number, len(encoded))


@pytest.mark.parametrize("case", DIGESTS, ids=lambda case: case["name"])
def test_trust_1_digests(case: dict[str, Any]) -> None:
    assert output_digest(case["output"]) == case["digest"]


@pytest.mark.parametrize("case", WIDGETS, ids=lambda case: case["name"])
def test_trust_36_digests_of_widgets(case: dict[str, Any]) -> None:
    assert widget_digests(case["widgets"]) == case["digests"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "\ud800", {1: 2}, {"__proto__": 1}])
def test_trust_1_no_digest_without_canonical_form(value: object) -> None:
    assert output_digest({"output_type": "display_data", "data": {"application/json": value}}) is None
