"""A Yjs document with the layout of ``@jupyter/ydoc``: content in and out, updates in, what was integrated out."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from jupyter_ydoc import YNotebook, YUnicode
from pycrdt import Array, Doc, Map, Text, TransactionEvent

from ..protocol.varint import MalformedMessage
from . import updates
from .allowances import TooMuch
from .changed_parts import ChangedParts
from .content import clean
from .line_ends import foreign
from .mends import map_in, mend
from .notebook_edits import are_copies, copies_in, name_apart, set_notebook
from .pieces import Plan, plan, try_out
from .places import MissingStructs, Places
from .ports import Content, Kind
from .sound import read_notebook
from .structs import Update, read_update
from .text_edits import make_edits, set_text
from .threads import to_its_end

#: The origin of the server's own transactions.
SERVER = "cohost-server"
#: Keys of a notebook's metadata by which jupytext decides in which other files it is kept.
STEERING = ("jupytext", "jupytext_formats")
#: What editors count otherwise than the server, see ``line_ends``.
_FOREIGN = (b"\r", b"\xef\xbb\xbf")
#: From here on reading a notebook's cells takes longer than a tick: so many of them, or so many bytes.
_MANY_CELLS, _MANY_BYTES = 200, 2_000_000
#: Steps past other structs take up to 0.3 µs each.
_STEPS_AT_ONCE = 500_000
#: In a long document the estimate is high for every key; taking back so few structs is not worth a copy of all.
_FEW_STRUCTS, _STEPS_OF_FEW = 8, 2_000_000
#: Beyond, it takes less time to look at the whole notebook than to find what changed.
_STEPS_TO_FOLLOW = 5_000_000
#: Structs of one piece of a large update.
_MOST_AT_ONCE = 500
#: A notebook's history is about as large as its file, at most this many times.
_HISTORY_PER_FILE = 1.25
#: Of processor time, for one update that may take long.
_MOST_S, _MOST_S_PER_STRUCT = 0.5, 5e-6
#: Client ids of documents that yield; those of pages have 32 bits.
_LOW_ID = 2**24
Changed = Callable[[bytes], None]
#: Asked with the clients of new structs, and their weight (``Places.weight``).
MayBring = Callable[[set[int], float], None]


def _anything(_clients: set[int], _weight: float) -> None:
    """May be brought."""


class PendingUpdate(Exception):
    """The update builds on something that the document does not have."""


class DocumentFull(Exception):
    """With the update the document would be larger than a file may be."""


class YDocument:
    """``changed`` is called with the bytes of every transaction that changed something, while it is being applied.

    ``yields``: where somebody sets a key at the same time as this document does, theirs counts (of two, Yjs takes that
    with the greater client id).
    """

    def __init__(self, kind: Kind, changed: Changed, *, yields: bool = False) -> None:
        self.kind = kind
        self._yields = yields
        self._changed = changed
        self._last = b""
        self._places: Places | None = None
        self._applying = self._foreign = False
        self._held: list[bytes] | None = None
        #: Bytes, at most.
        self._size = 0
        #: What the latest update changed that may have to be mended; and who else follows the document.
        self._parts: ChangedParts | None = None
        self._followers: list[ChangedParts] = []
        self._open(self._new())

    def _new(self) -> Doc[Any]:
        return Doc(client_id=1 + secrets.randbelow(_LOW_ID)) if self._yields else Doc()

    def _open(self, doc: Doc[Any]) -> None:
        self._doc = doc
        self._view = YNotebook(doc) if self.kind == "notebook" else YUnicode(doc)
        self._subscription = doc.observe(self._observed)

    def _observed(self, event: TransactionEvent) -> None:
        self._last = event.update
        if self._last == updates.EMPTY:
            return
        self._size += len(self._last)
        if not self._applying:
            self._note(self._last)
        if self._held is not None:
            self._held.append(self._last)
        else:
            self._changed(self._last)

    def _note(self, update: bytes) -> None:
        """The server's own."""
        try:
            if self._places is not None:
                self._places.take(update, ours=True)
        except (MalformedMessage, MissingStructs):
            self._places = None

    def _known(self) -> Places:
        if self._places is None:
            places = Places(self.kind)
            places.take(self.diff(), ours=True)
            self._places = places
        return self._places

    def _judge(self, update: bytes, read: Update | None) -> Places:
        """Refuses what must not reach the document. Raises MalformedMessage or PendingUpdate."""
        places = self._known()
        try:
            places.take(update, read=read)
        except MissingStructs:
            raise PendingUpdate from None
        return places

    async def planned(self, update: bytes) -> Plan:
        """Judges a large update in a thread, all of it before any of it is integrated.

        Raises MalformedMessage, or PendingUpdate.
        """
        before = b""
        while (state := self.state_vector()) != before:
            try:
                made = await to_its_end(plan, update, self._known().copy())
            except MissingStructs:
                before = state  # somebody may have brought it meanwhile
                continue
            if made.work > _STEPS_AT_ONCE:
                await to_its_end(try_out, made, self.diff(), _structs_at_once(made.work_of_one))
            return made
        raise PendingUpdate

    def check_size(self, update: bytes, most: int) -> None:
        """``most``: bytes of the file. What only deletes is always taken. Raises DocumentFull."""
        if update[:1] == b"\x00" or self._size + len(update) <= most:
            return
        if self.kind == "notebook":
            self._size, most = len(self.diff()), int(most * _HISTORY_PER_FILE)
        else:
            self._size = len(self._doc.get("source", type=Text))
        if self._size + len(update) > most:
            raise DocumentFull

    @property
    def structs_at_once(self) -> int:
        """How many structs a piece of a large update may have, so that integrating it is not taken for hostile."""
        return _structs_at_once(self._places.work_of_one if self._places is not None else 0)

    def apply(
        self,
        update: bytes,
        may_bring: MayBring = lambda _clients, _weight: None,
        *,
        read: Update | None = None,
        parts: ChangedParts | None = None,
    ) -> None:
        """Integrates an update. Raises MalformedMessage (nothing changed) or PendingUpdate (not kept).

        ``may_bring``: raises for client ids of new structs that must not come from here, and for more than may come.
        ``read``: the update as it was read. ``parts``: of ``follow``, when it is a piece of a larger one.
        """
        if update == updates.EMPTY:
            return
        places = self._judge(update, read)
        if places.shapes:
            self._note_parts(parts, places.work_to_follow)
        self._foreign = any(one in update for one in _FOREIGN) and places.types(update, _FOREIGN)
        try:
            may_bring(places.new_clients, places.weight)
            if places.work <= (_STEPS_OF_FEW if places.new_structs <= _FEW_STRUCTS else _STEPS_AT_ONCE):
                self._integrate(update)
            else:
                self._integrate_pieces(places, update)
        except (MalformedMessage, PendingUpdate, TooMuch):
            places.take_back()
            self._end_following()
            raise

    def _note_parts(self, parts: ChangedParts | None, work: float) -> None:
        """From now on, what changes is noted there, else for ``mend``. ``work``: see ``Places.work_to_follow``."""
        if parts is None and isinstance(self._view, YNotebook):
            self._end_following()
            parts = self._parts = ChangedParts(self._view)
        if parts is not None and work > _STEPS_TO_FOLLOW:
            parts.lost = True
            parts.close()
        elif parts is not None and not parts.lost:
            parts.open()

    def follow(self) -> ChangedParts | None:
        """For a notebook's update that is integrated in pieces; to be given to ``apply`` and, once, ``mend_parts``."""
        if not isinstance(self._view, YNotebook):
            return None
        parts = ChangedParts(self._view)
        self._followers.append(parts)
        return parts

    def mend(self) -> None:
        """Mends what the latest update brought that pages cannot show, and line ends that editors count otherwise."""
        parts, self._parts = self._parts, None
        if parts is not None:
            self._mend(parts)
        if self._foreign:
            self._foreign = False
            self.make_plain()

    def steering(self) -> dict[str, Any]:
        """The metadata of a notebook that say in which other files it is kept."""
        view = self._view
        metadata = view._ymeta.get("metadata") if isinstance(view, YNotebook) else None
        if not isinstance(metadata, (Map, dict)):
            return {}
        return {key: _plain(metadata[key]) for key in STEERING if key in metadata}

    def steer(self, wanted: dict[str, Any]) -> None:
        """Puts back what somebody changed of ``steering``."""
        now, view = self.steering(), self._view
        if not isinstance(view, YNotebook):
            return
        with self._doc.transaction(origin=SERVER):
            metadata = map_in(view._ymeta, "metadata")
            for key in STEERING:
                if key in wanted and now.get(key) != wanted[key]:
                    metadata[key] = wanted[key]
                elif key in now and key not in wanted:
                    del metadata[key]

    def mend_parts(self, parts: ChangedParts, *, cut: bool) -> None:
        """The same for all pieces of an update. ``cut``: not all of it came."""
        self._followers.remove(parts)
        self._mend(parts, cut=cut)

    def mend_everything(self) -> bool:
        """Of a notebook that this server did not fill itself, such as a journal's. Whether there was something."""
        before = self._size
        if isinstance(self._view, YNotebook):
            parts = ChangedParts(self._view)
            parts.lost = True
            self._mend(parts)
        self.make_plain()
        return self._size != before

    def _mend(self, parts: ChangedParts, *, cut: bool = False) -> None:
        parts.close()
        if parts.lost and isinstance(self._view, YNotebook):
            parts = ChangedParts(self._view)
            parts.add_everything()
        if isinstance(self._view, YNotebook) and (parts.cells or parts.meta or parts.metadata):
            with self._doc.transaction(origin=SERVER):
                mend(self._view, parts, cut=cut)

    def _end_following(self) -> None:
        if self._parts is not None:
            self._parts.close()
            self._parts = None

    def make_plain(self) -> None:
        """Takes line ends that editors count otherwise out of sources, and a byte order mark."""
        view = self._view
        if isinstance(view, YNotebook):
            sources = [cell.get("source") for cell in self.cells()]
        else:
            sources = [self._doc.get("source", type=Text)]
        found = [(source, str(source)) for source in sources if isinstance(source, Text)]
        edits = [(source, text, foreign(text, whole=self.kind == "file")) for source, text in found]
        if any(wrong for _, _, wrong in edits):
            with self._doc.transaction(origin=SERVER):
                for source, text, wrong in edits:
                    make_edits(source, text, wrong)

    def _integrate_pieces(self, places: Places, update: bytes) -> None:
        """What may take long (it does only when structs claim neighbours that are far apart) is stopped in time."""
        before = self.diff()
        held: list[bytes] = []
        self._held = held
        until = time.thread_time() + _MOST_S + _MOST_S_PER_STRUCT * places.new_structs
        try:
            for piece in places.pieces(update, _STEPS_AT_ONCE):
                self._integrate(piece)
                if time.thread_time() > until:
                    raise MalformedMessage("an update takes too much work")
        except (MalformedMessage, PendingUpdate):
            self._replace(before)
            raise
        finally:
            self._held = None
        for one in held:
            self._changed(one)

    def _integrate(self, update: bytes) -> None:
        self._last = b""
        self._applying = True
        try:
            self._doc.apply_update(update)
        except ValueError as error:
            raise MalformedMessage("an update cannot be read") from error
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            self._renew()
            raise MalformedMessage("an update cannot be integrated") from error
        finally:
            self._applying = False
        if self._last != update and updates.is_missing_from(update, self.state_vector()):
            self._renew()
            raise PendingUpdate

    def load(self, history: bytes) -> None:
        """Takes over what the server made or judged before: the journal's, an outside change. Raises as ``apply``."""
        if history == updates.EMPTY:
            return
        self._note(history)
        try:
            self._integrate(history)
        except (MalformedMessage, PendingUpdate):
            self._places = None
            raise

    def _renew(self) -> None:
        """A new document with the same history, without what waits for its dependencies or was left half done."""
        self._replace(self._doc.get_update())

    def _replace(self, history: bytes) -> None:
        self.close()
        doc = self._new()
        doc.apply_update(history)
        self._open(doc)
        for parts in self._followers:
            parts.lost = True

    def would_change(self, update: bytes) -> bool:
        """Whether applying ``update`` would change anything. Raises MalformedMessage."""
        read_update(update)
        return self.would_change_sound(update)

    def would_change_sound(self, update: bytes) -> bool:
        """The same for an update that was read. Raises MalformedMessage."""
        state = self.state_vector()
        try:
            return updates.would_change(update, state, self._doc.get_update(state))
        except ValueError as error:
            raise MalformedMessage("an update cannot be read") from error

    def state_vector(self) -> bytes:
        """What the document has, for step 1."""
        vector: bytes = self._doc.get_state()
        return vector

    def diff(self, state_vector: bytes = b"\x00") -> bytes:
        """What a peer with ``state_vector`` lacks. Raises MalformedMessage."""
        try:
            updates.read_state_vector(state_vector)
            update: bytes = self._doc.get_update(state_vector)
        except ValueError as error:
            raise MalformedMessage("a state vector cannot be read") from error
        return update

    async def content(self) -> Content:
        """What the file should hold, as of the call; a large notebook is read in a thread, from a copy.

        Two people who moved one cell at the same time have made two alike of it: the file has one, so has this.
        """
        view = self._view
        if isinstance(view, YNotebook) and (view.cell_number > _MANY_CELLS or self._size > _MANY_BYTES):
            history = self.diff()
            self._size = len(history)
            content, copies, twins = await asyncio.to_thread(_content_and_copies, history)
            self._drop(copies)
            if twins:
                self._name_apart()
            return content
        self.drop_copies()
        self._name_apart()
        return self.content_now()

    def _name_apart(self) -> bool:
        """No two cells have one id: pages and files tell cells apart by it."""
        view = self._view
        if not isinstance(view, YNotebook):
            return False
        with self._doc.transaction(origin=SERVER):
            return name_apart(view)

    def cells(self) -> list[Map[Any]]:
        """A notebook's, as they stand in the document."""
        cells = self._view.ycells if isinstance(self._view, YNotebook) else ()
        return [cell for cell in cells if isinstance(cell, Map)]

    def content_now(self) -> Content:
        """What the file should hold."""
        if isinstance(self._view, YNotebook):
            return clean(read_notebook(self._view))
        return str(self._view.get())

    def said(self) -> tuple[str, ...]:
        """What copies have to agree on, as ``same_said`` compares it; a long notebook is read by yrs in one go."""
        view = self._view
        if not isinstance(view, YNotebook):
            return (str(view.get()),)
        with self._doc.transaction() as transaction:
            roots = (view.ycells, view._ymeta)
            return tuple(root.integrated.to_json(transaction._txn) for root in roots)

    def set_content(self, content: Content) -> None:
        """Makes the document hold ``content``, by small edits, in one transaction of the server."""
        with self._doc.transaction(origin=SERVER):
            if isinstance(self._view, YNotebook) and isinstance(content, dict):
                set_notebook(self._view, content)
            else:
                set_text(self._doc.get("source", type=Text), str(content))

    def drop_copies(self) -> None:
        """Of cells that are alike, id included, the first one stays."""
        if isinstance(self._view, YNotebook):
            self._drop(copies_in(self._view))

    def _drop(self, copies: list[tuple[int, int]]) -> None:
        view = self._view
        if isinstance(view, YNotebook):
            # Somebody may have worked in them since they were found.
            still = [index for before, index in copies if are_copies(view, before, index)]
            with self._doc.transaction(origin=SERVER):
                for index in reversed(still):
                    del view.ycells[index]

    def retype(self) -> None:
        """Takes out everything and puts it in again, in one piece that reads the same in every copy."""
        content = self.content_now()
        with self._doc.transaction(origin=SERVER):
            if isinstance(self._view, YNotebook) and isinstance(content, dict):
                self._view.ycells.clear()
                self._view._ymeta.clear()
                set_notebook(self._view, content)
            else:
                source = self._doc.get("source", type=Text)
                source.clear()
                source.insert(0, str(content))

    def digest(self) -> str:
        """SHA-256 in hex of what people read, see "Copies" in protocol/README.md."""
        if isinstance(self._view, YNotebook):
            cells = [_read_of(cell) for cell in self._view.ycells]
            text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
        else:
            text = str(self._view.get())
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def set_state(self, key: str, value: Any) -> None:
        """Sets a key of the shared ``state`` map, if it differs."""
        if self._view.ystate.get(key) != value:
            with self._doc.transaction(origin=SERVER):
                self._view.ystate[key] = value

    def close(self) -> None:
        """Lets go of the observers."""
        self._end_following()
        for parts in self._followers:
            parts.close()
        self._doc.unobserve(self._subscription)


def _plain(value: Any) -> Any:
    return value.to_py() if isinstance(value, (Map, Array, Text)) else value


def _structs_at_once(work_of_one: int) -> int:
    fitting = _STEPS_AT_ONCE // (work_of_one + 2 * _MOST_AT_ONCE)
    if fitting > _FEW_STRUCTS:
        return min(fitting, _MOST_AT_ONCE)
    return max(1, min(_STEPS_OF_FEW // (work_of_one + 2 * _FEW_STRUCTS), _FEW_STRUCTS))


def _read_of(cell: object) -> list[str]:
    found = [cell.get(key) for key in ("id", "cell_type", "source")] if isinstance(cell, Map) else []
    return [str(value) if isinstance(value, (str, Text)) else "" for value in found]


def same_said(kind: Kind, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Maps have no order. For a thread."""
    return one == other or (kind == "notebook" and [*map(json.loads, one)] == [*map(json.loads, other)])


def _content_and_copies(history: bytes) -> tuple[Content, list[tuple[int, int]], bool]:
    """Of a notebook; and whether cells had to be told apart."""
    document = YDocument("notebook", lambda _update: None)
    document.load(history)
    copies = copies_in(document._view) if isinstance(document._view, YNotebook) else []
    document._drop(copies)
    twins = document._name_apart()
    content = document.content_now()
    document.close()
    return content, copies, twins


def content_of(kind: Kind, history: bytes) -> Content:
    """What a document with this history says."""
    document = YDocument(kind, lambda _update: None)
    document.load(history)
    content = document.content_now()
    document.close()
    return content
