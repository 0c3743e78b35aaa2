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
EDITS = {
    "text": {"insert": 36, "type_line": 4, "delete": 9, "delete_range": 3, "undo": 5, "redo": 2},
    "notebook": {
        **{"insert": 26, "type_line": 3, "delete": 5, "delete_range": 2, "undo": 3, "redo": 1},
        **{"insert_cell": 6, "delete_cell": 2, "move_cell": 3, "split_cell": 3, "merge_cells": 2, "change_type": 2},
        **{"outputs": 6, "cell_metadata": 3, "metadata": 2},
    },
}
_EVENTS = {
    **{"pause": 12, "cut": 4, "offline": 4, "leave": 2, "join": 2, "outside": 6, "take_back": 1},
    **{"saves_fail": 2, "saves_work": 3, "server": 0.05, "role": 3, "remove": 1, "vouch": 2},
}
_OUTSIDE = {
    "text": {"add": 4, "delete": 2, "edit": 2},
    "notebook": {"append": 4, "delete": 2, "insert_cell": 2, "move": 1, "run": 1, "clear": 1, "metadata": 1},
}
_BY_NOBODY = ("pause", "outside", "saves_fail", "saves_work", "server")


def make_plan(seed: int, steps: int = 40, *, faults: bool = True) -> Plan:
    """Each 24th plan ends the server, for all that run beside it; ``faults=False``: none does."""
    random_ = random.Random(seed)
    kind = random_.choice(["text", "notebook"])
    people = [{"name": f"p{i}", "role": role} for i, (role, often) in enumerate(_PEOPLE) if random_.random() < often]
    weights = {**EDITS[kind], **_EVENTS}
    if not faults:
        del weights["server"]
    names = list(weights)
    chosen = random_.choices(names, [weights[name] for name in names], k=steps)
    plan_steps = [_step(random_, kind, do, [person["name"] for person in people]) for do in chosen]
    if faults and seed % 24 == 0 and not any(step["do"] == "server" for step in plan_steps):
        # Soon after another program wrote the file: in the middle of a merge, before or behind its note.
        then = [_step(random_, kind, do, []) for do in ("outside", "pause", "server")]
        at = random_.randrange(steps // 4, steps)
        plan_steps[at:at] = then if random_.random() < 0.7 else then[2:]
    return {"seed": seed, "kind": kind, "people": people, "steps": plan_steps}


def _step(random_: random.Random, kind: str, do: str, names: list[str]) -> Step:
    step: Step = {"do": do}
    if names and do not in _BY_NOBODY:
        step["who"] = random_.choice(names)
    step["at"], step["to"] = round(random_.random() * 0.999, 3), round(random_.random() * 0.999, 3)
    if do == "pause":
        step["seconds"] = random_.choice([0.005, 0.02, 0.1, 0.2, 0.4])
    elif do == "offline":
        step["seconds"] = random_.choice([0.05, 0.3, 1.5])
    elif do == "server":
        step["how"] = random_.choice(["kill9", "term"])
    elif do == "role":
        step["role"] = random_.choice(["viewer", "editor", "runner"])
    elif do == "outside":
        ways = _OUTSIDE[kind]
        step["how"] = random_.choices(list(ways), list(ways.values()))[0]
        step["in_place"] = random_.random() < 0.25
    return step
