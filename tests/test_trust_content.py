"""TRUST: what may not be signed, whatever type, list or widget state it hides in."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterlab_cohost.core.content import all_vouched, digests_in, without_unknown_outputs
from jupyterlab_cohost.core.sound import sound
from jupyterlab_cohost.protocol.digest import WIDGET_STATE

HTML = {"output_type": "display_data", "data": {"text/html": "<b>1</b>"}, "metadata": {}}
MODEL = {"model_name": "HTMLModel", "model_module": "@jupyter-widgets/controls", "state": {"value": "hello"}}


def notebook(*outputs: Any, widgets: Any = None) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "c", "source": "", "metadata": {}, "execution_count": None}
    metadata = {} if widgets is None else {"widgets": {WIDGET_STATE: {"state": widgets, "version_major": 2}}}
    cells = [{**cell, "outputs": copy.deepcopy(list(outputs))}]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("kind", ["update_display_data", "pyout", "comm", "", None, 3, ["display_data"]])
def test_trust_35_an_output_of_a_type_that_nbformat_has_not_is_neither_signed_nor_kept(kind: object) -> None:
    evil = {**HTML, "output_type": kind}
    content = notebook(HTML, evil)
    assert not all_vouched(content, digests_in(content))
    assert sound(copy.deepcopy(content))["cells"][0]["outputs"] == [HTML]
    assert without_unknown_outputs(content) == notebook(HTML)


def test_trust_35_nothing_but_output_types_of_nbformat_is_what_its_schema_has() -> None:
    """A new one would need a decision."""
    folder = Path(nbformat.__file__).parent / "v4"
    schema = json.loads((folder / f"nbformat.v4.{nbformat.v4.nbformat_minor}.schema.json").read_text())
    names = {one["$ref"].rsplit("/", 1)[1] for one in schema["definitions"]["output"]["oneOf"]}
    assert names == {"execute_result", "display_data", "stream", "error"}


@given(
    st.dictionaries(
        st.sampled_from(["text/html", "application/json", "text/x+json", "application/x+json"]),
        st.text() | st.lists(st.text()) | st.lists(st.integers()),
    )
)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_trust_1_what_a_room_saves_is_what_the_file_is_read_as(data: dict[str, Any]) -> None:
    """So that lists cannot make another text of what was vouched for."""
    saved = sound(notebook({**HTML, "data": data}))
    read = nbformat.reads(nbformat.writes(nbformat.from_dict(saved)), as_version=4)
    assert json.loads(json.dumps(read))["cells"][0]["outputs"][0]["data"] == saved["cells"][0]["outputs"][0]["data"]


def test_trust_36_a_notebook_is_signed_only_with_all_its_widget_models() -> None:
    vouched = digests_in(notebook(HTML, widgets={"a": MODEL}))
    assert all_vouched(notebook(HTML, widgets={"a": MODEL}), vouched)
    changed = {**MODEL, "state": {"value": "<img src=x>"}}
    for other in ({"a": changed}, {"b": MODEL}, {"a": MODEL, "b": MODEL}, {"a": MODEL, "b": "text"}):
        assert not all_vouched(notebook(HTML, widgets=other), vouched), other
