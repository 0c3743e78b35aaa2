"""What the administrator allows, for the dialog."""

from __future__ import annotations

from .base import HostHandler, reads


class PolicyHandler(HostHandler):
    """With a sentence for everything that is forbidden; the server refuses it all the same."""

    @reads
    async def get(self) -> None:
        self.answer({**self.sessions.policy.to_json(), "off": self.services.other.reason})
