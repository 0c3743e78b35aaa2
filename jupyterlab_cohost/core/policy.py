"""What the administrator allows: asked at every change, whatever the host's page or a guest sends.

The sentences name what is forbidden and, where there is a way, what to do instead: the dialog shows them beside what it
has disabled, and the server answers them to whoever asks all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..protocol.errors import Forbidden
from ..protocol.roles import Capability, Role, can
from ..protocol.sentences import sentence, spoken
from .audience import ANYONE, Audience, HubIdentity
from .scope import ScopeItem, folded, is_below

_ORDER = (Role.VIEWER, Role.EDITOR, Role.RUNNER)
_HIGHEST = {
    Role.VIEWER: "On this server, links may let people view, not more.",
    Role.EDITOR: "On this server, links may let people edit, not more.",
    Role.RUNNER: "On this server, links may let people run code, not more.",
}
_NO_HUB_SERVICE = "Links for certain people need the hub's sign-in service, which is not switched on here."
_KIND_REASONS = {
    "ad-hoc": "Sessions for a meeting are not allowed on this server.",
    "persistent": "Ongoing sessions are not allowed on this server.",
}


class PolicyForbids(Forbidden):
    """``rule`` names the setting, for the audit."""

    code = "policy"

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class Policy:
    """Paths are relative to the content root; an empty tuple of folders: all may be shared. 0 and None: no bound."""

    kinds: tuple[str, ...] = ("ad-hoc", "persistent")
    whole_root: bool = True
    folders: tuple[str, ...] = ()
    highest_role: Role = Role.RUNNER
    running: bool = True
    longest_expiry_s: float | None = None
    knock_required: bool = False
    name_required: bool = False
    anonymous_allowed: bool = True
    #: Whether the hub service can say who a guest is.
    identities: bool = False
    most_participants: int = 1000
    most_sessions: int = 100

    # Sessions

    def check_kind(self, kind: str) -> None:
        """Raises PolicyForbids."""
        if kind not in self.kinds:
            raise PolicyForbids("kinds", self._kind_reason(kind))

    def _kind_reason(self, kind: str) -> str:
        if not self.kinds:
            return "The administrator of this server does not allow sharing."
        return _KIND_REASONS[kind]

    def check_number(self, running: int) -> None:
        """Whether one more session may be started. Raises PolicyForbids."""
        if running >= self.most_sessions:
            one = "Only one session may run on this server. End it first."
            many = sentence("At most %1 sessions may run on this server. End one first.", self.most_sessions)
            raise PolicyForbids("most_sessions", one if self.most_sessions == 1 else many)

    def check_item(self, item: ScopeItem) -> None:
        """Raises PolicyForbids."""
        if item.path == "" and not self.whole_root:
            raise PolicyForbids("whole_root", "The whole folder of the server may not be shared. Choose a part of it.")
        mine = folded(item.path)
        if self.folders and not any(mine == f or is_below(mine, f) or f == "" for f in map(folded, self.folders)):
            shown = ", ".join(f"{folder}/" for folder in self.folders[:5])
            raise PolicyForbids("folders", sentence("Only what is in %1 may be shared on this server.", shown))

    # Links and roles

    def check_link_role(self, role: Role) -> None:
        """For links, and for admitting who came by one. Raises PolicyForbids."""
        self.check_role(role)
        if _ORDER.index(role) > _ORDER.index(self.highest_role):
            raise PolicyForbids("highest_role", _HIGHEST[self.highest_role])

    def check_role(self, role: Role) -> None:
        """For a role that the host gives to one person. Raises PolicyForbids."""
        if not self.running and can(role, Capability.EXECUTE):
            raise PolicyForbids("running", "Guests may not run code on this server.")

    def expiry(self, chosen: float | None, *, by_default: bool) -> float | None:
        """The link's lifetime in seconds; a default is shortened, a choice is refused. Raises PolicyForbids."""
        longest = self.longest_expiry_s
        if longest is None or (chosen is not None and chosen <= longest):
            return chosen
        if by_default:
            return longest
        raise PolicyForbids(
            "longest_expiry_s", sentence("Links must expire within %1 on this server.", duration(longest))
        )

    def check_knock(self, knock: bool) -> None:
        """Raises PolicyForbids."""
        if self.knock_required and not knock:
            raise PolicyForbids("knock_required", "On this server the host is asked before someone enters.")

    def default_audience(self) -> Audience:
        """For whom a link is when nobody said."""
        return ANYONE if self.anonymous_allowed else Audience("members")

    def check_audience(self, audience: Audience) -> None:
        """Raises PolicyForbids."""
        if audience.limited and not self.identities:
            raise PolicyForbids("hub_service", _NO_HUB_SERVICE)
        if not audience.limited:
            self.check_anonymous(None)

    # The door

    def check_anonymous(self, identity: HubIdentity | None) -> None:
        """Raises PolicyForbids."""
        if not self.anonymous_allowed and identity is None:
            raise PolicyForbids("anonymous_allowed", "On this server, links are for people with an account on the hub.")

    def check_name(self, name: str) -> None:
        """Raises PolicyForbids."""
        if self.name_required and not name:
            raise PolicyForbids("name_required", "Give your name: this server lets nobody in without one.")

    def check_room(self, present: int) -> None:
        """Whether one more may take part. Raises PolicyForbids."""
        if present >= self.most_participants:
            raise PolicyForbids("most_participants", "This session is full.")

    # For the dialog

    def reasons(self) -> dict[str, str]:
        """Sentences by what is forbidden: ``kind.KIND``, ``role.ROLE``, ``give.ROLE``, ``scope.root``,
        ``scope.folders``, ``expiry``, ``knock.off``, ``audience.any``, ``audience.limited``."""
        found: dict[str, str] = {f"kind.{kind}": self._kind_reason(kind) for kind in _KIND_REASONS}
        found = {key: reason for key, reason in found.items() if key.removeprefix("kind.") not in self.kinds}
        for role in _ORDER:
            _note(found, f"role.{role.value}", partial(self.check_link_role, role))
            _note(found, f"give.{role.value}", partial(self.check_role, role))
        _note(found, "scope.root", partial(self.check_item, ScopeItem("", "directory")))
        if self.folders:
            _note(found, "scope.folders", partial(self.check_item, ScopeItem("\x00", "file")))
        _note(found, "expiry", partial(self.expiry, None, by_default=False))
        _note(found, "knock.off", partial(self.check_knock, False))
        _note(found, "audience.any", partial(self.check_audience, ANYONE))
        _note(found, "audience.limited", partial(self.check_audience, Audience("members")))
        return found

    def to_json(self) -> dict[str, object]:
        """What the dialog needs; lists the folders that may be shared (the host sees them anyway)."""
        reasons = self.reasons()
        return {
            "kinds": list(self.kinds),
            "whole_root": self.whole_root,
            "folders": list(self.folders),
            "roles": [r.value for r in _ORDER if f"role.{r.value}" not in reasons],
            "longest_expiry_s": self.longest_expiry_s,
            "knock_required": self.knock_required,
            "name_required": self.name_required,
            "anonymous_allowed": self.anonymous_allowed,
            "identities": self.identities,
            "most_participants": self.most_participants,
            "most_sessions": self.most_sessions,
            "reasons": {key: str(reason) for key, reason in reasons.items()},
            "spoken": {key: spoken(reason) for key, reason in reasons.items()},
        }


def _note(found: dict[str, str], key: str, check: Callable[[], object]) -> None:
    try:
        check()
    except PolicyForbids as error:
        found[key] = error.message


def duration(seconds: float) -> str:
    """``30 minutes``, ``24 hours``, ``7 days``."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= (2 * size if size > 60 else size):
            number = seconds / size
            shown = f"{number:.0f}" if number == int(number) else f"{number:.1f}"
            return f"{shown} {word}{'' if shown == '1' else 's'}"
    return f"{seconds:.0f} seconds"
