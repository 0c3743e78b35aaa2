"""Three-way merge of text: by lines, within a line by words; where both changed the same words, both lines stay."""

from __future__ import annotations

import re

from ..core.alignment import aligned
from ..core.differences import changes, shared_ends
from .merge_sequence import Region, regions

_TOKENS = re.compile(r"\r\n|\w+|\W")
#: How much of a line's characters must be left on each side for its words to be merged one by one.
_ALIKE = 0.5


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
    if len(old) == len(region.room) == len(region.file) == 1:
        _settle_line(old[0], region.room[0], region.file[0], result, conflicts, newline)
        return
    by_lines, disputed = _by_lines(old, region, newline)
    if disputed:
        texts = ("".join(old), "".join(region.room), "".join(region.file))
        whole = _merge_tokens(*texts)
        if whole is None:
            whole = _grown(*texts)
        if whole is not None:
            by_lines, disputed = split_lines(whole), []
    conflicts.extend(len(result) + line for line in disputed)
    _extend(result, by_lines, newline)


def _by_lines(old: list[str], region: Region[str], newline: str) -> tuple[list[str], list[int]]:
    """Each line with what became of it on both sides: as ``merge_text``."""
    result: list[str] = []
    conflicts: list[int] = []
    here, there = aligned(old, region.room), aligned(old, region.file)
    for index in range(len(old) + 1):
        _settle_added(here.added[index], there.added[index], result, conflicts, newline)
        if index < len(old):
            _settle_kept(old[index], here.lines[index], there.lines[index], result, conflicts, newline)
    return result, conflicts


def _settle_added(mine: list[str], theirs: list[str], result: list[str], conflicts: list[int], newline: str) -> None:
    """Lines that both sides put in the same place: those that are alike once, the room's first."""
    head, tail = shared_ends(mine, theirs)
    left, right = mine[head : len(mine) - tail], theirs[head : len(theirs) - tail]
    _extend(result, mine[:head], newline)
    if left and right:
        conflicts.append(len(result) + 1)
    _extend(result, [*left, *right, *mine[len(mine) - tail :]], newline)


def _settle_kept(
    before: str, mine: str | None, theirs: str | None, result: list[str], conflicts: list[int], newline: str
) -> None:
    """A line that was there before: edited wins over taken out."""
    if mine is not None and theirs is not None:
        _settle_line(before, mine, theirs, result, conflicts, newline)
        return
    kept = theirs if mine is None else mine
    if kept is not None and _cut_end(kept)[0] != _cut_end(before)[0]:
        conflicts.append(len(result) + 1)
        _extend(result, [kept], newline)


def _settle_line(before: str, mine: str, theirs: str, result: list[str], conflicts: list[int], newline: str) -> None:
    """A line end that one side added to the last line is no change of that line."""
    (before, was), (mine, here), (theirs, there) = (_cut_end(line) for line in (before, mine, theirs))
    end = here if there == was else there
    if theirs in (before, mine):
        both: str | None = mine
    elif mine == before:
        both = theirs
    else:
        both = _typed_on(before, mine, theirs)
        if both is None:
            both = _merge_tokens(before, mine, theirs)
        if both is None:
            both = _grown(before, mine, theirs)
    if both is not None:
        _extend(result, split_lines(both + end), newline)
        return
    conflicts.append(len(result) + 1)
    _extend(result, [mine + here, theirs + there], newline)


def _cut_end(line: str) -> tuple[str, str]:
    """The line without its end, and the end."""
    for end in ("\r\n", "\n"):
        if line.endswith(end):
            return line[: -len(end)], end
    return line, ""


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


def _typed_on(before: str, mine: str, theirs: str) -> str | None:
    """The longer one, when its writer went on in the very piece that the other one had put in; else None."""
    shorter, longer = sorted((mine, theirs), key=len)
    put, more = _put_in(before, shorter), _put_in(shorter, longer)
    if put is None or more is None:
        return None
    return longer if more[0] <= put[1] + len(shorter) - len(before) and put[0] <= more[1] else None


def _put_in(before: str, after: str) -> tuple[int, int] | None:
    """The first and the last place where one piece may have been put in; None if that is not all that was done."""
    head, tail = shared_ends(before, after)[0], shared_ends(before[::-1], after[::-1])[0]
    first, last = max(0, len(before) - tail), head
    return (first, last) if len(after) >= len(before) and first <= last else None


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
