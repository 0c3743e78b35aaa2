"""``python -m tests.fuzz --plans 1000``: many plans, several at once on one server. Plans that fail are kept.

``--replay FILE``: such a plan once more (``--times N``: until it fails, at most N times; ``--shrink``: the fewest steps
that still make it fail).
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from .keep import keep_plan, read_plan
from .plan import Plan, make_plan
from .run import PlanFailed, run_plan
from .shrink import shrunk
from .world import World


async def failure(world: World, plan: Plan, trace: list[str] | None = None) -> str | None:
    """Runs a plan; why it failed. ``trace`` takes what happened."""
    try:
        await run_plan(world, plan)
    except PlanFailed as error:
        if trace is not None:
            trace.append(error.trace)
        return str(error)
    return None


async def one(world: World, seed: int, steps: int, faults: bool) -> str | None:
    plan, ends = make_plan(seed, steps, faults=faults), len(world.ends)
    trace: list[str] = []
    why = await failure(world, plan, trace)
    if why is None:
        return None
    log = "\n".join([*trace, world.server.log()[-20_000:]])
    file = keep_plan({**plan, "others": world.ends[ends:]}, why, log)
    return f"seed {seed}: {why[:600]}\n  again: python -m tests.fuzz --replay {file}"


async def many(arguments: argparse.Namespace) -> int:
    began, failed, done = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        world = await World(Path(folder)).start()
        seeds = iter(range(arguments.seed, arguments.seed + arguments.plans))

        async def worker() -> None:
            nonlocal failed, done
            for seed in seeds:
                if failed >= arguments.give_up_after:
                    return
                problem = await one(world, seed, arguments.steps, not arguments.no_server_faults)
                done += 1
                if problem is not None:
                    failed += 1
                    print(problem, flush=True)
                if done % 50 == 0:
                    print(f"{done} plans, {failed} failed, {time.monotonic() - began:.0f} s", flush=True)

        try:
            await asyncio.gather(*(worker() for _ in range(arguments.parallel)))
        finally:
            await world.stop()
    for problem in world.problems:
        failed += 1
        print(problem, flush=True)
    ends, took = len(world.ends), time.monotonic() - began
    print(f"{done} plans from seed {arguments.seed}, {failed} failed, server ended {ends} times, {took:.0f} s")
    return 1 if failed else 0


async def again(arguments: argparse.Namespace) -> int:
    plan, trace = read_plan(arguments.replay), list[str]()

    async def fails(changed: Plan) -> str | None:
        with tempfile.TemporaryDirectory() as folder:
            world = await World(Path(folder)).start()
            try:
                for _ in range(arguments.times):
                    trace.clear()
                    why = await failure(world, changed, trace)
                    if why is not None:
                        return why
            finally:
                await world.stop()
            return None

    why = await fails(plan)
    if why is not None:
        print(*trace, sep="\n")
    print(why or f"passed {arguments.times} times")
    if why is not None and arguments.shrink:
        small, why = await shrunk(plan, why, fails)
        print(f"{len(small['steps'])} of {len(plan['steps'])} steps: {keep_plan(small, why, '')}\n{why}")
    return 1 if why else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--plans", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--no-server-faults", action="store_true")
    parser.add_argument("--give-up-after", type=int, default=20, help="plans that failed")
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--shrink", action="store_true")
    chosen = parser.parse_args()
    raise SystemExit(asyncio.run(again(chosen) if chosen.replay else many(chosen)))
