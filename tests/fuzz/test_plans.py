"""ROOM-29: whatever people, programs and the machine do, everybody and the file end up alike, with nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from .plan import make_plan
from .run import run_plan
from .world import World

PLANS = sorted((Path(__file__).parent / "plans").glob("*.json"))
#: ``COHOST_PLANS=200`` for more; ``npm run fuzz`` for thousands.
COUNT = int(os.environ.get("COHOST_PLANS", "16"))
FIRST_SEED = int(os.environ.get("COHOST_SEED", "5000"))
#: Ends of the server hit every plan that runs beside; those that matter most are in ``test_nothing_lost``.
FAULTS = os.environ.get("COHOST_PLAN_FAULTS", "") == "1"
AT_ONCE = 8


def test_room_29_a_seed_is_always_the_same_plan() -> None:
    assert json.loads(json.dumps(make_plan(7))) == make_plan(7) != make_plan(8)


async def test_room_29_random_plans(tmp_path: Path) -> None:
    world = await World(tmp_path).start()
    seeds = iter(range(FIRST_SEED, FIRST_SEED + COUNT))
    problems: list[str] = []

    async def work() -> None:
        for seed in seeds:
            try:
                await asyncio.wait_for(run_plan(world, make_plan(seed, faults=FAULTS)), 180)
            except (AssertionError, TimeoutError, OSError) as error:
                problems.append(f"seed {seed}: {type(error).__name__}: {error}")

    try:
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    finally:
        await world.stop()
    assert problems + world.problems == []


@pytest.mark.skipif(not PLANS, reason="no plan has failed yet")
async def test_room_29_plans_that_failed_once(tmp_path: Path) -> None:
    world = await World(tmp_path).start()
    try:
        for file in PLANS:
            await asyncio.wait_for(run_plan(world, json.loads(file.read_text("utf-8"))), 180)
    finally:
        await world.stop()
    assert world.problems == []
