"""A link's secret as the host's browser keeps it, so that an ongoing link can be copied after a restart.

The browser has the sealed secret, the server's disk the key (the one that signs its cookies) and a hash: neither has
the secret by itself. The keystream is HMAC-SHA512(key, invite id), used for the one secret of that invite.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from ...core.invites import Invite
from ...protocol.errors import BadRequest
from ...protocol.ids import InviteId, Secret

_LONGEST = 64


def seal(secret: Secret, invite: InviteId, key: bytes) -> str:
    """URL-safe text."""
    return base64.urlsafe_b64encode(_xor(secret.encode(), invite, key)).decode()


def unseal(sealed: object, invite: Invite, key: bytes) -> Secret | None:
    """The invite's secret, or None when this is not it. Raises BadRequest for what is not sealed at all."""
    if not isinstance(sealed, str) or len(sealed) > 2 * _LONGEST:
        raise BadRequest("'sealed' must be what the server gave.")
    try:
        hidden = base64.b64decode(sealed, altchars=b"-_", validate=True)
        secret = _xor(hidden, invite.id, key).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        return None
    return Secret(secret) if invite.opens_with(secret) else None


def _xor(text: bytes, invite: InviteId, key: bytes) -> bytes:
    stream = hmac.new(key, b"cohost link " + invite.encode(), hashlib.sha512).digest()
    if len(text) > len(stream):
        raise ValueError("longer than a secret")
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))
