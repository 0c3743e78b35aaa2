"""What goes wrong on the terminal."""

from __future__ import annotations


class Problem(Exception):
    """A sentence for the person at the terminal; the command ends with status 1."""
