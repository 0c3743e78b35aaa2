"""Static files, compressed once: JupyterLab's own server sends them as they are, which a slow link feels (5 MB)."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

_COMPRESSIBLE = {".js", ".css", ".json", ".svg", ".html", ".map", ".txt", ".ttf", ".eot", ".wasm"}
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
_MIN_BYTES = 1024


@dataclass(frozen=True)
class Asset:
    """A file as it is sent. ``compressed`` is None when that gains nothing."""

    body: bytes
    compressed: bytes | None
    etag: str
    content_type: str

    @property
    def weight(self) -> int:
        return len(self.body) + len(self.compressed or b"")


class Assets:
    """Reads and compresses (slow: call from a thread) and keeps the latest up to a bound in memory."""

    def __init__(self, bytes_kept: int = 48 * 2**20) -> None:
        self._bytes_kept, self._bytes = bytes_kept, 0
        self._kept: OrderedDict[tuple[str, int, int], Asset] = OrderedDict()

    def read(self, folder: Path, relative: str) -> Asset | None:
        """The file below ``folder``, or None. Links may lead out of the folder only where its own top does."""
        file = safe_file(folder, relative)
        if file is None:
            return None
        stat = file.stat()
        key = (str(file), stat.st_mtime_ns, stat.st_size)
        asset = self._kept.get(key)
        if asset is None:
            asset = _make(file)
            self._keep(key, asset)
        return asset

    def _keep(self, key: tuple[str, int, int], asset: Asset) -> None:
        if asset.weight > self._bytes_kept // 4 or key in self._kept:
            return
        self._kept[key] = asset
        self._bytes += asset.weight
        while self._bytes > self._bytes_kept:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.weight


def safe_file(folder: Path, relative: str) -> Path | None:
    """The regular file that ``relative`` names below ``folder``, when it really is there."""
    parts = relative.split("/")
    if any(part in ("", ".", "..") or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        return None
    try:
        real, file = folder.resolve(), folder.joinpath(*parts).resolve()
        return file if file.is_relative_to(real) and file.is_file() else None
    except (OSError, ValueError):
        return None


def _make(file: Path) -> Asset:
    body = file.read_bytes()
    compressed = gzip.compress(body, 6, mtime=0) if file.suffix in _COMPRESSIBLE and len(body) >= _MIN_BYTES else None
    if compressed is not None and len(compressed) > 0.9 * len(body):
        compressed = None
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Asset(body, compressed, f'"{hashlib.sha256(body).hexdigest()[:20]}"', kind)
