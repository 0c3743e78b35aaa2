"""The kernels that a guest who may execute shares: those of the session's documents, and no other.

A Jupyter *session* here is the pair of a document and its kernel; it is the host's, so a guest attaches and detaches
but never ends or moves it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import Any

from jupyter_core.utils import ensure_async

from ...protocol.errors import BadRequest, CohostError, Forbidden, NotFound, StorageFailed
from ...protocol.roles import Capability
from .paths import Guard

Model = dict[str, Any]

_log = logging.getLogger(__name__)
_KERNEL_KEYS = ("id", "name", "last_activity", "execution_state", "connections")


class SessionKernels:
    """For one guest. ``server`` is jupyter_server's ServerApp; ``starting`` is shared by all guests of the server."""

    def __init__(self, server: Any, guard: Guard, starting: defaultdict[str, asyncio.Lock]) -> None:
        self._sessions, self._kernels = server.session_manager, server.kernel_manager
        self._specs, self._guard, self._starting = server.kernel_spec_manager, guard, starting

    async def sessions(self) -> list[Model]:
        """The Jupyter sessions of documents in which the guest may execute."""
        found = await ensure_async(self._sessions.list_sessions())
        return [_clean(model) for model in found if self._is_shared(model)]

    async def find(self, jupyter_session: str) -> Model:
        """One of them. Raises NotFound."""
        return _first(await self.sessions(), lambda model: model["id"] == jupyter_session)

    async def kernels(self) -> list[Model]:
        """Their kernels, each once."""
        return list({model["kernel"]["id"]: model["kernel"] for model in await self.sessions()}.values())

    async def kernel(self, kernel_id: str) -> Model:
        """One of them. Raises NotFound."""
        return _first(await self.kernels(), lambda model: model["id"] == kernel_id)

    async def attach(self, path: str, name: str, kernel_name: str | None) -> Model:
        """The running kernel of the document, started when there is none.

        JupyterLab asks for ``<folder>/<random>`` with the file's name beside it, and ends the session again when the
        answer has another path: so the answer echoes what was asked. Raises NotFound, Forbidden, StorageFailed.
        """
        document = await self._document(path, name)
        async with self._starting[document]:
            model = await self._running(document)
            if model is None:
                model = await self._start(document, kernel_name)
        return {**model, "path": path, "name": name}

    async def interrupt(self, kernel_id: str) -> None:
        await self.kernel(kernel_id)
        await ensure_async(self._kernels.interrupt_kernel(kernel_id))

    async def restart(self, kernel_id: str, allowed: bool) -> Model:
        """Raises Forbidden unless the host allows it for this session."""
        model = await self.kernel(kernel_id)
        if not allowed:
            raise Forbidden("Only the host can restart this kernel.")
        await ensure_async(self._kernels.restart_kernel(kernel_id))
        return model

    def specs(self) -> Model:
        """The names of the host's kernels, without how they are started."""
        found = {name: _spec(name, self._spec_name(name)) for name in sorted(self._specs.find_kernel_specs())}
        default = self._kernels.default_kernel_name
        return {"default": default if default in found else next(iter(found), ""), "kernelspecs": found}

    def _spec_name(self, name: str) -> tuple[str, str]:
        try:
            spec = self._specs.get_kernel_spec(name)
        except Exception:
            return name, ""
        shown = name if "/" in spec.display_name or "\\" in spec.display_name else spec.display_name
        return shown, spec.language

    async def _document(self, path: str, name: str) -> str:
        folder = path.rpartition("/")[0]
        named = f"{folder}/{name}".lstrip("/") if name and "/" not in name else path
        try:
            return await self._guard.locate(named, Capability.EXECUTE)
        except NotFound:
            return await self._guard.locate(path, Capability.EXECUTE)

    async def _running(self, document: str) -> Model | None:
        return next((model for model in await self.sessions() if model["path"] == document), None)

    async def _start(self, document: str, kernel_name: str | None) -> Model:
        if kernel_name is not None and kernel_name not in self._specs.find_kernel_specs():
            raise BadRequest("The host's server has no such kernel.")
        kind = "notebook" if document.endswith(".ipynb") else "file"
        try:
            return _clean(
                await self._sessions.create_session(
                    path=document, name=document.rpartition("/")[2], type=kind, kernel_name=kernel_name
                )
            )
        except Exception:
            _log.exception("a kernel did not start for a guest")
            raise StorageFailed("The kernel did not start on the host's server.") from None

    def _is_shared(self, model: Model) -> bool:
        path = (model.get("path") or "").strip("/")
        return self._guard.shows(path) and self._guard.can(path, Capability.EXECUTE)


def _clean(model: Model) -> Model:
    kernel = {key: model["kernel"].get(key) for key in _KERNEL_KEYS}
    path, name, kind = model["path"].strip("/"), model.get("name") or "", model.get("type") or "notebook"
    clean = {"id": model["id"], "path": path, "name": name.rpartition("/")[2], "type": kind, "kernel": kernel}
    return {**clean, "notebook": {"path": path, "name": clean["name"]}} if kind == "notebook" else clean


def _spec(name: str, shown: tuple[str, str]) -> Model:
    spec = {"display_name": shown[0], "language": shown[1], "argv": [], "metadata": {}}
    return {"name": name, "spec": spec, "resources": {}}


def _first(models: list[Model], is_wanted: Any) -> Model:
    found = next((model for model in models if is_wanted(model)), None)
    if found is None:
        raise _gone()
    return found


def _gone() -> CohostError:
    return NotFound("There is no such kernel in this session.")
