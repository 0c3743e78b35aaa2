"""The closed set of errors that reach a person: a code, a sentence, an HTTP status."""

from __future__ import annotations

from typing import Any

from .sentences import spoken


class CohostError(Exception):
    """An error whose message is what the user reads. ``code`` is stable, ``status`` is the HTTP status."""

    code = "error"
    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def to_json(self) -> dict[str, Any]:
        """``{"code", "message"}`` as the REST API answers it, with what the page needs to translate the message."""
        return {"code": self.code, **spoken(self.message)}


class BadRequest(CohostError):
    """The request is not of the form that the API takes."""

    code, status = "bad_request", 400


class Unauthenticated(CohostError):
    """No credential, or one that is worth nothing any more."""

    code, status = "unauthenticated", 401


class Forbidden(CohostError):
    """The role does not allow this."""

    code, status = "forbidden", 403


class NotFound(CohostError):
    """No such thing, or none that this caller may know of."""

    code, status = "not_found", 404


class Conflict(CohostError):
    """The request does not fit the present state (for example: the name is taken)."""

    code, status = "conflict", 409


class Gone(CohostError):
    """It existed and has ended: a link that expired or was used up, a session that ended."""

    code, status = "gone", 410


class TooLarge(CohostError):
    """Larger than a limit allows."""

    code, status = "too_large", 413


class Unsupported(CohostError):
    """A file that cannot be opened together: binary, or not a valid notebook."""

    code, status = "unsupported", 415


class TooManyRequests(CohostError):
    """Slow down."""

    code, status = "too_many_requests", 429


class GoingAway(CohostError):
    """The server is stopping: ask again, it may be back soon."""

    code, status = "going_away", 503


class StorageFailed(CohostError):
    """The disk, the journal or the contents manager refused."""

    code, status = "storage_failed", 507
