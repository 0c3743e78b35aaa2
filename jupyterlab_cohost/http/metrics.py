"""Numbers for Prometheus at the server's usual ``/metrics``, read from the running parts when they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily

from ..core.counters import COUNTERS
from ..core.events import Event
from ..core.rooms import Rooms
from ..core.sessions import Sessions


class Metrics:
    """Registered from the start until ``close``. ``journal``: the journal's file."""

    def __init__(self, sessions: Sessions, rooms: Rooms, journal: Path, registry: Any = REGISTRY) -> None:
        self._sessions, self._rooms, self._journal, self._registry = sessions, rooms, journal, registry
        self._refused: Counter[str] = Counter()
        self._stop: Callable[[], None] = sessions.refusals.subscribe(self._count)
        registry.register(self)

    def close(self) -> None:
        self._stop()
        self._registry.unregister(self)

    def _count(self, event: Event) -> None:
        self._refused[event.get("rule") or event.get("reason", "")] += 1

    def describe(self) -> list[Any]:
        """Nothing is read when it is registered."""
        return []

    def collect(self) -> Iterator[Any]:
        """For ``prometheus_client``."""
        live = self._sessions.live()
        kinds = GaugeMetricFamily("jupyter_cohost_sessions", "Sessions that run", labels=["kind"])
        for kind in ("ad-hoc", "persistent"):
            kinds.add_metric([kind], sum(session.kind == kind for session in live))
        yield kinds
        online = sum(person.online for session in live for person in session.participants.values())
        yield GaugeMetricFamily("jupyter_cohost_participants", "Guests who are online", value=online)
        yield GaugeMetricFamily("jupyter_cohost_rooms", "Documents that are open", value=self._rooms.number)
        refused = CounterMetricFamily("jupyter_cohost_refused", "Links and requests refused", labels=["reason"])
        for reason, number in self._refused.items():
            refused.add_metric([reason], number)
        yield refused
        failed = COUNTERS.saves_failed
        yield CounterMetricFamily("jupyter_cohost_saves_failed", "Saves of documents that failed", value=failed)
        size = sum(_size(self._journal.with_name(self._journal.name + end)) for end in ("", "-wal"))
        yield GaugeMetricFamily("jupyter_cohost_journal_bytes", "Size of the journal of edits", value=size)
        yield SummaryMetricFamily(
            "jupyter_cohost_tick_seconds",
            "Time to send what arrived in a tick",
            count_value=COUNTERS.ticks,
            sum_value=COUNTERS.tick_s,
        )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
