"""How contents and snapshots stand in the journal: compressed, each with a checksum."""

from __future__ import annotations

import json
import zlib

from ..core.ports import Content, Kind


class Undecodable(Exception):
    """A stored value is not what was written."""


def pack(data: bytes) -> tuple[bytes, int]:
    """Compressed, and the CRC-32 of what is stored."""
    packed = zlib.compress(data, 1)
    return packed, zlib.crc32(packed)


def unpack(packed: bytes, crc: int) -> bytes:
    """The way back. Raises Undecodable."""
    if zlib.crc32(packed) != crc:
        raise Undecodable("checksum")
    try:
        return zlib.decompress(packed)
    except zlib.error as error:
        raise Undecodable("compression") from error


def content_bytes(content: Content) -> bytes:
    """The content as it is stored, not as it stands in the file."""
    if isinstance(content, str):
        return content.encode("utf-8", "surrogatepass")
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def content_from(kind: Kind, data: bytes) -> Content:
    """The way back. Raises Undecodable."""
    try:
        text = data.decode("utf-8", "surrogatepass")
        if kind == "file":
            return text
        notebook = json.loads(text)
    except ValueError as error:
        raise Undecodable("content") from error
    if not isinstance(notebook, dict):
        raise Undecodable("content")
    return notebook
