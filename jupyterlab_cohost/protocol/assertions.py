"""What the hub service says about a guest to one session's gateway: a JWT (RFC 7519), signed with Ed25519 (RFC 8037).

Claims: ``iss`` the service, ``aud`` the gateway's path on the hub, ``sub`` the user's name, ``groups`` those of the
user's groups that links of the session ask for, ``nonce`` the hash of the cookie that the sign-in began with, ``jti``,
``iat``, ``exp``.
"""

from __future__ import annotations

import hashlib

ALGORITHM = "EdDSA"
#: The header's ``typ``, so that no other token of the same keys can be taken for this one.
TYPE = "cohost-identity+jwt"
CLAIMS = ("iss", "aud", "sub", "groups", "nonce", "jti", "iat", "exp")
#: How long one is good.
LIFETIME_S = 60
#: How far the clocks of the hub and of a server may be apart.
LEEWAY_S = 10


def nonce_of(cookie: str) -> str:
    """64 hex digits."""
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
