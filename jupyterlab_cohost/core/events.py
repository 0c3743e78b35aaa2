"""What happens to sessions, told to whoever subscribed (the host's page, the gateway's sockets)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

#: ``{"type", "session", …}``; never a secret. Types: session-created, session-changed, session-ended, invite-created,
#: invite-ended, invite-used, knock, knock-withdrawn, knock-answered, participant-joined, participant-left,
#: participant-removed, participant-changed, participant-renamed,
#: participant-online, ask, ask-declined, session-asked, storage-failed, storage-recovered.
#: To ``Sessions.refusals`` go invite-refused and policy-refused.
Event = dict[str, Any]
Subscriber = Callable[[Event], None]

_log = logging.getLogger(__name__)


class Events:
    """Synchronous: when ``publish`` returns, all have been told. One failing subscriber does not disturb others."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Returns the way to stop; stopping twice is harmless."""
        self._subscribers.append(subscriber)

        def stop() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return stop

    def publish(self, event_type: str, session: str | None = None, **details: Any) -> None:
        event = {"type": event_type, "session": session, **details}
        for subscriber in list(self._subscribers):
            try:
                subscriber(event)
            except Exception:
                _log.exception("a subscriber failed on %s", event_type)
