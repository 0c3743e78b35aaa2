"""One output as nbformat has it."""

from __future__ import annotations

from typing import Any

from .sound_values import is_count, keep, sound_bundle

Output = dict[str, Any]
#: By type what an output has. Another type would not be looked at by the notary (JupyterLab stores no other).
_KEYS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}
OUTPUT_TYPES = frozenset(_KEYS)


def sound_output(output: object) -> Output | None:
    """The output with what is missing or wrong in it at its smallest; None for what is none. Its values are JSON."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if not isinstance(output, dict) or not isinstance(kind, str) or kind not in OUTPUT_TYPES:
        return None
    found = {key: output[key] for key in ("output_type", *_KEYS[kind]) if key in output}
    if kind == "stream":
        keep(found, "name", str)
        found["text"] = _joined(found.get("text"))
    elif kind == "error":
        keep(found, "ename", str)
        keep(found, "evalue", str)
        lines = found.get("traceback")
        found["traceback"] = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    else:
        _sound_display(found, counted=kind == "execute_result")
    return found


def _sound_display(output: Output, *, counted: bool) -> None:
    keep(output, "data", dict)
    keep(output, "metadata", dict)
    output["data"] = sound_bundle(output["data"])
    if counted and not is_count(output.get("execution_count")):
        output["execution_count"] = None


def _joined(text: object) -> str:
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""
