"""How much a JSON text becomes: ``[]`` is two bytes on the way and sixty in memory."""

from __future__ import annotations

from ..protocol.errors import TooLarge
from ..protocol.sentences import sentence
from .regular import open_regular

#: A shorter text is read as it is.
_SHORT_BYTES = 2**20
#: Of one upload; notebooks have thousands. A file may have more than the limits of rooms let one guest put there.
MOST_VALUES, MOST_IN_FILE = 1_000_000, 3_000_000


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


def check_values(place: str, name: str) -> None:
    """Before the file at ``place`` is read as JSON. Raises TooLarge, OSError. For a thread."""
    with open_regular(place) as file:
        if has_too_many_values(file.read(), MOST_IN_FILE):
            raise TooLarge(sentence("%1 has millions of values. Such a notebook cannot be opened here.", name))
