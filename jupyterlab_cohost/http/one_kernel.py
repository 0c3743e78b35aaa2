"""One kernel for one open document, whoever starts it: the host's pages, guests, two of them at the same moment.

JupyterLab starts a kernel under a made-up path beside the document and moves it there afterwards, so jupyter_server
does not see that the document has one. Here the session of an open document is made under its own path at once, and
who asks while it is there gets it, named as they asked: JupyterLab ends a session that answers to another name. It also
ends the first of two that one page asked for (a cell run twice while there is no kernel); here both are the same one,
which the second goes on with. Who asks for a kernel of another kind gets what runs, too: a notebook's metadata, which
editors write, decide what pages ask for. To change it is another request.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from jupyter_core.utils import ensure_async

Model = dict[str, Any]

#: A page moves a session to its own path, or ends it, within seconds.
_ASKED_S = 60.0


class OneKernel:
    """``sessions``: jupyter_server's manager. ``is_open``: whether a path is open in a room."""

    def __init__(self, sessions: Any, is_open: Callable[[str], bool]) -> None:
        self._sessions, self._is_open = sessions, is_open
        self._create, self._update, self._delete = (
            *(sessions.create_session, sessions.update_session),
            sessions.delete_session,
        )
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: By session, until when each page that got it under a made-up path is expected to move or end it.
        self._expected: dict[str, list[float]] = {}

    async def create_session(
        self,
        path: str | None = None,
        name: str | None = None,
        type: str | None = None,
        kernel_name: str | None = None,
        kernel_id: str | None = None,
    ) -> Model:
        """As jupyter_server's, which it replaces."""
        document = self._document(path, name, type)
        if document is None or kernel_id is not None:
            more = {"kernel_name": kernel_name, "kernel_id": kernel_id}
            return dict(await ensure_async(self._create(path=path, name=name, type=type, **more)))
        async with self._turns[document]:
            model = await self._running(document)
            if model is None:
                asked = {"path": document, "name": name, "type": type, "kernel_name": kernel_name}
                model = dict(await ensure_async(self._create(**asked)))
        if path != document:
            self._expected[model["id"]] = [*self._still_expected(model["id"]), time.monotonic() + _ASKED_S]
        return {**model, "path": path, "name": name}

    async def update_session(self, session_id: str, **changes: Any) -> None:
        """As jupyter_server's, which it replaces."""
        if "path" in changes:
            self._answered(session_id)
        await ensure_async(self._update(session_id, **changes))

    async def delete_session(self, session_id: str) -> None:
        """As jupyter_server's, which it replaces; not while another page is about to use what was asked for twice."""
        if len(self._still_expected(session_id)) > 1:
            self._answered(session_id)
        else:
            self._expected.pop(session_id, None)
            await ensure_async(self._delete(session_id))

    def _still_expected(self, session_id: str) -> list[float]:
        now = time.monotonic()
        return [until for until in self._expected.get(session_id, ()) if until > now]

    def _answered(self, session_id: str) -> None:
        left = self._still_expected(session_id)[1:]
        self._expected.pop(session_id, None)
        if left:
            self._expected[session_id] = left

    def _document(self, path: str | None, name: str | None, type: str | None) -> str | None:
        if not path or type not in ("notebook", "file"):
            return None
        beside = "/".join(part for part in (path.strip("/").rpartition("/")[0], name or "") if part)
        return next((one for one in (path.strip("/"), beside) if self._is_open(one)), None)

    async def _running(self, document: str) -> Model | None:
        models = await ensure_async(self._sessions.list_sessions())
        return next((model for model in models if (model.get("path") or "").strip("/") == document), None)


def share_kernels(server: Any, is_open: Callable[[str], bool]) -> None:
    """``server``: jupyter_server's ServerApp."""
    sessions = server.session_manager
    shared = OneKernel(sessions, is_open)
    sessions.create_session = shared.create_session
    sessions.update_session = shared.update_session
    sessions.delete_session = shared.delete_session
