"""What a guest's page gets of the host's installed language packs: JupyterLab's own texts, and ours."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jupyterlab_server.translation_utils import get_display_name, get_language_pack, get_language_packs

from ..languages import catalogue, languages

#: Which extensions are installed is not a guest's to know.
_DOMAINS = frozenset({"jupyterlab", "notebook"})


@lru_cache
def packs_installed() -> dict[str, Any]:
    """Language to its names, English and those with a catalogue of ours included. Reads the disk once."""
    names: dict[str, Any] = dict(get_language_packs()[0])
    own = {
        language: {"displayName": get_display_name(language), "nativeName": get_display_name(language, language)}
        for language in languages()
    }
    return {**own, **names}


@lru_cache
def language_pack(language: str) -> dict[str, Any]:
    """Domain to texts, as JupyterLab reads them; nothing for English. ``language`` is one of ``packs_installed``."""
    found: dict[str, Any] = get_language_pack(language)[0] if language in packs_installed() else {}
    texts = {domain: found[domain] for domain in found.keys() & _DOMAINS}
    own = catalogue(language)
    return {**texts, "jupyterlab_cohost": own} if own else texts
