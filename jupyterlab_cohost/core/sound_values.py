"""JSON as JavaScript and files have it: what is none becomes null, numbers are those that everybody reads alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, TypeGuard

#: Whole numbers up to here are exact in JavaScript.
_MOST_EXACT = 2**53
_JSON_MIME = re.compile(r"application/(.*\+)?json")
_Holder = dict[str, Any] | list[Any]


def number(value: Any) -> Any:
    """As JavaScript reads it: beyond 2^53 the nearest float; what is not finite has no JSON, so it is null."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if type(value) is float and value.is_integer() and abs(value) <= _MOST_EXACT:
        return int(value)
    if type(value) is int and abs(value) > _MOST_EXACT:
        try:
            return float(value)
        except OverflowError:
            return None
    return value


def make_json(root: _Holder) -> bool:
    """In place, without recursion. Whether a page would have read something else before."""
    changed = False
    for holder, key, value in _leaves(root):
        fixed = _leaf(value)
        holder[key] = fixed
        changed = changed or (type(fixed) is not type(value) and not _is_same_number(value, fixed))
    return changed


def _leaves(root: _Holder) -> Iterator[tuple[Any, Any, Any]]:
    open_: list[_Holder] = [root]
    while open_:
        holder = open_.pop()
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            kind = type(value)
            if kind is dict or kind is list:
                open_.append(value)
            elif kind is not str and kind is not bool and value is not None:
                yield holder, key, value


def _leaf(value: object) -> object:
    return number(value) if type(value) is int or type(value) is float else None


def _is_same_number(value: object, fixed: object) -> bool:
    """Only as Python has it: documents have floats."""
    return type(value) is float and type(fixed) is int


def is_count(value: object) -> TypeGuard[int]:
    """Whether it is a whole number from zero on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def keep(holder: dict[str, Any], key: str, kind: type) -> None:
    """What is of another kind, or not there, becomes the empty one."""
    if not isinstance(holder.get(key), kind):
        holder[key] = kind()


def is_lines(value: object) -> TypeGuard[list[str]]:
    """Whether it is text by lines."""
    return isinstance(value, list) and all(isinstance(line, str) for line in value)


def sound_bundle(data: dict[str, Any]) -> dict[str, Any]:
    """What may stand in a bundle of MIME types: text (in lists as nbformat reads it), and JSON in JSON's types.

    What is vouched for is then what stands in the file.
    """
    sound = {}
    for mime, value in data.items():
        if is_lines(value) and not _is_left_alone(mime):
            sound[mime] = "".join(value)
        elif isinstance(value, str) or is_lines(value) or _JSON_MIME.fullmatch(mime):
            sound[mime] = value
    return sound


def _is_left_alone(mime: str) -> bool:
    """As nbformat has it: in these a list is data."""
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))
