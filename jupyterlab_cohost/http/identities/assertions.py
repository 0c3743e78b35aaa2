"""Checks what the hub service says about a guest: signature, service, gateway, time, browser, and that it is new."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

import jwt

from ...core.audience import HubIdentity
from ...protocol.assertions import ALGORITHM, CLAIMS, LEEWAY_S, LIFETIME_S, TYPE, nonce_of
from .errors import SignInFailed, UnknownKey

_MOST_CHARACTERS = 16_384
_MOST_GROUPS = 1000


class Verifier:
    """One per server. ``now`` gives seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._used: dict[str, float] = {}

    def set_keys(self, key_set: dict[str, Any]) -> None:
        """The service's JSON Web Key Set; what is not an Ed25519 key is left out. Raises SignInFailed for no set."""
        try:
            keys = [key for key in key_set["keys"] if key.get("kty") == "OKP" and key.get("crv") == "Ed25519"]
            self._keys = {str(key["kid"]): jwt.PyJWK(key, algorithm=ALGORITHM) for key in keys}
        except (KeyError, TypeError, AttributeError, jwt.PyJWTError):
            raise SignInFailed() from None

    def knows(self, assertion: str) -> bool:
        """Whether the key that the assertion names is known. Raises SignInFailed for what is no assertion."""
        return self._kid(assertion) in self._keys

    def identity(self, assertion: object, *, issuer: str, audience: str, cookie: str) -> HubIdentity:
        """Uses it up. Raises SignInFailed, UnknownKey."""
        if not isinstance(assertion, str):
            raise SignInFailed()
        key = self._keys.get(self._kid(assertion))
        if key is None:
            raise UnknownKey()
        claims = self._claims(assertion, key, issuer, audience)
        if not hmac.compare_digest(str(claims["nonce"]), nonce_of(cookie)):
            raise SignInFailed()
        identity = _identity(claims)
        self._use(str(claims["jti"]), float(claims["exp"]))
        return identity

    def _kid(self, assertion: str) -> str:
        try:
            if len(assertion) > _MOST_CHARACTERS:
                raise SignInFailed()
            header = jwt.get_unverified_header(assertion)
        except (jwt.PyJWTError, ValueError):
            raise SignInFailed() from None
        if header.get("typ") != TYPE or header.get("alg") != ALGORITHM:
            raise SignInFailed()
        return str(header.get("kid"))

    def _claims(self, assertion: str, key: jwt.PyJWK, issuer: str, audience: str) -> dict[str, Any]:
        """Time is checked here: the clock is passed in."""
        options: Any = {"require": list(CLAIMS), "verify_exp": False, "verify_iat": False, "strict_aud": True}
        try:
            claims: dict[str, Any] = jwt.decode(
                assertion, key, algorithms=[ALGORITHM], audience=audience, issuer=issuer, options=options
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise SignInFailed() from None
        issued, expires, now = claims["iat"], claims["exp"], self._now()
        if not all(isinstance(time, int) and not isinstance(time, bool) for time in (issued, expires)):
            raise SignInFailed()
        if expires - issued > LIFETIME_S or issued > now + LEEWAY_S or expires < now - LEEWAY_S:
            raise SignInFailed()
        return claims

    def _use(self, jti: str, expires: float) -> None:
        """Raises SignInFailed for one that was used before."""
        now = self._now()
        self._used = {key: until for key, until in self._used.items() if until >= now - LEEWAY_S}
        if jti in self._used:
            raise SignInFailed()
        self._used[jti] = expires


def _identity(claims: dict[str, Any]) -> HubIdentity:
    user, groups = claims["sub"], claims["groups"]
    if not isinstance(user, str) or not user or not isinstance(groups, list) or len(groups) > _MOST_GROUPS:
        raise SignInFailed()
    if not all(isinstance(group, str) for group in groups):
        raise SignInFailed()
    return HubIdentity(user, frozenset(groups))
