"""Ids and secrets. Ids name things; only secrets open them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NewType

SessionId = NewType("SessionId", str)
InviteId = NewType("InviteId", str)
ParticipantId = NewType("ParticipantId", str)
DocumentId = NewType("DocumentId", str)
Epoch = NewType("Epoch", str)
Secret = NewType("Secret", str)
SecretHash = NewType("SecretHash", str)


def new_id() -> str:
    """A random name of 96 bits, URL-safe, 16 characters."""
    return secrets.token_urlsafe(12)


def new_secret() -> Secret:
    """A random secret of 256 bits, URL-safe, 43 characters."""
    return Secret(secrets.token_urlsafe(32))


def hash_secret(secret: str) -> SecretHash:
    """SHA-256 in hex. The secret has 256 bits of entropy, so that no slow hash is needed."""
    return SecretHash(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest())


def matches(secret: str, stored: SecretHash) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored)
