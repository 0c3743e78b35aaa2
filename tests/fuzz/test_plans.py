"""ROOM-29: whatever people, programs and the machine do, everybody and the file end up alike, with nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from .keep import PLANS, keep_plan, read_plan
from .plan import Plan, make_plan
from .run import PlanFailed, run_plan
from .world import World

KEPT = sorted(PLANS.glob("*.json"))
#: ``COHOST_PLANS=200`` for more; ``npm run fuzz`` for thousands.
COUNT = int(os.environ.get("COHOST_PLANS", "72"))
FIRST_SEED = int(os.environ.get("COHOST_SEED", "5000"))
AT_ONCE = 10


def test_room_29_a_seed_is_always_the_same_plan() -> None:
    assert json.loads(json.dumps(make_plan(7))) == make_plan(7) != make_plan(8)


async def test_room_29_random_plans(tmp_path: Path) -> None:
    """With ends of the server, by kill -9 and SIGTERM, for all plans that run beside."""
    ends = await carry_out([make_plan(seed) for seed in range(FIRST_SEED, FIRST_SEED + COUNT)], tmp_path)
    assert COUNT < 24 or ends


@pytest.mark.skipif(not KEPT, reason="no plan has failed yet")
async def test_room_29_plans_that_failed_once(tmp_path: Path) -> None:
    await carry_out([read_plan(file) for file in KEPT], tmp_path)


async def carry_out(plans: list[Plan], folder: Path) -> list[str]:
    """Returns how the server was ended, each time."""
    world = await World(folder).start()
    waiting = iter(plans)
    problems: list[str] = []

    async def work() -> None:
        for plan in waiting:
            try:
                await run_plan(world, plan)
            except PlanFailed as error:
                file = keep_plan(plan, str(error), f"{error.trace}\n{world.server.log()}")
                problems.append(f"seed {plan['seed']}, {file}: {error}")

    try:
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    finally:
        await world.stop()
    assert problems + world.problems == []
    return world.ends
