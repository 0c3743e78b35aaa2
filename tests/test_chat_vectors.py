"""CHAT-40: the golden cases of ``protocol/vectors/chat.json``, read by a second implementation of the protocol."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jupyterlab_cohost.core.chat_entries import checked_entry
from jupyterlab_cohost.core.chat_limits import CHAT_LIMITS

from .support.chat_client import b64

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent.parent / "protocol/vectors/chat.json").read_text("utf-8"))
ENTRIES: list[dict[str, Any]] = VECTORS["entries"]


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


SIGNER = Ed25519PrivateKey.from_private_bytes(unb64(VECTORS["secrets"]["sign"]))
OPENER = X25519PrivateKey.from_private_bytes(unb64(VECTORS["secrets"]["open"]))


def test_chat_40_the_same_keys() -> None:
    signer, opener = (one.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) for one in (SIGNER, OPENER))
    assert {"key": b64(signer), "seal": b64(opener)} == VECTORS["keys"]


@pytest.mark.parametrize("case", ENTRIES, ids=lambda case: case["entry"]["kind"])
def test_chat_40_signatures(case: dict[str, Any]) -> None:
    entry = case["entry"]
    signed = {name: field for name, field in entry.items() if name not in ("signature", "body", "stamp")}
    canonical = rfc8785.dumps({"session": VECTORS["session"], **signed})
    assert canonical == case["canonical"].encode()
    assert b64(SIGNER.sign(canonical)) == entry["signature"]
    key = Ed25519PublicKey.from_public_bytes(unb64(entry["key"]))
    key.verify(unb64(entry["signature"]), canonical)
    with pytest.raises(InvalidSignature):
        key.verify(unb64(entry["signature"]), canonical + b" ")


@pytest.mark.parametrize("case", ENTRIES, ids=lambda case: case["entry"]["kind"])
def test_chat_40_the_broker_takes_the_golden_entries_and_hashes_are_of_salt_and_text(case: dict[str, Any]) -> None:
    entry = case["entry"]
    if "to" not in entry:
        assert checked_entry(entry, CHAT_LIMITS) == entry
    if "body" in entry:
        text = entry["body"].get("text", entry["body"].get("head"))
        expected = entry["head_hash"] if "head" in entry["body"] else entry["hash"]
        assert b64(hashlib.sha256((entry["body"]["salt"] + text).encode()).digest()) == expected


def test_chat_40_a_sealed_message_opens_for_its_receiver_only() -> None:
    sealed = VECTORS["sealed"]
    context = json.dumps([VECTORS["session"], sealed["from"], sealed["to"]], separators=(",", ":")).encode()
    assert _open(OPENER, sealed, context).decode() == sealed["text"]
    for key, data in ((X25519PrivateKey.generate(), context), (OPENER, b'["x"]')):
        with pytest.raises(InvalidTag):
            _open(key, sealed, data)


def _open(opener: X25519PrivateKey, sealed: dict[str, str], context: bytes) -> bytes:
    box = unb64(sealed["box"])
    ephemeral, wrapped = box[:32], box[32:]
    receiver = opener.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = opener.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    wrap = HKDF(SHA256(), 32, ephemeral + receiver, b"cohost chat 1").derive(shared)
    return _decrypt(_decrypt(wrap, wrapped, context), unb64(sealed["data"]), context)


def _decrypt(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) from the parts that ``cryptography`` has."""
    nonce = sealed[:24]
    return ChaCha20Poly1305(_hchacha20(key, nonce[:16])).decrypt(bytes(4) + nonce[16:], sealed[24:], context)


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    words = [int.from_bytes((b"expand 32-byte k" + key + nonce)[at : at + 4], "little") for at in range(0, 64, 4)]
    for _ in range(10):
        for quarter in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            _quarter(words, *quarter)
        for quarter in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            _quarter(words, *quarter)
    return b"".join(word.to_bytes(4, "little") for word in words[:4] + words[12:])


def _quarter(words: list[int], a: int, b: int, c: int, d: int) -> None:
    for add, to, turn in ((b, d, 16), (d, b, 12), (b, d, 8), (d, b, 7)):
        left = a if to == d else c
        words[left] = (words[left] + words[add]) & 0xFFFFFFFF
        mixed = words[to] ^ words[left]
        words[to] = ((mixed << turn) | (mixed >> (32 - turn))) & 0xFFFFFFFF
