"""Every way a link, a credential or a knock can be dead; ``message`` is what its person reads."""

from __future__ import annotations

from ..protocol.errors import Conflict, Forbidden, Gone, NotFound, Unauthenticated
from ..protocol.sentences import sentence


class SessionUnknown(Gone):
    """No such session here: a link of another server, or of a session that ended long ago."""

    code = "session_unknown"

    def __init__(self) -> None:
        super().__init__("This session is not running. Ask the host for a new link.")


class SessionEnded(Gone):
    """``reason`` is one of ended_by_host, host_away, policy."""

    code = "session_ended"

    def __init__(self, reason: str) -> None:
        why = {
            "host_away": "The session ended because the host was away.",
            "policy": "The session ended because this server does not allow it any more.",
        }
        super().__init__(why.get(reason, "The host has ended this session."))
        self.reason = reason


class InviteWrong(NotFound):
    """The secret opens nothing."""

    code = "invite_wrong"

    def __init__(self) -> None:
        super().__init__("This link is incomplete or wrong. Copy the whole link and try again.")


class InviteExpired(Gone):
    """Its time is over; who came by it stays."""

    code = "invite_expired"

    def __init__(self) -> None:
        super().__init__("This link has expired. Ask the host for a new one.")


class InviteUsedUp(Gone):
    """As many people as it was made for have used it."""

    code = "invite_used_up"

    def __init__(self) -> None:
        super().__init__("This link has reached its limit of uses. Ask the host for a new one.")


class LinkUnknown(Conflict):
    """Only a hash of its secret is kept over a restart."""

    code = "link_unknown"

    def __init__(self) -> None:
        super().__init__("This link still works, but it cannot be shown again after a restart. Make a new link.")


class InviteEnded(Gone):
    """The host took the link back."""

    code = "invite_ended"

    def __init__(self) -> None:
        super().__init__("This link was disabled by the host. Ask for a new one.")


class SignInRequired(Forbidden):
    """The link is for people of the hub, and nobody said yet who this is."""

    code = "sign_in_required"

    def __init__(self) -> None:
        super().__init__("This link is for people of this JupyterHub: sign in with JupyterHub first.")


class NotInvited(Forbidden):
    """Signed in, but the link is for others."""

    code = "not_invited"

    def __init__(self, user: str) -> None:
        super().__init__(sentence("You are signed in as %1, and this link is not for that account.", user))


class UserRemoved(Forbidden):
    """The host removed this account of the hub; no link opens for it."""

    code = "user_removed"

    def __init__(self, user: str) -> None:
        super().__init__(sentence("The host has removed %1 from the session.", user))


class KnockRefused(Forbidden):
    """The host did not let the guest in."""

    code = "knock_refused"

    def __init__(self) -> None:
        super().__init__("The host declined.")


class KnockLapsed(Gone):
    """The knock is not waiting any more: the page was closed for too long, or the token was made up."""

    code = "knock_lapsed"

    def __init__(self) -> None:
        super().__init__("Your request expired. Open the link again.")


class Removed(Unauthenticated):
    """The host removed this participant; the credential is worth nothing."""

    code = "removed"

    def __init__(self) -> None:
        super().__init__("The host has removed you from the session.")


class NotSignedIn(Unauthenticated):
    """No credential, or an unknown one."""

    def __init__(self) -> None:
        super().__init__("You are not signed in to this session. Open the link again.")
