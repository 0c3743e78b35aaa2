"""The Origin header (RFC 6454), which anybody may fill with anything."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def split_origin(origin: str) -> SplitResult:
    """Its parts; empty ones for what is no address."""
    try:
        parts = urlsplit(origin)
        # A port that is none is found out only here.
        _ = parts.port
        return parts
    except ValueError:
        return urlsplit("")
