"""What people read can be translated: templates with arguments, and a catalogue that knows them all."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_cohost.protocol.errors import Conflict
from jupyterlab_cohost.protocol.sentences import sentence, spoken
from jupyterlab_cohost.storage.files_errors import save_error

ROOT = Path(__file__).resolve().parent.parent


def test_ui_90_a_sentence_is_english_and_remembers_its_arguments() -> None:
    said = sentence("%1 has %2 MiB; %1 is too large.", "a.txt", 7)
    assert said == "a.txt has 7 MiB; a.txt is too large."
    assert spoken(said) == {
        "message": "a.txt has 7 MiB; a.txt is too large.",
        "template": "%1 has %2 MiB; %1 is too large.",
        "arguments": ["a.txt", "7"],
    }
    assert spoken("No arguments.") == {"message": "No arguments."}


def test_ui_90_an_argument_that_looks_like_a_place_is_only_text() -> None:
    """A guest chooses names; the page fills the template in once as well."""
    assert sentence("%1 and %2", "%2", "b") == "%2 and b"
    assert sentence("100 %5", "a") == "100 %5"


def test_ui_90_errors_and_save_states_carry_template_and_arguments() -> None:
    full = save_error("data/a.py", OSError(errno.ENOSPC, "no space"))
    assert full.to_json()["arguments"] == ["a.py"]
    assert full.to_json()["template"].startswith("Cannot save %1: the disk is full.")
    assert spoken(full.message, "reason")["reason"].startswith("Cannot save a.py: the disk is full.")
    assert Conflict("Already there.").to_json() == {"code": "conflict", "message": "Already there."}


@pytest.mark.skipif(sys.platform == "win32", reason="needs Node, and line ends as committed")
def test_ui_91_the_catalogue_has_every_text_and_every_translation_is_whole() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
