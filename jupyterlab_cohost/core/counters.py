"""Totals of this process, for whoever monitors the server. They only grow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counters:
    """``tick_s``: the time, in seconds, that rooms have spent sending what arrived in a tick."""

    saves_failed: int = 0
    ticks: int = 0
    tick_s: float = 0.0


COUNTERS = Counters()
