"""jupytext's contents manager, held to what the host paired. See docs/adr/0017-pairs.md.

It keeps one document in several files, and the document itself, or a configuration file beside it, says in which: who
may write those would say where the host's server writes and what it reads. So the pairs of a document that somebody
without *execute* ever wrote are those that the host made: that stood there before, or that a page of the host sets. Any
other is left out: the document's own file alone is read and saved. It holds for rooms and for the REST API of the host,
on this one instance; guests' own requests go to a manager without pairs.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from inspect import isawaitable
from typing import Any

from jupyter_server.utils import to_api_path
from tornado.web import HTTPError

from .atomic import current
from .companions import noting_no_reads
from .pair_records import PairRecords
from .signing import Signing

_MARK, _PLAIN = "_cohost_pairs", "_cohost_plain"
_log = logging.getLogger("jupyterlab_cohost.pairs")
#: Formats that other programs of the host's computer are started for.
_PROGRAMS = ("pandoc", "quarto", "marimo")
#: The one file (os path) that the document is read from, where that was decided already.
_only: ContextVar[str | None] = ContextVar("cohost_only", default=None)
#: Whether the pair was left out, for who asks.
_alone: ContextVar[list[str] | None] = ContextVar("cohost_alone", default=None)


class NotPaired(HTTPError):
    """The document names files that the host did not pair it with."""

    def __init__(self, path: str) -> None:
        super().__init__(403, f"{path} is not paired so by the host.")


class HalvesDiffer(HTTPError):
    """Nobody can say which of the files is the newer word."""


@contextmanager
def reading_only(os_path: str | None) -> Iterator[None]:
    """What is read inside comes from this one of the document's files. None: from where the manager says."""
    token = _only.set(os_path)
    try:
        yield
    finally:
        _only.reset(token)


@contextmanager
def noting_alone() -> Iterator[list[str]]:
    """Gives the documents whose pair was left out inside."""
    found: list[str] = []
    token = _alone.set(found)
    try:
        yield found
    finally:
        _alone.reset(token)


def has_pairs(manager: Any) -> bool:
    """Whether it is jupytext's, by what it can do: the class is made anew from another one by each server."""
    return all(hasattr(manager, name) for name in ("paired_notebooks", "update_paired_notebooks", "get_config_file"))


def hold_pairs(manager: Any, signing: Signing) -> Pairs | None:
    """Puts the rules in place, the first time. None for a manager without pairs."""
    pairs: Pairs | None = getattr(manager, _MARK, None)
    if pairs is None and has_pairs(manager):
        pairs = Pairs(manager, signing)
        setattr(manager, _MARK, pairs)
    return pairs


def without_pairs(manager: Any) -> Any:
    """The same manager without pairs: an instance of the class that jupytext's was made from, with its settings."""
    if not has_pairs(manager):
        return manager
    plain = getattr(manager, _PLAIN, None)
    if plain is None:
        kind: Any = next(one for one in type(manager).__mro__ if not hasattr(one, "update_paired_notebooks"))
        plain = kind(parent=manager.parent, log=manager.log)
        for name in kind.class_trait_names(config=True):
            with suppress(Exception):
                setattr(plain, name, getattr(manager, name))
        setattr(manager, _PLAIN, plain)
    for hooks in ("_pre_save_hooks", "_post_save_hooks"):
        if hasattr(manager, hooks):
            setattr(plain, hooks, list(getattr(manager, hooks)))
    return plain


class Pairs:
    """Of one contents manager. Paths are its own; ``records`` and ``signing`` know files by the seals' names."""

    def __init__(self, manager: Any, signing: Signing) -> None:
        self._manager, self._signing = manager, signing
        self.records = PairRecords(signing.seals.folder)
        self._get, self._save, self._rename = manager.get, manager.save, manager.rename_file
        self._update, self._config_file = manager.update_paired_notebooks, manager.get_config_file
        self._load_config = manager.load_config_file
        manager.update_paired_notebooks = self.update_paired_notebooks
        for method in (self.get, self.save, self.rename_file, self.get_config_file, self.load_config_file):
            name = method.__name__
            setattr(manager, name, _like(getattr(manager, name), method))

    # In place of the manager's

    def update_paired_notebooks(self, path: str, formats: Any) -> None:
        """Every pair goes through here before another file is looked at. Raises NotPaired."""
        pair = self._pair(path, formats)
        if len(pair) > 1:
            if not self._is_guests(path):
                self.records.set_pair({self._signing.key(one): name for one, name in pair.items()})
            elif not self._is_approved(path, pair):
                raise NotPaired(path)
        self._update(path, formats)

    async def get(self, path: str, content: bool = True, type: Any = None, format: Any = None, **more: Any) -> Any:
        """As the manager's."""
        path = path.strip("/")
        if not content or type not in (None, "notebook"):
            return await _value(self._get(path, content=content, type=type, format=format, **more))
        only = _only.get()
        try:
            if only is not None:
                return await self._read_only(only, path, type, format, more)
            model = await _value(self._get(path, content=True, type=type, format=format, **more))
        except Exception as error:
            status, message = getattr(error, "status_code", 500), getattr(error, "log_message", None)
            if status == 400 and "is more recent than" in (message or ""):
                raise HalvesDiffer(400, message) from error
            if not self._is_guests(path) or status == 404:
                raise
            self._leave_out(path)
            return await self._read_alone(path, type, format, more)
        if model.get("type") == "notebook":
            self._settle(path, model["content"])
        return model

    async def save(self, model: Any, path: str = "") -> Any:
        """As the manager's."""
        path = path.strip("/")
        if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
            return await _value(self._save(model, path))
        if await self._names_others(path, model["content"]):
            self._leave_out(path)
            return await self._save_alone(model, path)
        return await _value(self._save(model, path))

    def _note_halves(self, pair: Mapping[str, str]) -> None:
        """For a save that is under way."""
        writing = current.get()
        if writing is not None and writing.own:
            writing.halves = frozenset(str(self._manager._get_os_path(path)) for path in pair)

    async def rename_file(self, old_path: str, new_path: str) -> None:
        """As the manager's. Who wrote a half goes with it."""
        old_path, new_path = old_path.strip("/"), new_path.strip("/")
        if old_path not in self._manager.paired_notebooks and os.path.splitext(old_path)[1]:
            with suppress(Exception):
                await self.get(old_path, content=True)
        halves = self._renamed(old_path, new_path)
        for old, new in halves:
            self._signing.moved(old, new)
        if len(halves) > 1:
            names = self.records.pair(self._signing.key(old_path))
            self.records.set_pair(
                {self._signing.key(new): names.get(self._signing.key(old), "") for old, new in halves}
            )
        await _value(self._rename(old_path, new_path))
        for old, new in halves:
            self._signing.moved(old, new)
            self.records.moved(self._signing.key(old), self._signing.key(new))

    async def get_config_file(self, directory: str) -> Any:
        """One that a guest may have written counts for nothing."""
        with noting_no_reads():
            found = await _value(self._config_file(directory))
            if found is None or not self._is_guests(found):
                return found
            _log.warning("%s was written by a guest: it is not followed", found)
            return await self.get_config_file(self._manager.get_parent_dir(directory)) if directory else None

    async def load_config_file(self, config_file: Any, **more: Any) -> Any:
        """As the manager's; a guest may have written it since it was found."""
        with noting_no_reads():
            config = await _value(self._load_config(config_file, **more))
        is_ours = not config_file or more.get("is_os_path") or not self._is_guests(config_file)
        return config if is_ours else None

    # What the host said

    def host_set(self, path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """A page of the host changed how the document is paired: ``metadata`` as it was and as it is now.

        It counts when what stood there was the host's as well: what a page adds to a guest's word would be half theirs.
        """
        pair, last = self._pair_of(path, after), self._pair_of(path, before)
        if len(pair) > 1 and (len(last) < 2 or self._is_approved(path, last) or not self._is_guests(path)):
            self.records.set_pair({self._signing.key(one): name for one, name in pair.items()})

    def renamed(self, old: str, new: str) -> None:
        """A file or folder has another path now. May be told twice."""
        self.records.moved(self._signing.key(old), self._signing.key(new))

    def _is_guests(self, path: str) -> bool:
        return self._signing.seals.is_guests(self._signing.key(path))

    def _is_approved(self, path: str, pair: Mapping[str, str]) -> bool:
        named = {self._signing.key(one): name for one, name in pair.items()}
        approved = self.records.pair(self._signing.key(path))
        same = all(name == approved.get(one) or name not in _PROGRAMS for one, name in named.items())
        return approved.keys() == named.keys() and same

    # The manager's own way of reading formats

    def _pair(self, path: str, formats: Any) -> dict[str, str]:
        """All files of the document, each with its format's name. Raises jupytext's InconsistentPath."""
        from jupytext.formats import long_form_multiple_formats
        from jupytext.paired_paths import find_base_path_and_format, paired_paths

        if not formats:
            return {}
        formats = long_form_multiple_formats(formats)
        _, own = find_base_path_and_format(path, formats)
        return {one: str(fmt.get("format_name") or "") for one, fmt in paired_paths(path, own, formats)}

    def _pair_of(self, path: str, metadata: Mapping[str, Any]) -> dict[str, str]:
        """By what a notebook's metadata say alone. Empty when that means nothing."""
        from jupytext.formats import long_form_multiple_formats

        try:
            formats = (metadata.get("jupytext") or {}).get("formats") or metadata.get("jupytext_formats")
            found = long_form_multiple_formats(formats, dict(metadata), auto_ext_requires_language_info=False)
            return self._pair(path, found)
        except Exception:
            return {}

    async def _names_others(self, path: str, notebook: dict[str, Any]) -> bool:
        """Whether a save would write files that the host did not pair, or none at all because they make no sense."""
        from jupytext.config import notebook_formats

        config = await _value(self._manager.get_config(path))
        try:
            formats = notebook_formats(notebook, config, path)
            _, formats = self._manager._drop_formats_if_they_dont_match_path(path, None, formats)
            pair = self._pair(path, formats)
        except Exception as error:
            _log.warning("How %s is paired makes no sense: %s", path, error)
            return True
        self._note_halves(pair)
        return len(pair) > 1 and self._is_guests(path) and not self._is_approved(path, pair)

    def _known_pair(self, path: str) -> list[str]:
        if path not in self._manager.paired_notebooks:
            return [path]
        _, formats = self._manager.paired_notebooks[path]
        return list(self._pair(path, formats))

    def _renamed(self, old_path: str, new_path: str) -> list[tuple[str, str]]:
        """The old and the new path of each half."""
        from jupytext.formats import long_form_multiple_formats
        from jupytext.paired_paths import base_path, full_path

        with suppress(Exception):
            own, formats = self._manager.paired_notebooks[old_path]
            base = base_path(new_path, own)
            after = [full_path(base, one) for one in long_form_multiple_formats(formats)]
            return list(zip(self._known_pair(old_path), after, strict=True))
        return [(old_path, new_path)]

    # One file alone

    def _leave_out(self, path: str) -> None:
        if (told := _alone.get()) is not None:
            told.append(path)

    async def _read_alone(self, path: str, type: Any, format: Any, more: dict[str, Any]) -> Any:
        more = {**more, "load_alternative_format": False}
        return await _value(self._get(path, content=True, type=type, format=format, **more))

    async def _read_only(self, os_path: str, path: str, type: Any, format: Any, more: dict[str, Any]) -> Any:
        half = str(to_api_path(os_path, self._manager.root_dir))
        model = await self._read_alone(half, type, format, more)
        return {**model, "path": path, "name": path.rpartition("/")[2]}

    async def _save_alone(self, model: dict[str, Any], path: str) -> Any:
        if path.endswith(".ipynb"):
            return await _value(self._manager.super.save(model, path))
        notebook = model["content"]
        metadata = {key: value for key, value in notebook.get("metadata", {}).items() if key != "jupytext_formats"}
        own = _dict(metadata.get("jupytext"))
        written = _dict(own.get("text_representation"))
        extension, name = os.path.splitext(path)[1], written.get("format_name")
        formats = f"{extension[1:]}:{name}" if name and written.get("extension") == extension else extension[1:]
        metadata["jupytext"] = {**own, "formats": formats}
        return await _value(self._save({**model, "content": {**notebook, "metadata": metadata}}, path))

    def _settle(self, path: str, notebook: Any) -> None:
        """The head of a script that a guest wrote does not say how the notebook is paired."""
        pair = self._known_pair(path)
        if len(pair) < 2 or not any(self._is_guests(half) for half in pair):
            return
        said = notebook["metadata"].get("jupytext", {})
        if "formats" in said:
            said["formats"] = self._manager.paired_notebooks[path][1]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


async def _value(answer: Any) -> Any:
    """For managers with and without coroutines."""
    return await answer if isawaitable(answer) else answer


def _like(original: Callable[..., Any], method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    """``method`` for a manager with coroutines; for one without it is run to its end, since it waits for nothing."""
    if asyncio.iscoroutinefunction(original):

        @wraps(original)
        async def waits(*arguments: Any, **named: Any) -> Any:
            return await method(*arguments, **named)

        return waits

    @wraps(original)
    def run(*arguments: Any, **named: Any) -> Any:
        work = method(*arguments, **named)
        try:
            work.send(None)
        except StopIteration as end:
            return end.value
        raise RuntimeError("a manager without coroutines waits")

    return run
