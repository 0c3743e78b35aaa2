"""Reads the fields of a request's JSON: what is there must be of the right kind, what is unknown is refused."""

from __future__ import annotations

from typing import Any, Literal, cast

from ...core.audience import Audience, checked_audience
from ...core.participants import Narrowing
from ...core.scope import ItemType
from ...core.sessions_links import UNSET, Unset
from ...protocol.errors import BadRequest
from ...protocol.roles import INVITABLE, Role
from ...protocol.sentences import sentence

Body = dict[str, Any]


def only(body: Body, *known: str) -> None:
    """Raises BadRequest for a field that nobody reads (a typing mistake must not go unnoticed)."""
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise BadRequest(sentence("Unknown field: %1.", ", ".join(unknown)[:80]))


def text(body: Body, name: str, default: str = "") -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise BadRequest(sentence("'%1' must be text.", name))
    return value


def flag(body: Body, name: str) -> bool | None:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadRequest(sentence("'%1' must be true or false.", name))
    return value


def kind(body: Body) -> Literal["ad-hoc", "persistent"]:
    value = body.get("kind", "ad-hoc")
    if value not in ("ad-hoc", "persistent"):
        raise BadRequest("'kind' must be ad-hoc or persistent.")
    return cast(Literal["ad-hoc", "persistent"], value)


def role(body: Body, name: str = "role") -> Role:
    """Raises BadRequest for anything but viewer, editor, runner."""
    try:
        value = Role(body.get(name))
    except ValueError:
        raise BadRequest(sentence("'%1' must be one of viewer, editor, runner.", name)) from None
    if value not in INVITABLE:
        raise BadRequest(sentence("'%1' must be one of viewer, editor, runner.", name))
    return value


def uses(body: Body) -> int | None:
    value = body.get("max_uses")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise BadRequest("'max_uses' must be a whole number.")
    return value


def audience(body: Body) -> Audience | None:
    """``{"kind", "names"}``; None when it was not given."""
    value = body.get("audience")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadRequest("'audience' must be an object.")
    only(value, "kind", "names")
    return checked_audience(value.get("kind"), value.get("names", []))


def lifetime(body: Body) -> float | Unset | None:
    value = body.get("expires_in_s", UNSET)
    if value is None or isinstance(value, Unset):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise BadRequest("'expires_in_s' must be a number of seconds, or null for never.")
    return float(value)


def items(body: Body, name: str) -> list[tuple[object, ItemType | None]]:
    """Paths with their type, if it was given; the paths are not looked at yet."""
    return [(entry.get("path"), _item_type(entry)) for entry in _objects(body, name)]


def _item_type(entry: Body) -> ItemType | None:
    value = entry.get("type")
    if value not in (None, "file", "directory"):
        raise BadRequest("An item's type must be file or directory.")
    return cast("ItemType | None", value)


def narrowings(body: Body, name: str = "limits") -> list[Narrowing] | None:
    if name not in body:
        return None
    return [Narrowing(text(entry, "path"), role(entry)) for entry in _objects(body, name)]


def _objects(body: Body, name: str) -> list[Body]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value) or len(value) > 1000:
        raise BadRequest(sentence("'%1' must be a list of objects.", name))
    return value
