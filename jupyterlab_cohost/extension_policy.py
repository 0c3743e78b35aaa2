"""The administrator's settings for what may be shared, with whom and how: ``c.CohostPolicy.NAME``."""

from __future__ import annotations

from typing import Any

from traitlets import Bool, Enum, Float, Int, List, TraitError, Unicode, validate
from traitlets.config import Configurable

from .core.policy import Policy
from .core.scope import normal_path
from .protocol.errors import BadRequest
from .protocol.roles import Role

#: The dialog's words, which settings use as well, and what files and APIs say.
_KINDS = {"meeting": "ad-hoc", "ongoing": "persistent"}
_ROLES = {"view": Role.VIEWER, "edit": Role.EDITOR, "run": Role.RUNNER}


class CohostPolicy(Configurable):
    """What hosts may share. The server enforces it; the dialog shows what is not allowed, and why.

    Sessions that go on from before a restart are trimmed to a changed policy, and their participants are told.
    """

    kinds = List(
        Enum(list(_KINDS)),
        list(_KINDS),
        config=True,
        help="Kinds of sessions that hosts may start: 'meeting' (ends with the host's pages), 'ongoing' (the same link "
        "works after a restart of the server). An empty list forbids sharing.",
    )
    whole_root = Bool(True, config=True, help="Whether the whole folder that the server shows may be shared at once.")
    folders = List(
        Unicode(),
        config=True,
        help="Folders, relative to the server's root, of which anything may be shared; nothing else. "
        "Empty: everything may be.",
    )
    highest_role = Enum(
        list(_ROLES), "run", config=True, help="The most that a link may let guests do: 'view', 'edit' or 'run'."
    )
    running = Bool(
        True, config=True, help="Whether guests may run code at all, by a link or made a runner by the host afterwards."
    )
    longest_expiry_s = Float(
        0, min=0, config=True, help="The longest time, in seconds, that a link may work. 0: without a bound."
    )
    knock_required = Bool(False, config=True, help="Whether the host is always asked before someone enters.")
    name_required = Bool(False, config=True, help="Whether a guest must give a name to enter.")
    anonymous_allowed = Bool(
        True,
        config=True,
        help="Whether guests may enter without an account on the hub. False needs the hub service: "
        "links are then for members, users or groups of the hub.",
    )
    most_participants = Int(1000, min=1, max=10_000, config=True, help="The most guests of one session.")
    most_sessions = Int(100, min=0, max=1000, config=True, help="The most sessions that run on a server at once.")

    @validate("folders")
    def _plain_folders(self, proposal: Any) -> list[str]:
        try:
            return [normal_path(folder) for folder in proposal["value"]]
        except BadRequest as error:
            raise TraitError(f"CohostPolicy.folders: {error.message}") from None

    def policy(self, *, identities: bool = False) -> Policy:
        """For the core. ``identities``: whether the hub service can say who a guest is."""
        return Policy(
            kinds=tuple(_KINDS[kind] for kind in self.kinds),
            whole_root=self.whole_root,
            folders=tuple(self.folders),
            highest_role=_ROLES[self.highest_role],
            running=self.running,
            longest_expiry_s=self.longest_expiry_s or None,
            knock_required=self.knock_required,
            name_required=self.name_required,
            anonymous_allowed=self.anonymous_allowed,
            identities=identities,
            most_participants=self.most_participants,
            most_sessions=self.most_sessions,
        )
