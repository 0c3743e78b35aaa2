"""Who the guest is to the gateway, and what they may do."""

from __future__ import annotations

from typing import Any

from ...protocol.roles import Capability
from ..host_api import fields
from .base import GuestMixin, Handler

FEATURES = ("rooms", "contents", "kernels", "events")


class ApiMeHandler(Handler):
    """``api/me``: JupyterLab's own question."""

    async def get(self) -> None:
        self.finish_json({"identity": self.participant.identity.to_user(), "permissions": {}})


class MeHandler(Handler):
    """``me``: identity, role, capabilities by path, the session, limits, version."""

    async def get(self) -> None:
        self.finish_json(about_me(self))

    async def patch(self) -> None:
        """``{name}``: how the guest is called from now on."""
        body = self.json_body()
        fields.only(body, "name")
        self.services.sessions.names.guest(self.session, self.participant, fields.text(body, "name"))
        self.finish_json(about_me(self))


def about_me(handler: GuestMixin) -> dict[str, Any]:
    """``capabilities`` holds for the whole scope; ``narrowed`` lists the paths where it is less."""
    session, participant, limits = handler.session, handler.participant, handler.services.limits
    return {
        "user": participant.identity.to_user(),
        "role": participant.role.value,
        "capabilities": _capabilities(participant.capabilities("")),
        "narrowed": [
            {"path": limit.path, "capabilities": _capabilities(participant.capabilities(limit.path))}
            for limit in participant.limits
        ],
        "session": {
            "id": session.id,
            "title": session.title,
            "kind": session.kind,
            "host": {"name": session.host.name, "present": handler.services.sessions.host_is_present},
            "scope": [{"path": item.path, "type": item.type} for item in session.scope.items],
            "kernel_restart": session.kernel_restart,
        },
        "limits": {"file_bytes": limits.file_bytes, "message_bytes": limits.message_bytes},
        "version": limits.protocol_version,
        "features": list(FEATURES),
    }


def _capabilities(capabilities: frozenset[Capability]) -> list[str]:
    return sorted(capability.value for capability in capabilities)
