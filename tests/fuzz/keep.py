"""Plans that failed: written to a folder, with what went wrong, to be run again."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .plan import Plan

#: Not part of the repository; a plan that found a fault moves to PLANS when that is mended.
FAILED = Path(__file__).parent / "failed"
PLANS = Path(__file__).parent / "plans"


def read_plan(file: Path) -> Plan:
    """A plan from its file."""
    plan: Plan = json.loads(file.read_text("utf-8"))
    return plan


def keep_plan(plan: Plan, why: str, log: str, folder: Path = FAILED) -> Path:
    """Returns the file; what happened and the server's last words stand beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{plan['seed']}-{os.getpid()}.json"
    lines = ",\n  ".join(json.dumps(step) for step in plan["steps"])
    rest = json.dumps({**{key: value for key, value in plan.items() if key != "steps"}, "why": why[:1500]}, indent=1)
    file.write_text(f'{rest[:-2]},\n "steps": [\n  {lines}\n ]\n}}\n')
    file.with_suffix(".log").write_text(log)
    return file
