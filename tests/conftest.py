"""What every run prints, and no limits of time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A machine with other work is slow, not wrong.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a test was tried a second time; its second try alone would say nothing of it."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first try of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext[-4000:])
