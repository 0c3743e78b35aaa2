"""What goes wrong when somebody signs in; the messages are what they read."""

from __future__ import annotations

from ...protocol.errors import CohostError, Forbidden


class SignInFailed(Forbidden):
    """Whatever is wrong with an assertion; the person is asked to sign in once more."""

    code = "sign_in_failed"

    def __init__(self) -> None:
        super().__init__("The sign-in did not work, or took too long. Sign in once more.")


class UnknownKey(SignInFailed):
    """Signed with a key that is not among those known: they may have been replaced."""


class HubServiceAway(CohostError):
    """It cannot be asked now."""

    code, status = "hub_service_away", 503

    def __init__(self) -> None:
        super().__init__("The hub's sign-in does not answer just now. Try again in a moment.")
