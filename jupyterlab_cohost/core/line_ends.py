"""Line ends and the byte order mark: they stay in the file; documents have ``\\n`` alone.

Editors count a line end as one character whatever it is made of (CodeMirror: ``\\r\\n``, ``\\r`` and ``\\n``), so that
places in a document that had two for one would be others in the page and on the server. ``\\u2028`` and its like are
characters of a line, there and here.
"""

from __future__ import annotations

import re

from .text_edits import Edit, edits

#: The byte order mark, as text.
BOM = "\ufeff"
_END = re.compile(r"\r\n?|\n")
_FOREIGN = re.compile(r"\r")


def plain_ends(text: str) -> str:
    """The text with ``\\n`` for every line end."""
    return _END.sub("\n", text) if "\r" in text else text


def plain_text(text: str) -> str:
    """What a document says of a text file."""
    return plain_ends(text).removeprefix(BOM)


def foreign(text: str, *, whole: bool) -> list[Edit]:
    """What has to be changed in a document that says ``text``. ``whole``: of a file, not of a cell."""
    found = [(0, _marks(text), "")] if whole and text.startswith(BOM) else []
    for match in _FOREIGN.finditer(text):
        at = match.start()
        found.append((at, at + 1, "" if text.startswith("\n", at + 1) else "\n"))
    return found


def with_ends(file: str, text: str) -> str:
    """``text``, of a document, with the line ends that ``file`` has in the same places.

    See ``_Ends`` for new lines.
    """
    found: list[str] = _END.findall(file)
    kinds = set(found)
    if kinds <= {"\n"}:
        return text
    if len(kinds) == 1:
        return text.replace("\n", found[0])
    return "".join(_mixed(plain_text(file), found, text))


def with_mark_and_ends(file: str, shown: str, text: str) -> str:
    """As ``with_ends`` for a whole file, of which the document said ``shown``: its byte order mark stays, too."""
    marked = _marks(file) > _marks(shown)
    return (BOM if marked else "") + with_ends(file, text)


def _marks(text: str) -> int:
    return len(text) - len(text.lstrip(BOM))


def _mixed(old: str, ends: list[str], text: str) -> list[str]:
    """``ends``: those of the lines of ``old``, in order."""
    lines = text.split("\n")
    out: list[str] = []
    last = ""
    for line, end in zip(lines, _Ends(ends).of(old, text), strict=False):
        # A lone "\r" and a "\n" with nothing between them would be one line end.
        last = "\r" if last == "\r" and not line and end == "\n" else end
        out += line, last
    return [*out, lines[-1]]


class _Ends:
    """For every line end of a text the one of the line in the file from which the last of its kept text comes.

    So both halves of a line that was parted end like that line. A line without any ends like the one it took the place
    of, or the one before it.
    """

    def __init__(self, ends: list[str]) -> None:
        self._ends, self._found = ends, list[str]()
        #: In the file: the line that is being read, and that of the last kept text of the line that is being written.
        self._line = 0
        self._kept: int | None = None

    def of(self, old: str, text: str) -> list[str]:
        """``old``: what the document said of the file."""
        at = 0
        for start, end, replacement in edits(old, text):
            self._keep(old[at:start])
            self._replace(old.count("\n", start, end), replacement.count("\n"))
            at = end
        self._keep(old[at:])
        return self._found

    def _keep(self, text: str) -> None:
        for index, part in enumerate(text.split("\n")):
            if index:
                self._end_as(self._line)
                self._line += 1
            if part:
                self._kept = self._line

    def _replace(self, gone: int, typed: int) -> None:
        for index in range(typed):
            self._end_as(self._line + index if index < gone else None)
        self._line += gone

    def _end_as(self, line: int | None) -> None:
        line = self._kept if self._kept is not None else line
        self._kept = None
        if line is not None and line < len(self._ends):
            self._found.append(self._ends[line])
        else:
            self._found.append(self._found[-1] if self._found else self._ends[0])
