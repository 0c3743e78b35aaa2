"""The host's REST and push stream under ``cohost/api/`` (protocol/openapi.json)."""

from __future__ import annotations

from typing import Any

from .chat import HostChatSocket
from .events import EventsSocket
from .invites import InviteHandler, InviteLinkHandler, InvitesHandler
from .people import (
    BannedHandler,
    HostNameHandler,
    KnockHandler,
    KnocksHandler,
    NotNowHandler,
    ParticipantHandler,
    ParticipantsHandler,
)
from .policy import PolicyHandler
from .sessions import ReachabilityHandler, ScopePreviewHandler, SessionHandler, SessionsHandler
from .summon import SummonHandler

_ID = "([A-Za-z0-9_-]+)"
_SESSION = f"/cohost/api/sessions/{_ID}"


def handlers() -> list[tuple[str, type[Any]]]:
    """Routes below the server's base URL."""
    return [
        ("/cohost/api/sessions", SessionsHandler),
        (_SESSION, SessionHandler),
        (f"{_SESSION}/chat", HostChatSocket),
        (f"{_SESSION}/invites", InvitesHandler),
        (f"{_SESSION}/invites/{_ID}", InviteHandler),
        (f"{_SESSION}/invites/{_ID}/link", InviteLinkHandler),
        (f"{_SESSION}/participants", ParticipantsHandler),
        (f"{_SESSION}/participants/{_ID}", ParticipantHandler),
        (f"{_SESSION}/participants/{_ID}/not-now", NotNowHandler),
        (f"{_SESSION}/banned/([^/]+)", BannedHandler),
        (f"{_SESSION}/knocks", KnocksHandler),
        (f"{_SESSION}/knocks/{_ID}", KnockHandler),
        (f"{_SESSION}/summon", SummonHandler),
        ("/cohost/api/host", HostNameHandler),
        ("/cohost/api/policy", PolicyHandler),
        ("/cohost/api/reachability", ReachabilityHandler),
        ("/cohost/api/scope-preview", ScopePreviewHandler),
        ("/cohost/api/events", EventsSocket),
    ]
