"""Random requests and messages against a real server. ``COHOST_EXAMPLES`` is how many of each; more finds more."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

#: For one endpoint or socket and one caller.
EXAMPLES = int(os.environ.get("COHOST_EXAMPLES", "12"))


def bounded(examples: int = EXAMPLES) -> Callable[[Any], Any]:
    """Settings for a server that lives on from one example to the next: no replays, no time limits."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize="COHOST_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
