"""``jupyter cohost``: share from the terminal, on a server that runs already."""

from __future__ import annotations

from .commands import main

__all__ = ["main"]
