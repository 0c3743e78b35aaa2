"""The service's signing keys: Ed25519, in a file that only the service reads, replaced every month."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from ..protocol.assertions import ALGORITHM, LIFETIME_S, TYPE

_MONTH_S = 30 * 86400.0
#: What a key has signed is worth nothing after a minute; the rest is for clocks.
_SHOWN_AFTERWARDS_S = 3600.0
_MODE = 0o600


class KeyRing:
    """``now`` gives seconds since 1970. Raises OSError when the file can be neither read nor written."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file, self._now = file, now
        self._keys: list[dict[str, Any]] = self._read()
        self._rotate()

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT; ``iat``, ``exp`` and ``jti`` are added."""
        self._rotate()
        newest, issued = self._keys[-1], int(self._now())
        whole = {**claims, "iat": issued, "exp": issued + LIFETIME_S, "jti": secrets.token_urlsafe(16)}
        key = OKPAlgorithm.from_jwk(newest["jwk"])
        headers = {"kid": newest["kid"], "typ": TYPE}
        return jwt.encode(whole, key, algorithm=ALGORITHM, headers=headers)  # type: ignore[arg-type]

    def public(self) -> dict[str, Any]:
        """A JSON Web Key Set."""
        self._rotate()
        parts = ("kty", "crv", "x")
        shown = [{**{part: key["jwk"][part] for part in parts}, "kid": key["kid"]} for key in self._keys]
        return {"keys": [{**key, "use": "sig", "alg": ALGORITHM} for key in shown]}

    def _rotate(self) -> None:
        now = self._now()
        if self._keys and abs(now - self._keys[-1]["made_at"]) < _MONTH_S:
            return
        jwk = json.loads(OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate()))
        kept = [key for key in self._keys if now - key.get("retired_at", now) < _SHOWN_AFTERWARDS_S]
        retired = [{**key, "retired_at": key.get("retired_at", now)} for key in kept]
        self._keys = [*retired, {"kid": secrets.token_urlsafe(8), "made_at": now, "jwk": jwk}]
        write_private(self._file, json.dumps({"keys": self._keys}))

    def _read(self) -> list[dict[str, Any]]:
        """A file that makes no sense is set aside: new keys are made, nobody has to do anything."""
        try:
            keys = json.loads(self._file.read_text("utf-8"))["keys"]
            for key in keys:
                OKPAlgorithm.from_jwk(key["jwk"])
                float(key["made_at"]), str(key["kid"])
            return list(keys)
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError, jwt.PyJWTError):
            os.replace(self._file, self._file.with_name(self._file.name + ".unreadable"))
            return []


def write_private(file: Path, text: str) -> None:
    """Replaces the file at once; nobody else may read it. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
