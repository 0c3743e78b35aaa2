"""``python -m tests.fuzz --plans 1000``: many plans, several at once on one server; failing plans are kept."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from .plan import make_plan
from .run import run_plan, save_plan
from .world import World

#: Far more than a plan takes: one that hangs is one that failed.
PATIENCE_S = 180
PLANS = Path(__file__).parent / "plans"


async def one(world: World, seed: int, steps: int, faults: bool) -> str | None:
    plan = make_plan(seed, steps, faults=faults)
    ends = len(world.ends)
    try:
        await asyncio.wait_for(run_plan(world, plan), PATIENCE_S)
    except Exception as error:
        plan["others"] = world.ends[ends:]
        file = save_plan(plan, f"{type(error).__name__}: {error}", PLANS)
        return f"seed {seed} ({file.name}): {type(error).__name__}: {str(error)[:600]}"
    return None


async def main(arguments: argparse.Namespace) -> int:
    began, failed, done = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        world = await World(Path(folder)).start()
        seeds = iter(range(arguments.seed, arguments.seed + arguments.plans))

        async def worker() -> None:
            nonlocal failed, done
            for seed in seeds:
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
        ends = len(world.ends)
        for problem in world.problems:
            failed += 1
            print(problem, flush=True)
    print(
        f"{done} plans from seed {arguments.seed}, {failed} failed, server ended {ends} times, "
        f"{time.monotonic() - began:.0f} s",
        flush=True,
    )
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--plans", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--no-server-faults", action="store_true")
    raise SystemExit(asyncio.run(main(parser.parse_args())))
