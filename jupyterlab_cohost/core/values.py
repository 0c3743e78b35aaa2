"""Steps over lib0 ``any`` values in an update without building them: how deep and how many is bounded."""

from __future__ import annotations

from ..protocol.varint import MalformedMessage, read_varuint

MAX_DEPTH = 400
#: Values of one struct; what they become takes much more memory than their bytes.
MAX_VALUES = 4_000_000
#: Values that are looked at one by one: this bounds the time.
MAX_STEPS = 500_000
_OBJECT, _ARRAY, _INTEGER = 118, 117, 125
_STRING, _BYTES = 119, 116
#: Sizes of values with a fixed length: undefined, null, true, false, float32, float64, bigint.
_FIXED = {127: 0, 126: 0, 120: 0, 121: 0, 124: 4, 123: 8, 122: 8}


def skip_values(data: bytes, offset: int, count: int, limited: bool = True) -> tuple[int, int]:
    """The offset behind ``count`` values, and how many values these are with all that is in them.

    ``limited``: the bounds above hold. Raises MalformedMessage.
    """
    first = count
    offset, count = _skip_alike(data, offset, count)
    #: Per open container: how many values are still to come, and whether each has a key.
    waiting = [(count, False)]
    values = steps = 0
    while waiting:
        left, keyed = waiting.pop()
        if left == 0:
            continue
        steps += 1
        waiting.append((left - 1, keyed))
        if keyed:
            offset = _skip_sized(data, offset)
        offset, size, named = _skip_one(data, offset)
        if size:
            values += size
            if not named:
                offset, size = _skip_alike(data, offset, size)
            waiting.append((size, named))
        if limited and (len(waiting) > MAX_DEPTH + 1 or values > MAX_VALUES or steps > MAX_STEPS):
            raise MalformedMessage("a value is nested too deeply or too large")
    return offset, first + values


def _skip_one(data: bytes, offset: int) -> tuple[int, int, bool]:
    """The offset behind one value or the head of a container, how many values that has, whether they have keys."""
    if offset >= len(data):
        raise MalformedMessage("an update ends too early")
    tag = data[offset]
    fixed = _FIXED.get(tag)
    if fixed is not None:
        return offset + 1 + fixed, 0, False
    if tag == _STRING:
        return _skip_sized(data, offset + 1), 0, False
    if tag == _INTEGER:
        return read_varuint(data, offset + 1)[1], 0, False
    if tag not in (_OBJECT, _ARRAY):
        raise MalformedMessage("a value of a kind that is not JSON" if tag == _BYTES else "a value of an unknown kind")
    size, offset = read_varuint(data, offset + 1)
    if size > len(data) - offset:
        raise MalformedMessage("a list is longer than the message")
    return offset, size, tag == _OBJECT


def _skip_sized(data: bytes, offset: int) -> int:
    length, offset = read_varuint(data, offset)
    if offset + length > len(data):
        raise MalformedMessage("a byte string is longer than the message")
    return offset + length


def _skip_alike(data: bytes, offset: int, count: int) -> tuple[int, int]:
    """Long lists of numbers of one size at once: the offset behind, and how many values are left."""
    size = _FIXED.get(data[offset]) if count > 1 and offset < len(data) else None
    if size is None or offset + (size + 1) * count > len(data):
        return offset, count
    end = offset + (size + 1) * count
    if data[offset : end : size + 1] == data[offset : offset + 1] * count:
        return end, 0
    return offset, count
