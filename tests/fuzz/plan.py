"""A plan: what a few people, other programs and the machine do to one document. Plain data, the same for the same seed.

``{"seed", "kind": "text" | "notebook", "people": [{"name", "role"}], "steps": [{"do", "who"?, …}]}``. Places are
fractions of whatever length there is at that moment, so that a plan makes sense in any state.
"""

from __future__ import annotations

import random
from typing import Any

Plan = dict[str, Any]
Step = dict[str, Any]

_PEOPLE = (("host", 1.0), ("editor", 1.0), ("runner", 0.7), ("viewer", 0.7), ("editor", 0.5))
#: How often each step comes, for text and for notebooks.
_EDITS = {
    "text": {"insert": 40, "delete": 10, "undo": 5},
    "notebook": {
        **{"insert": 30, "delete": 6, "undo": 3, "insert_cell": 6, "delete_cell": 2, "move_cell": 3, "split_cell": 3},
        **{"merge_cells": 2, "change_type": 2, "outputs": 5, "cell_metadata": 3, "metadata": 2},
    },
}
_EVENTS = {
    **{"pause": 12, "cut": 5, "offline": 3, "leave": 2, "join": 2, "outside": 5, "saves_fail": 2, "saves_work": 3},
    **{"server": 0.05, "role": 3, "remove": 1, "vouch": 2},
}


def make_plan(seed: int, steps: int = 40, *, faults: bool = True) -> Plan:
    """Each twelfth plan ends the server, for all that run beside it; ``faults=False``: none does."""
    random_ = random.Random(seed)
    kind = random_.choice(["text", "notebook"])
    people = [{"name": f"p{i}", "role": role} for i, (role, often) in enumerate(_PEOPLE) if random_.random() < often]
    weights = {**_EDITS[kind], **_EVENTS}
    if not faults:
        del weights["server"]
    names = list(weights)
    chosen = random_.choices(names, [weights[name] for name in names], k=steps)
    plan_steps = [_step(random_, do, [person["name"] for person in people]) for do in chosen]
    if faults and seed % 12 == 0 and not any(step["do"] == "server" for step in plan_steps):
        plan_steps.insert(random_.randrange(steps // 4, steps), _step(random_, "server", []))
    return {"seed": seed, "kind": kind, "people": people, "steps": plan_steps}


def _step(random_: random.Random, do: str, names: list[str]) -> Step:
    step: Step = {"do": do}
    if names and do not in ("pause", "outside", "saves_fail", "saves_work"):
        step["who"] = random_.choice(names)
    step["at"], step["to"] = round(random_.random() * 0.999, 3), round(random_.random() * 0.999, 3)
    if do in ("pause", "offline"):
        step["seconds"] = round(random_.choice([0.005, 0.02, 0.1, 0.4]), 3)
    elif do == "server":
        step["how"] = random_.choice(["kill9", "term"])
    elif do == "role":
        step["role"] = random_.choice(["viewer", "editor", "runner"])
    elif do == "outside":
        step["how"] = random_.choice(["add_line", "delete_line", "in_place"])
    return step
