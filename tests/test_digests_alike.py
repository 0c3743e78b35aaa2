"""TRUST-1, TRUST-36: Python and the page's TypeScript (run by node) make the same digests, of whatever stands there."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyterlab_cohost.protocol.digest import WIDGET_STATE, output_digest, widget_digests

_SCRIPT = Path(__file__).parent / "support" / "digests.mjs"
Ask = Callable[[dict[str, Any]], Any]

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
_IN_ONE_NODE = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def page() -> Iterator[Ask]:
    """What the page's code says."""
    node = subprocess.Popen(
        ["node", str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert node.stdin is not None and node.stdout is not None
    assert node.stdout.readline() == "ready\n"

    def ask(question: dict[str, Any]) -> Any:
        assert node.stdin is not None and node.stdout is not None
        node.stdin.write(json.dumps(question) + "\n")
        node.stdin.flush()
        return json.loads(node.stdout.readline())

    yield ask
    node.stdin.close()
    assert node.wait(30) == 0


# Lone surrogates, commas, what JSON escapes.
_texts = st.text(st.one_of(st.characters(), st.sampled_from(',"\\\u2028\ud800\udc00\x00'))) | st.sampled_from(
    ["", "__proto__", "toJSON"]
)
_numbers = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([6.02e23, 1e21, 1e-7, -0.0, 2.0**53])
)
_values = st.recursive(
    st.none() | st.booleans() | _numbers | _texts | st.lists(_texts),
    lambda inner: st.lists(inner) | st.dictionaries(_texts, inner),
    max_leaves=12,
)
_types = st.sampled_from(
    ["text/html", "text/plain", "text/x+json", "application/json", "application/x+json", "image/svg+xml", "x,y"]
)
_bundles = st.dictionaries(_types | _texts, _texts | st.lists(_texts) | _values) | _values
_kinds = st.sampled_from(["display_data", "execute_result", "update_display_data", "stream", "error", "other"])
_outputs = st.fixed_dictionaries({"output_type": _kinds | _values}, optional={"data": _bundles, "metadata": _bundles})


def _as_read(value: Any) -> Any:
    """As it comes out of a file: two halves of a character are one there."""
    return json.loads(json.dumps(value))


@given(_outputs)
@example({"output_type": "display_data", "data": {"text/x+json": ["a", "b"]}})
@_IN_ONE_NODE
def test_trust_1_both_languages_say_the_same_of_any_output(page: Ask, output: dict[str, Any]) -> None:
    output = _as_read(output)
    assert page({"output": output}) == output_digest(output)


@given(
    st.dictionaries(
        st.just(WIDGET_STATE) | _texts,
        _values
        | st.fixed_dictionaries(
            {"state": st.dictionaries(_texts, _bundles)}, optional={"version_major": _values, "version_minor": _values}
        ),
    )
)
@_IN_ONE_NODE
def test_trust_36_both_languages_say_the_same_of_any_widget_state(page: Ask, widgets: dict[str, Any]) -> None:
    widgets = _as_read(widgets)
    vouchable = {key: digest for key, digest in widget_digests(widgets).items() if digest is not None}
    assert page({"widgets": widgets}) == vouchable


@pytest.mark.parametrize("depth,has_one", [(199, True), (200, False), (3000, False)])
def test_trust_1_both_languages_stop_at_the_same_depth(page: Ask, depth: int, has_one: bool) -> None:
    value = json.loads("[" * depth + "]" * depth) if depth < 900 else None
    if value is None:
        value = []
        for _ in range(depth - 1):
            value = [value]
    output = {"output_type": "display_data", "data": {"application/json": value}}
    digest = output_digest(output)
    assert (digest is not None) == has_one
    if depth < 900:
        assert page({"output": output}) == digest


def _shown(value: Any) -> str:
    """What JavaScript's ``String(value)`` gives for text and lists, as the renderers use it."""
    return (
        ",".join("" if entry is None else _shown(entry) for entry in value) if isinstance(value, list) else str(value)
    )


_shapes = st.recursive(st.text(",<a", max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(_types, _shapes, _shapes)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_trust_1_what_shows_another_text_has_another_digest(mime: str, one: Any, other: Any) -> None:
    digests = [output_digest({"output_type": "display_data", "data": {mime: value}}) for value in (one, other)]
    if _shown(one) != _shown(other):
        assert digests[0] != digests[1]
