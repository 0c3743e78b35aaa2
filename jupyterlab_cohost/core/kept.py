"""What a file is to hold: what people changed in the document, and everything else as it stands in the file."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise
from typing import Any

from .differences import unchanged
from .line_ends import with_ends, with_mark_and_ends
from .ports import Content

#: Who opens a notebook has this noted by their page, as soon as the kernel answers.
_KERNEL, _LANGUAGE = "kernelspec", "language_info"


def kept(file: Content, shown: Content, now: Content) -> Content:
    """``now`` in place of ``shown`` in ``file``, of which ``shown`` is what the document said; nothing is changed."""
    if isinstance(file, str) and isinstance(now, str):
        return with_mark_and_ends(file, str(shown), now)
    if now == shown:
        return file
    if not (isinstance(file, dict) and isinstance(shown, dict) and isinstance(now, dict)):
        return now
    rest = _keep_object(*({**notebook, "cells": None} for notebook in (file, shown, now)))
    return {**rest, "cells": _keep_cells(file["cells"], shown["cells"], now["cells"])}


def _keep(file: Any, shown: Any, now: Any) -> Any:
    if now == shown:
        return file
    if isinstance(file, dict) and isinstance(shown, dict) and isinstance(now, dict):
        return _keep_object(file, shown, now)
    if isinstance(file, list) and isinstance(shown, list) and isinstance(now, list) and len(file) == len(shown):
        return _keep_list(file, shown, now)
    return now


def _keep_object(file: dict[str, Any], shown: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What a document cannot say stays, too; what it only says because it has to is not added."""
    unsaid = {key: value for key, value in file.items() if key not in shown and key not in now}
    said = {
        key: _keep(file[key], shown[key], value) if key in file and key in shown else value
        for key, value in now.items()
        if key in file or key not in shown or value != shown[key]
    }
    return {**unsaid, **said}


def _keep_list(file: list[Any], shown: list[Any], now: list[Any]) -> list[Any]:
    if len(shown) == len(now):
        return [_keep(*values) for values in zip(file, shown, now, strict=True)]
    both = min(len(shown), len(now))
    same = next((index for index in range(both) if shown[index] != now[index]), both)
    return file[:same] + now[same:]


def _keep_cells(file: list[Any], shown: list[Any], now: list[Any]) -> list[Any]:
    if len(file) != len(shown):
        return now
    pairs = dict(_pairs(shown, now))
    return [
        _keep_cell(file[pairs[place]], shown[pairs[place]], cell) if place in pairs else cell
        for place, cell in enumerate(now)
    ]


def _pairs(shown: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """``(now, shown)``: which cell was which. By id; where the format has none, by what stands in it and around it."""
    if all("id" in cell for cell in (*shown, *now)):
        places = {cell["id"]: place for place, cell in enumerate(shown)}
        return [(place, places[cell["id"]]) for place, cell in enumerate(now) if cell["id"] in places]
    same = [(-1, -1), *unchanged(*([_name(cell) for cell in cells] for cells in (shown, now))), (len(shown), len(now))]
    found = []
    for (before, first), (behind, last) in pairwise(same):
        if before >= 0:
            found.append((first, before))
        if behind - before == last - first:
            found += [(first + step, before + step) for step in range(1, behind - before)]
    return found


def _name(cell: dict[str, Any]) -> Hashable:
    return cell.get("cell_type"), cell.get("source")


def _keep_cell(file: dict[str, Any], shown: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    if now == shown:
        return file
    if now["cell_type"] != shown["cell_type"]:
        # Another kind of cell has other keys.
        return now
    cell = _keep_object(file, shown, now)
    if isinstance(file.get("source"), str) and now["source"] != shown["source"]:
        cell["source"] = with_ends(file["source"], now["source"])
    return cell


def is_only_opened(shown: Content, now: Content) -> bool:
    """Whether nobody edited anything: a page only noted what every page notes that opens it.

    That is which kernel answered, and whether outputs are hidden in both keys that say so. Another kernel than the
    notebook names is somebody's choice; so is another view of the outputs.
    """
    if not (isinstance(shown, dict) and isinstance(now, dict)):
        return now == shown
    before, after = shown["metadata"], now["metadata"]
    if _name_of_kernel(before) not in ("", _name_of_kernel(after)):
        return False
    return _without_notes(shown) == _without_notes(now) and _are_only_opened(shown["cells"], now["cells"])


def _name_of_kernel(metadata: dict[str, Any]) -> object:
    kernel = metadata.get(_KERNEL)
    return kernel.get("name", "") if isinstance(kernel, dict) else ""


def _without_notes(notebook: dict[str, Any]) -> dict[str, Any]:
    """All but the cells."""
    said = {key: value for key, value in notebook["metadata"].items() if key not in (_KERNEL, _LANGUAGE)}
    return {**notebook, "metadata": said, "cells": None}


def _are_only_opened(shown: list[dict[str, Any]], now: list[dict[str, Any]]) -> bool:
    return len(shown) == len(now) and all(
        before == after or _with_one_view(before) == _with_one_view(after)
        for before, after in zip(shown, now, strict=True)
    )


def _with_one_view(cell: dict[str, Any]) -> dict[str, Any]:
    """Hidden or not, once: JupyterLab makes ``jupyter.outputs_hidden`` and ``collapsed`` alike; the latter counts."""
    said = dict(cell["metadata"])
    collapsed, scrolled, more = (said.pop(key, None) for key in ("collapsed", "scrolled", "jupyter"))
    hidden = more.get("outputs_hidden") if isinstance(more, dict) else None
    if isinstance(more, dict):
        more = {key: value for key, value in more.items() if key != "outputs_hidden"} or None
    return {**cell, "metadata": (said, bool(hidden if collapsed is None else collapsed), scrolled or None, more)}


def with_names_of(before: Content, file: Content) -> Content:
    """``file`` read once more: cells that have no id in it get another one at each reading, and keep the first."""
    if not (isinstance(before, dict) and isinstance(file, dict)) or len(before["cells"]) != len(file["cells"]):
        return file
    return {**file, "cells": [_named(*cells) for cells in zip(before["cells"], file["cells"], strict=True)]}


def _named(before: dict[str, Any], cell: dict[str, Any]) -> dict[str, Any]:
    same = "id" in before and "id" in cell and _name(before) == _name(cell)
    return {**cell, "id": before["id"]} if same else cell
