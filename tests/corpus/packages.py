"""Which files: all notebooks of some projects' sources, and texts of packages that are installed here."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Sources that ship notebooks (20, 24, 23, 85, 98), among them of all formats from 2 on, and broken ones.
SMALL = ("nbformat==5.11.1", "nbconvert==7.17.2", "nbclient==0.11.0")
LARGE = ("jupytext==1.19.6", "nbdime==4.0.4")
#: Sources with texts of many kinds.
TEXTS = ("plotly==7.1.0", "altair==6.3.0")
#: npm packages with line ends of Windows, mixed ones, byte order marks, odd separators and other encodings.
NPM = (
    *("@types", "@lezer/rust", "@so-ric/colorspace", "katex/contrib", "whatwg-url", "js-yaml/dist", "meow"),
    *("iconv-lite/encodings", "color-name", "colord", "tslib", "char-regex", "layout-base", "regexp-match-indices"),
)
#: The same of PyPI; tzdata's are binary.
PYPI = ("nbformat", "docutils", "ipywidgets", "jupyter_server", "notebook", "babel/messages", "tzdata/zoneinfo/America")
_KINDS = {
    *("", ".py", ".md", ".txt", ".csv", ".tsv", ".json", ".svg", ".js", ".ts", ".html", ".css", ".yml", ".yaml", ".r"),
    *(".toml", ".cfg", ".ini", ".xml", ".tex", ".rst", ".map", ".pyi", ".jl", ".geojson", ".Rmd", ".sh", ".log"),
}
_LARGEST = 1_000_000
_ODD = {
    "mark": re.compile(rb"^\xef\xbb\xbf"),
    "separator": re.compile(rb"\xe2\x80[\xa8\xa9]|\xc2\x85|[\x0b\x0c]"),
    "zero": re.compile(rb"\x00"),
    "beyond ASCII": re.compile(rb"[\x80-\xff]"),
}


def sources(requirement: str) -> Path:
    """The folder of a project's sources, downloaded once for each environment. Raises CalledProcessError."""
    name = requirement.replace("==", "-")
    place = Path(sys.prefix) / "share" / "corpus"
    if not (place / name).is_dir():
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as folder:
            _download(requirement, Path(folder))
            with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as archive:
                archive.extractall(folder, filter="data")
            # Another run may have been quicker.
            with suppress(OSError):
                (Path(folder) / name).rename(place / name)
    return place / name


def _download(requirement: str, folder: Path) -> None:
    how = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "--no-build-isolation"]
    command = [sys.executable, "-m", "pip", "download", *how, "--dest", str(folder), requirement]
    subprocess.run(command, check=True, timeout=300)


def notebooks(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ipynb"))


def installed() -> Iterator[Path]:
    """The folders of ``NPM`` and ``PYPI``."""
    yield from (ROOT / "node_modules" / name for name in NPM)
    yield from (Path(sysconfig.get_paths()["purelib"]) / name for name in PYPI)


def texts(folders: list[Path], most: int) -> list[Path]:
    """A sample with a fixed seed, half of it odd: as many of each kind of line ends, marks, characters, encodings."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if _is_text(path)]
    random.Random(10).shuffle(files)
    kinds = dict[frozenset[str], list[Path]]()
    for path in files:
        kinds.setdefault(_oddities(path.read_bytes()), []).append(path)
    plain = kinds.pop(frozenset(), [])
    in_turn = (path for row in zip_longest(*kinds.values()) for path in row if path is not None)
    odd = list(islice(in_turn, most // 2))
    return odd + plain[: most - len(odd)]


def _oddities(data: bytes) -> frozenset[str]:
    """What is odd about a text."""
    ends = {end.decode() for end in re.findall(rb"\r\n?|\n", data)}
    found = {f"ends with {end!r}" for end in ends} if ends - {"\n"} else set()
    return frozenset(found | {name for name, pattern in _ODD.items() if pattern.search(data)})


def _is_text(path: Path) -> bool:
    fits = path.suffix in _KINDS and path.is_file() and not path.is_symlink()
    return fits and path.stat().st_size < _LARGEST
