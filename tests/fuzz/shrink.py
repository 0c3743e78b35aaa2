"""Fewer steps that still fail: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .plan import Plan

Fails = Callable[[Plan], Awaitable[str | None]]


async def shrunk(plan: Plan, why: str, fails: Fails) -> tuple[Plan, str]:
    """``fails``: why a plan failed, or None. Returns the plan with the fewest steps found, and its reason."""
    pieces = 2
    while len(plan["steps"]) > 1:
        size = -(-len(plan["steps"]) // pieces)
        for start in range(0, len(plan["steps"]), size):
            fewer = {**plan, "steps": plan["steps"][:start] + plan["steps"][start + size :]}
            again = await fails(fewer)
            if again is not None:
                plan, why = fewer, again
                pieces = max(2, pieces - 1)
                break
        else:
            if size == 1:
                break
            pieces = min(len(plan["steps"]), pieces * 2)
    return plan, why
