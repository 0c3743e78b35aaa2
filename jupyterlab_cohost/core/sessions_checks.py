"""What is asked for must make sense: scope, title, narrowings."""

from __future__ import annotations

from collections.abc import Iterable

from ..protocol.errors import BadRequest
from ..protocol.limits import Limits
from ..protocol.roles import INVITABLE
from ..protocol.sentences import sentence
from .participants import Narrowing, clean_text
from .scope import Scope, ScopeItem, normal_path, title_of


def checked_scope(items: Iterable[ScopeItem], limits: Limits) -> Scope:
    """With plain paths. Raises BadRequest."""
    scope = Scope(ScopeItem(normal_path(item.path), item.type) for item in items)
    if not scope.items:
        raise BadRequest("Choose at least one file or folder to share.")
    if len(scope.items) > limits.scope_items:
        raise BadRequest(sentence("At most %1 files and folders: share a folder that holds them.", limits.scope_items))
    if any(item.path == "" and item.type != "directory" for item in scope.items):
        raise BadRequest("This is not a file.")
    return scope


def checked_title(title: str, scope: Scope, limits: Limits, root_name: str) -> str:
    """The given one, or one made of the scope. Raises BadRequest."""
    given = clean_text(title, limits.title_characters, "title")
    return given or title_of(scope, root_name)[: limits.title_characters]


def checked_narrowings(narrowings: Iterable[Narrowing], limits: Limits) -> tuple[Narrowing, ...]:
    """With plain paths. Raises BadRequest."""
    checked = tuple(Narrowing(normal_path(limit.path), limit.role) for limit in narrowings)
    if len(checked) > limits.scope_items or any(limit.role not in INVITABLE for limit in checked):
        raise BadRequest("These limits cannot be set.")
    return checked
