"""Is this browser logged in as the host? Asked without a trace: no cookie is set, cleared or renewed by asking."""

from __future__ import annotations

import inspect
from typing import Any

_SILENT = frozenset(
    {"set_cookie", "set_secure_cookie", "set_signed_cookie", "clear_cookie", "set_header", "add_header", "redirect"}
    | {"clear_all_cookies", "clear_header", "set_status", "write", "finish"}
)


class _Silent:
    """Looks like the handler to an identity provider, but everything that would change the answer does nothing."""

    _jupyter_current_user = None

    def __init__(self, handler: Any) -> None:
        object.__setattr__(self, "_handler", handler)

    def __getattr__(self, name: str) -> Any:
        if name in _SILENT:
            return lambda *_args, **_kwargs: None
        return getattr(object.__getattribute__(self, "_handler"), name)


async def is_host_login(handler: Any) -> bool:
    """Whether the request carries a login that the server's own identity provider takes.

    True also when the provider cannot tell (a hub that does not answer). Without authentication on the server only a
    browser that has been there (its cookie) counts, for everybody else would be "the host".
    """
    provider, silent = handler.identity_provider, _Silent(handler)
    try:
        user = provider.get_user(silent) if provider.auth_enabled else provider.get_user_cookie(silent)
        if inspect.isawaitable(user):
            user = await user
    except Exception:
        handler.log.warning("cohost: the identity provider could not tell whether this is the host", exc_info=True)
        return True
    return user is not None
