"""How much a JSON text becomes: ``[]`` is two bytes on the way and sixty in memory."""

from __future__ import annotations

#: A shorter text is read as it is.
_SHORT_BYTES = 2**20
#: Of one text; notebooks have thousands.
MOST_VALUES = 1_000_000


def has_too_many_values(text: bytes, most: int = MOST_VALUES) -> bool:
    """Whether there may be more values in it than ``most``; long strings are one each. Takes milliseconds for a MB."""
    if len(text) <= _SHORT_BYTES:
        return False
    # Without escapes each quote begins or ends a string.
    plain = text.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in text else text
    quotes = plain.count(b'"')
    if quotes > 2 * most:
        return True
    return sum(piece.count(sign) for piece in plain.split(b'"')[::2] for sign in (b",", b"[", b"{")) > most
