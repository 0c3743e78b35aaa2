"""``api/kernels`` and ``api/kernelspecs``: the session's kernels; only the host ends them."""

from __future__ import annotations

from ...protocol.errors import Forbidden
from .base import Handler


class KernelsHandler(Handler):
    """``api/kernels``."""

    async def get(self) -> None:
        self.finish_json(await self.kernels.kernels())

    async def post(self) -> None:
        raise Forbidden("Guests use the kernels of the session's documents. Open one to run code.")


class KernelHandler(Handler):
    """``api/kernels/<kernel>``."""

    async def get(self, kernel_id: str) -> None:
        self.finish_json(await self.kernels.kernel(kernel_id))

    async def delete(self, kernel_id: str) -> None:
        await self.kernels.kernel(kernel_id)
        raise Forbidden("Only the host can shut down this kernel.")


class KernelActionHandler(Handler):
    """``api/kernels/<kernel>/interrupt`` and ``…/restart``."""

    async def post(self, kernel_id: str, action: str) -> None:
        if action == "interrupt":
            await self.kernels.interrupt(kernel_id)
            self.finish_nothing()
        else:
            self.finish_json(await self.kernels.restart(kernel_id, self.session.kernel_restart))


class KernelSpecsHandler(Handler):
    """``api/kernelspecs``: a page without any does not start, so viewers get the names too."""

    async def get(self) -> None:
        self.finish_json(self.kernels.specs())
