"""What happens to a session when the host renames or moves something in it."""

from __future__ import annotations

from ..protocol.errors import BadRequest
from .participants import Narrowing
from .scope import Scope, ScopeItem, is_below, moved_path, normal_path
from .session import Session


def renamed_in(session: Session, old_path: str, new_path: str) -> bool:
    """Items and narrowings at or below ``old_path`` follow; whether any did. To a hidden place nothing follows."""
    try:
        new_path = normal_path(new_path)
    except BadRequest:
        return False

    items = [ScopeItem(moved_path(item.path, old_path, new_path), item.type) for item in session.scope.items]
    narrowed = _narrowings_follow(session, old_path, new_path)
    if items == list(session.scope.items):
        return narrowed
    session.scope = Scope(items)
    return True


def _narrowings_follow(session: Session, old_path: str, new_path: str) -> bool:
    """Moving a file out of a narrowed folder must not open it: narrowings stay, and are copied to the new path."""
    changed = False
    for participant in session.participants.values():
        here = [limit for limit in participant.limits if limit.path == old_path or is_below(limit.path, old_path)]
        above = [limit for limit in participant.limits if limit not in here and limit.applies_to(old_path)]
        added = [Narrowing(new_path + limit.path[len(old_path) :], limit.role) for limit in here]
        added += [Narrowing(new_path, limit.role) for limit in above]
        new = tuple(dict.fromkeys([*participant.limits, *added]))
        changed = changed or new != participant.limits
        participant.limits = new
    return changed
