"""Three-way merge of text: by lines, within a line by words; where both changed the same words, both lines stay."""

from __future__ import annotations

import re

from .merge_diff import changes, shared_ends
from .merge_sequence import Region, regions

_TOKENS = re.compile(r"\r\n|\w+|\W")
#: How much of a line's characters must be left on each side for its words to be merged one by one.
_ALIKE = 0.5
#: Above this, comparing character by character takes too long.
_MOST_CHARACTERS = 10_000


def split_lines(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one, as in the editor."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def merge_text(base: str, room: str, file: str) -> tuple[str, list[int]]:
    """The merged text, and the lines in it (from 1) where both had changed the same."""
    if room == file or file == base:
        return room, []
    if room == base:
        return file, []
    newline = "\r\n" if "\r\n" in room else "\n"
    result: list[str] = []
    conflicts: list[int] = []
    lines = split_lines(base)
    for region in regions(lines, split_lines(room), split_lines(file)):
        if region.settled is not None:
            _extend(result, region.settled, newline)
        else:
            _settle(lines[region.start : region.end], region, result, conflicts, newline)
    return "".join(result), conflicts


def _extend(result: list[str], lines: list[str], newline: str) -> None:
    """Appends; a line that was the last one, without an end, gets one when more follows."""
    for line in lines:
        if result and not result[-1].endswith("\n"):
            result[-1] += newline
        result.append(line)


def _settle(old: list[str], region: Region[str], result: list[str], conflicts: list[int], newline: str) -> None:
    if len(old) == len(region.room) == len(region.file):
        for before, mine, theirs in zip(old, region.room, region.file, strict=True):
            _settle_line(before, mine, theirs, result, conflicts, newline)
        return
    texts = ("".join(old), "".join(region.room), "".join(region.file))
    whole = _merge_tokens(*texts)
    if whole is None:
        whole = _grown(*texts)
    if whole is not None:
        _extend(result, split_lines(whole), newline)
        return
    if len(old) == len(region.room) or len(old) == len(region.file):
        _settle_around(old, region, result, conflicts, newline)
        return
    whole = _merge_characters(*texts) if old else None
    if whole is not None:
        _extend(result, split_lines(whole), newline)
        return
    head, tail = shared_ends(region.room, region.file)
    left, right = region.room[head : len(region.room) - tail], region.file[head : len(region.file) - tail]
    _extend(result, region.room[:head], newline)
    if old or (left and right):
        conflicts.append(len(result) + 1)
    _extend(result, [*left, *right, *region.room[len(region.room) - tail :]], newline)


def _settle_around(old: list[str], region: Region[str], result: list[str], conflicts: list[int], newline: str) -> None:
    """One side edited lines in place: the other side's lines come between them, and nothing is there twice."""
    in_place = len(old) == len(region.room)
    steady, other = (region.room, region.file) if in_place else (region.file, region.room)
    done = 0
    for start, end, first, last in (*changes(old, other), (len(old), len(old), len(other), len(other))):
        _extend(result, steady[done:start], newline)
        here, there = steady[start:end], other[first:last]
        done = end
        if here == old[start:end]:
            _extend(result, there, newline)
            continue
        mine, theirs = (here, there) if in_place else (there, here)
        if len(mine) == len(theirs):
            for before, left, right in zip(old[start:end], mine, theirs, strict=True):
                _settle_line(before, left, right, result, conflicts, newline)
        else:
            conflicts.append(len(result) + 1)
            _extend(result, [*mine, *theirs], newline)


def _settle_line(before: str, mine: str, theirs: str, result: list[str], conflicts: list[int], newline: str) -> None:
    if theirs in (before, mine):
        _extend(result, [mine], newline)
        return
    if mine == before:
        _extend(result, [theirs], newline)
        return
    both = _merge_tokens(before, mine, theirs)
    if both is None:
        both = _grown(before, mine, theirs)
    if both is not None:
        _extend(result, split_lines(both), newline)
        return
    conflicts.append(len(result) + 1)
    _extend(result, [mine, theirs], newline)


def _merge_tokens(before: str, mine: str, theirs: str) -> str | None:
    """By words; None when both changed the same words, or so much that words mean nothing."""
    old, left, right = (_TOKENS.findall(text) for text in (before, mine, theirs))
    if not (_is_alike(old, left) and _is_alike(old, right)):
        return None
    result: list[str] = []
    for region in regions(old, left, right):
        if region.settled is not None:
            result.extend(region.settled)
            continue
        head, tail = shared_ends(region.room, region.file)
        if region.start < region.end or head + tail < min(len(region.room), len(region.file)):
            return None
        result.extend(region.room if len(region.room) > len(region.file) else region.file)
    return "".join(result)


def _merge_characters(before: str, mine: str, theirs: str) -> str | None:
    """By characters, for several lines that words cannot tell apart; None when both took out or changed the same."""
    old, left, right = list(before), list(mine), list(theirs)
    if max(map(len, (old, left, right))) > _MOST_CHARACTERS or not (_is_alike(old, left) and _is_alike(old, right)):
        return None
    result: list[str] = []
    for region in regions(old, left, right):
        if region.settled is not None:
            result.extend(region.settled)
        elif region.start < region.end:
            return None
        else:
            result.extend([*region.room, *region.file])
    return "".join(result)


def _grown(before: str, mine: str, theirs: str) -> str | None:
    """The longer one, when both only added and it has all that the other added, in order; else None.

    So it is when one side is an earlier state of the other: putting both would double what people typed.
    """
    shorter, longer = sorted((mine, theirs), key=len)
    return longer if _is_within(before, shorter) and _is_within(shorter, longer) else None


def _is_within(part: str, whole: str) -> bool:
    """Whether ``part`` is left when characters are taken out of ``whole``."""
    rest = iter(whole)
    return all(character in rest for character in part)


def _is_alike(old: list[str], new: list[str]) -> bool:
    gone = sum(len(token) for start, end, _, _ in changes(old, new) for token in old[start:end])
    return gone <= (1 - _ALIKE) * sum(len(token) for token in old)
