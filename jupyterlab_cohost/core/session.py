"""One session: what is shared, by whom, who takes part, and what each of them may do."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Literal

from ..protocol.errors import NotFound
from ..protocol.ids import InviteId, ParticipantId, SecretHash, SessionId, hash_secret
from ..protocol.roles import NOTHING, Capabilities, Capability, Role, can
from .invites import Invite
from .knocks import Knocks
from .participants import Participant
from .ports import Identity
from .scope import Scope
from .sessions_errors import InviteWrong, NotSignedIn, Removed
from .sessions_tickets import Tickets

SessionKind = Literal["ad-hoc", "persistent"]
#: How many removed credentials are remembered, so that their bearers read why.
_REMOVED_KEPT = 1000


@dataclass(frozen=True)
class HostUser:
    """The person whose server it is, as guests see them."""

    username: str
    name: str
    color: str = ""
    initials: str = ""

    def identity(self, role: Role = Role.HOST) -> Identity:
        """What rooms stamp into awareness."""
        return Identity(ParticipantId(self.username), self.name, self.color, self.initials, verified=True, role=role)


@dataclass
class Session:
    """A collaboration. ``knock`` None: new invites ask the host first when they can edit and the session is ad-hoc."""

    id: SessionId
    title: str
    kind: SessionKind
    scope: Scope
    host: HostUser
    created_at: float
    knocks: Knocks
    tickets: Tickets
    knock: bool | None = None
    #: Whether guests who may execute may also restart the session's kernels.
    kernel_restart: bool = False
    #: Whether who comes late gets the chat so far, or only what comes.
    chat_so_far: bool = True
    invites: dict[InviteId, Invite] = field(default_factory=dict)
    participants: dict[ParticipantId, Participant] = field(default_factory=dict)
    removed: list[SecretHash] = field(default_factory=list)
    #: Accounts of the hub that no link opens for.
    banned: list[str] = field(default_factory=list)
    #: Accounts of the hub that asked for it while the server was stopped, and when (seconds since 1970).
    asked: dict[str, float] = field(default_factory=dict)
    guests_so_far: int = 0
    ended: bool = False

    @property
    def persistent(self) -> bool:
        return self.kind == "persistent"

    def covers(self, path: str) -> bool:
        """Whether ``path`` is part of the session (lexically; symlinks are the caller's to check)."""
        return not self.ended and self.scope.covers(path)

    def leads_to(self, path: str) -> bool:
        """Whether ``path`` is a folder outside the scope that is on the way to something inside."""
        return not self.ended and self.scope.leads_to(path)

    def capabilities(self, participant: Participant, path: str) -> Capabilities:
        """What ``participant`` may do on ``path`` now: scope, role, narrowing. Nothing for one who is out."""
        if self.participants.get(participant.id) is not participant or not self.covers(path):
            return NOTHING
        return participant.capabilities(path.removeprefix("/").removesuffix("/"))

    def knock_for(self, role: Role) -> bool:
        """Whether a new invite of this role asks the host first, when nobody said."""
        if self.knock is not None:
            return self.knock
        return self.kind == "ad-hoc" and can(role, Capability.EDIT)

    def invite(self, invite_id: str) -> Invite:
        """Raises NotFound."""
        invite = self.invites.get(InviteId(invite_id))
        if invite is None:
            raise NotFound("There is no such link in this session.")
        return invite

    def invite_of(self, secret: str) -> Invite:
        """The invite that the secret opens, dead or alive. Compares with all of them. Raises InviteWrong."""
        found = [invite for invite in self.invites.values() if invite.opens_with(secret)]
        if not found:
            raise InviteWrong()
        return found[0]

    def participant(self, participant_id: str) -> Participant:
        """Raises NotFound."""
        participant = self.participants.get(ParticipantId(participant_id))
        if participant is None:
            raise NotFound("There is no such participant in this session.")
        return participant

    def bearer(self, credential: str) -> Participant:
        """Whose credential it is. Raises Removed or NotSignedIn."""
        hashed = hash_secret(credential)
        for participant in self.participants.values():
            if hmac.compare_digest(hashed, participant.credential):
                return participant
        raise Removed() if hashed in self.removed else NotSignedIn()

    def forget(self, participant: Participant, *, removed: bool) -> None:
        """The credential is worth nothing from now on."""
        del self.participants[participant.id]
        self.tickets.revoke(participant.id)
        if removed:
            self.removed = [*self.removed, participant.credential][-_REMOVED_KEPT:]

    def asked_in_vain(self) -> dict[str, float]:
        """Those of ``asked`` who have not come in since."""
        here = {participant.hub_user for participant in self.participants.values()}
        return {user: at for user, at in self.asked.items() if user not in here}

    def taken_names(self) -> list[str]:
        return [self.host.name, *(participant.name for participant in self.participants.values())]

    def reserved_names(self) -> list[str]:
        """Accounts of the hub that take part or are named by a link: nobody else is shown under these."""
        named = [i.audience.names for i in self.invites.values() if i.audience.kind == "users" and not i.ended]
        here = [participant.hub_user for participant in self.participants.values() if participant.hub_user]
        return [*here, *self.banned, *(name for names in named for name in names)]
