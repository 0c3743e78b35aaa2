"""Walks the structs of a Yjs update (version 1): the format of ``Item`` and ``Content*`` in yjs 13.

Only used for updates that could hold deeply nested values; everything else goes straight to pycrdt.
"""

from __future__ import annotations

from ..protocol.varint import MalformedMessage, read_bytes, read_varuint

_GC, _DELETED, _JSON, _BINARY, _STRING, _EMBED, _FORMAT, _TYPE, _ANY, _DOC, _SKIP = range(11)
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_PARENT_SUB = 0x80, 0x40, 0x20
_XML_WITH_NAME = (3, 5)
_ANY_OBJECT, _ANY_ARRAY = 118, 117
#: Sizes of values with a fixed length: undefined, null, true, false, float32, float64, bigint.
_ANY_FIXED = {127: 0, 126: 0, 120: 0, 121: 0, 124: 4, 123: 8, 122: 8}


def deepest_value(update: bytes) -> int:
    """How deep the JSON values of an update are nested at most. Raises MalformedMessage."""
    clients, offset = read_varuint(update, 0)
    deepest = 0
    for _ in range(clients):
        structs, offset = read_varuint(update, offset)
        _, offset = read_varuint(update, offset)
        _, offset = read_varuint(update, offset)
        for _ in range(structs):
            offset, depth = _struct(update, offset)
            deepest = max(deepest, depth)
    return deepest


def _byte(data: bytes, offset: int) -> int:
    if offset >= len(data):
        raise MalformedMessage("an update ends too early")
    return data[offset]


def _skip_varuint(data: bytes, offset: int) -> int:
    return read_varuint(data, offset)[1]


def _skip_bytes(data: bytes, offset: int) -> int:
    return read_bytes(data, offset)[1]


def _skip_id(data: bytes, offset: int) -> int:
    return _skip_varuint(data, _skip_varuint(data, offset))


def _struct(data: bytes, offset: int) -> tuple[int, int]:
    """The offset behind one struct, and how deep its values are nested."""
    info = _byte(data, offset)
    kind = info & 0x1F
    offset += 1
    if kind in (_GC, _SKIP):
        return _skip_varuint(data, offset), 0
    if info & _HAS_ORIGIN:
        offset = _skip_id(data, offset)
    if info & _HAS_RIGHT_ORIGIN:
        offset = _skip_id(data, offset)
    if not info & (_HAS_ORIGIN | _HAS_RIGHT_ORIGIN):
        by_name, offset = read_varuint(data, offset)
        offset = _skip_bytes(data, offset) if by_name == 1 else _skip_id(data, offset)
        if info & _HAS_PARENT_SUB:
            offset = _skip_bytes(data, offset)
    return _content(data, offset, kind)


def _content(data: bytes, offset: int, kind: int) -> tuple[int, int]:
    if kind == _DELETED:
        return _skip_varuint(data, offset), 0
    if kind in (_BINARY, _STRING, _EMBED):
        return _skip_bytes(data, offset), 0
    if kind == _FORMAT:
        return _skip_bytes(data, _skip_bytes(data, offset)), 0
    if kind == _TYPE:
        reference, offset = read_varuint(data, offset)
        return (_skip_bytes(data, offset) if reference in _XML_WITH_NAME else offset), 0
    if kind == _JSON:
        count, offset = read_varuint(data, offset)
        for _ in range(count):
            offset = _skip_bytes(data, offset)
        return offset, 0
    if kind == _ANY:
        count, offset = read_varuint(data, offset)
        return _values(data, offset, count)
    if kind == _DOC:
        return _values(data, _skip_bytes(data, offset), 1)
    raise MalformedMessage("a struct of an unknown kind")


def _values(data: bytes, offset: int, count: int) -> tuple[int, int]:
    """The offset behind ``count`` lib0 values, and the deepest nesting."""
    #: Per open container: how many values are still to come, and whether each has a key.
    waiting = [(count, False)]
    deepest = 0
    while waiting:
        left, keyed = waiting.pop()
        if left == 0:
            continue
        waiting.append((left - 1, keyed))
        if keyed:
            offset = _skip_bytes(data, offset)
        tag = _byte(data, offset)
        offset += 1
        if tag in (_ANY_OBJECT, _ANY_ARRAY):
            size, offset = read_varuint(data, offset)
            waiting.append((size, tag == _ANY_OBJECT))
            deepest = max(deepest, len(waiting) - 1)
        else:
            offset = _scalar(data, offset, tag)
    return offset, deepest


def _scalar(data: bytes, offset: int, tag: int) -> int:
    if tag in (119, 116):
        return _skip_bytes(data, offset)
    if tag == 125:
        return _skip_varuint(data, offset)
    size = _ANY_FIXED.get(tag)
    if size is None:
        raise MalformedMessage("a value of an unknown kind")
    return offset + size
