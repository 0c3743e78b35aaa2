"""The sessions in one JSON file: replaced atomically, readable by its owner only, hashes and no secrets.

One file per content root, because the paths in it are relative to that root, and one server at a time has it: a
second server on the same root begins with an empty file of its own (see ``journal_place``).
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from ..protocol.errors import StorageFailed
from ..protocol.sentences import sentence
from .journal_place import claim, journal_path, release

_VERSION = 1


def open_session_store(data_dir: Path, root: str, kind: str = "sessions") -> JsonSessionStore:
    """The store of a content root, for this process alone. Raises StorageFailed when the folder cannot be used."""
    name = journal_path(data_dir, root).stem.replace("journal-", f"{kind}-")
    file, lock = claim(data_dir / "cohost" / f"{name}.json")
    return JsonSessionStore(file, lock)


class JsonSessionStore:
    """``file`` need not exist. ``notices`` are sentences for the host about what could not be read."""

    def __init__(self, file: Path, lock: int | None = None) -> None:
        self.file, self._lock = file, lock
        self.notices: list[str] = []

    def load(self) -> list[dict[str, Any]]:
        """All records. A file that cannot be understood is set aside beside itself, and said so."""
        try:
            text = self.file.read_text("utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError):
            return self._set_aside()
        try:
            data = json.loads(text)
            if data["version"] != _VERSION:
                raise ValueError("another version")
            return [dict(record) for record in data["sessions"]]
        except (ValueError, KeyError, TypeError):
            return self._set_aside()

    def set_aside(self) -> None:
        """For a file that is JSON but whose records make no sense."""
        self._set_aside()

    def save(self, records: list[dict[str, Any]]) -> None:
        """Raises StorageFailed; the old file then stands unharmed."""
        text = json.dumps({"version": _VERSION, "sessions": records}, indent=1)
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._replace(text.encode("utf-8"))
        except OSError as error:
            raise StorageFailed(sentence("The list of sessions could not be written: %1.", error.strerror)) from error

    def close(self) -> None:
        """Another server may have the file now."""
        if self._lock is not None:
            release(self._lock)
            self._lock = None

    def _replace(self, content: bytes) -> None:
        descriptor, name = tempfile.mkstemp(dir=self.file.parent, prefix=self.file.name + ".")  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as temporary:
                temporary.write(content)
                temporary.flush()
                os.fsync(temporary.fileno())
            os.replace(name, self.file)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def _set_aside(self) -> list[dict[str, Any]]:
        kept = self.file.with_name(f"{self.file.name}.unreadable-{int(time.time())}")
        with contextlib.suppress(OSError):
            os.replace(self.file, kept)
        self.notices.append(
            f"The list of sessions could not be read and was set aside as {kept.name}: share again what you had shared."
        )
        return []
