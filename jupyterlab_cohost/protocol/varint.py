"""lib0's variable-length unsigned integers and byte strings, read with bounds."""

from __future__ import annotations

_MAX_SHIFT = 63
_MOST_BYTES = 11


class MalformedMessage(ValueError):
    """The bytes are not of the form that the protocol has."""


def read_varuint(data: bytes, offset: int) -> tuple[int, int]:
    """The number at ``offset`` and the offset behind it. Raises MalformedMessage at the end or beyond 63 bits."""
    number = shift = 0
    for byte in data[offset : offset + _MOST_BYTES]:
        offset += 1
        if byte < 0x80:
            return number | byte << shift, offset
        number |= (byte & 0x7F) << shift
        shift += 7
        if shift > _MAX_SHIFT:
            raise MalformedMessage("a number is too large")
    raise MalformedMessage("a number ends too early")


def read_bytes(data: bytes, offset: int) -> tuple[bytes, int]:
    """The byte string (length, then bytes) at ``offset`` and the offset behind it. Raises MalformedMessage."""
    length, start = read_varuint(data, offset)
    end = start + length
    if end > len(data):
        raise MalformedMessage("a byte string is longer than the message")
    return data[start:end], end


def read_string(data: bytes, offset: int) -> tuple[str, int]:
    """The UTF-8 string at ``offset`` and the offset behind it. Raises MalformedMessage."""
    raw, end = read_bytes(data, offset)
    try:
        return raw.decode("utf-8"), end
    except UnicodeDecodeError as error:
        raise MalformedMessage("a string is not UTF-8") from error


def write_varuint(number: int) -> bytes:
    """``number`` (not negative) as lib0 writes it."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def write_bytes(body: bytes) -> bytes:
    """Length, then the bytes."""
    return write_varuint(len(body)) + body
