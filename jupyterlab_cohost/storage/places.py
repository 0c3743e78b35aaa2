"""Where the files of open documents are, links resolved.

A folder above a document may be taken away and a link put in its place that leads out of what a session shares. What
stands behind such a link is another file: it is neither read into the document nor overwritten with it.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.scope import is_below, moved_path


class Places:
    """Of one store. Paths are relative to the content root; places are paths of the machine.

    ``is_guests(place)``: whether somebody who may not run code ever wrote there.
    """

    def __init__(self, is_guests: Callable[[str], bool]) -> None:
        self._of: dict[str, str] = {}
        self._is_guests = is_guests
        #: ``leads_out(path, place)``: whether somebody is let in at ``path`` who may not go to ``place``.
        self.leads_out: Callable[[str, str], bool] = lambda _path, _place: False

    def of(self, path: str) -> str | None:
        """Where the open document's file is."""
        return self._of.get(path)

    def may_be(self, path: str, place: str) -> bool:
        """Whether the document at ``path`` may be read from and written to ``place`` from now on."""
        known = self._of.get(path)
        return known is None or self.may_become(path, known, place)

    def may_become(self, path: str, last: str, place: str) -> bool:
        """Whether the document at ``path`` may go on with the file at ``place`` in place of the one at ``last``.

        Not when a session shares the path and not what stands at both, and not when guests' words would come where no
        guest could write.
        """
        if last == place:
            return True
        carries = self._is_guests(last) and not self._is_guests(place)
        return not (carries or self.leads_out(path, last) or self.leads_out(path, place))

    def found(self, path: str, place: str) -> None:
        """The document was read there."""
        self._of[path] = place

    def renamed(self, old: str, new: str) -> list[str]:
        """A file or folder has another path now: the new paths of the open documents in it, whose places are others."""
        moved = {path: moved_path(path, old, new) for path in self._of if path == old or is_below(path, old)}
        for path in moved:
            del self._of[path]
        return list(moved.values())

    def forget(self, path: str) -> None:
        """It is not open any more."""
        self._of.pop(path, None)
