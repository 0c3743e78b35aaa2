"""The way in: a secret opens a link, a link makes a participant or a knock, the host answers the knock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..protocol.errors import BadRequest, CohostError, Gone, TooManyRequests
from ..protocol.ids import ParticipantId, Secret, hash_secret
from ..protocol.roles import INVITABLE, Role
from .audience import HubIdentity
from .invites import Invite
from .knocks import Answer, Joined, Knock, KnockId, Refused, Waiting
from .participants import Participant, clean_color, clean_text, free_color
from .session import Session
from .sessions_errors import InviteEnded, InviteWrong, KnockRefused, UserRemoved
from .sessions_identified import account_name, check_identity, invite_for, make_room, shown_name
from .sessions_rate import Pace, RateLimit, too_many_tries
from .ways_back import WaysBack

if TYPE_CHECKING:
    from .sessions import Sessions

#: A classroom behind one address must get in within a minute; a secret of 256 bits is not guessed at any such rate.
_ADMISSIONS_FACTOR = 10
_WRONG_PER_SESSION_FACTOR = 20
#: How long somebody who opened no page keeps a place in a session that is full.
_ABSENT_S = 120.0
#: Characters; real ones have 43.
_MAX_SECRET = 200


@dataclass(frozen=True)
class Knocking:
    """The host is being asked; ``token`` is how the guest's page asks for the answer."""

    token: Secret


#: One or several network addresses that somebody may have; each of them counts.
Remote = str | tuple[str, ...]


class Door:
    """Joining, for all sessions. ``remote`` is where the guest comes from, for counting tries only."""

    def __init__(self, sessions: Sessions) -> None:
        self._all, self._clock, self._limits = sessions, sessions.clock, sessions.limits
        per_minute = sessions.limits.join_tries_per_minute
        self._wrong = RateLimit(self._clock, per_minute)
        self._wrong_anywhere = RateLimit(self._clock, per_minute * _WRONG_PER_SESSION_FACTOR)
        self._right = RateLimit(self._clock, per_minute * _ADMISSIONS_FACTOR)
        self._floods = RateLimit(self._clock, 1)
        self._ways_back = WaysBack(self._clock, sessions.make_secret)
        self._pace = Pace(self._clock, sessions.limits.joins_at_once, sessions.limits.joins_per_s)

    def look(self, session_id: str, secret: object, remote: Remote) -> tuple[Session, Invite]:
        """What the link is for; nothing is used up. Raises Gone, InviteWrong, TooManyRequests."""
        session = self._all.get(session_id)
        try:
            if not isinstance(secret, str) or len(secret) > _MAX_SECRET:
                raise InviteWrong()
            invite = self._invite_of(session, secret)
        except InviteWrong:
            self._count_wrong(session, remote)
            self._told_refused(session, "invite_wrong")
            raise
        try:
            invite.check(self._clock.now())
        except Gone as error:
            self._told_refused(session, error.code, invite=invite.id)
            raise
        return session, invite

    def _invite_of(self, session: Session, secret: str) -> Invite:
        """The invite that a link's secret opens, or that of somebody who left. Raises InviteWrong."""
        way_back = self._ways_back.of(session.id, secret)
        known = None if way_back is None else session.invites.get(way_back)
        return known or session.invite_of(secret)

    def way_back(self, session: Session, left: Participant) -> Secret | None:
        """For who has just left; None where the link that they came by opens nothing any more."""
        invite = session.invites.get(left.invite_id)
        if invite is None or invite.state(self._clock.now()) != "live":
            return None
        return self._ways_back.open(session.id, invite.id)

    def _told_refused(self, session: Session, reason: str, **details: object) -> None:
        self._all.refusals.publish("invite-refused", session.id, reason=reason, **details)

    def _count_wrong(self, session: Session, remote: Remote) -> None:
        """Only wrong secrets count: behind a proxy all have one address, and nobody may lock the others out."""
        if self.is_flooded(session.id, remote):
            self._tell_flood(session)
            raise too_many_tries()
        for key in _keys(session.id, remote):
            self._wrong.count(key)
        self._wrong_anywhere.count(session.id)

    def is_flooded(self, session_id: str, remote: Remote) -> bool:
        """Whether one more wrong secret from there is over the limit."""
        used_up = any(self._wrong.is_used_up(key) for key in _keys(session_id, remote))
        return used_up or self._wrong_anywhere.is_used_up(session_id)

    def turns_away(self, session_id: str, secret: object) -> bool:
        """In a flood: whether this secret opens nothing. Costs a hash and nothing else; told once a minute.

        Not for a session that is not there: that has an answer of its own.
        """
        try:
            session = self._all.get(session_id)
        except CohostError:
            return False
        try:
            if isinstance(secret, str) and len(secret) <= _MAX_SECRET:
                self._invite_of(session, secret)
                return False
        except InviteWrong:
            pass
        self._tell_flood(session)
        return True

    def _tell_flood(self, session: Session) -> None:
        """Once a minute: that somebody guesses matters, every guess does not."""
        with suppress(TooManyRequests):
            self._floods.check(session.id)
            self._floods.count(session.id)
            self._told_refused(session, "too_many_tries")

    def pace(self, session_id: str, remote: Remote, most_s: float) -> float:
        """How many seconds somebody from there waits until they are let in. Raises TooManyRequests for over ``most_s``.

        A class behind one address comes in one after the other; one person who comes as many does not fill the session
        before the host can do something.
        """
        keys = _keys(session_id, remote)
        waits = max(self._pace.wait_s(key) for key in keys)
        if waits > most_s:
            for key in keys:
                self._pace.give_back(key)
            raise too_many_tries()
        return waits

    def join(self, session_id: str, secret: object, name: object, color: object, remote: Remote) -> Joined | Knocking:
        """Uses the link. Raises Gone, InviteWrong, BadRequest (name, colour), PolicyForbids (full), TooManyRequests."""
        session, invite = self.look(session_id, secret, remote)
        return self._come_in(session, invite, name, color, None)

    def join_identified(
        self, session_id: str, invite_id: str, identity: HubIdentity, color: object
    ) -> Joined | Knocking:
        """Uses the link that the sign-in began with; with "", the best that names this person.

        Raises as ``join``, and NotInvited, UserRemoved.
        """
        session = self._all.get(session_id)
        try:
            invite = invite_for(session, invite_id, identity, self._clock.now())
        except CohostError as error:
            self._told_refused(session, error.code)
            raise
        return self._come_in(session, invite, identity.user, color, identity)

    def _come_in(
        self, session: Session, invite: Invite, name: object, color: object, identity: HubIdentity | None
    ) -> Joined | Knocking:
        self._right.check(session.id)
        try:
            check_identity(session, invite, identity)
        except CohostError as error:
            self._told_refused(session, error.code, invite=invite.id)
            raise
        limit = self._limits.name_characters
        shown = account_name(identity, limit) if identity else clean_text(name, limit, "name")
        taken = (session.host.color, *(person.color for person in session.participants.values()))
        checked = free_color(clean_color(color, session.guests_so_far), taken)
        with self._all.policed(session):
            self._all.policy.check_anonymous(identity)
            self._all.policy.check_name(shown)
            self._all.policy.check_link_role(invite.role)
        self._right.count(session.id)
        if not invite.knock:
            return self._enter(session, invite, invite.role, shown, checked, identity)
        return self._knock(session, invite, shown, checked, identity)

    def _knock(self, session: Session, invite: Invite, name: str, color: str, identity: HubIdentity | None) -> Knocking:
        token = self._all.make_secret()
        knock_id = KnockId(self._all.make_id())
        session.guests_so_far += 1
        name = name or f"Guest {session.guests_so_far}"
        shown = shown_name(session, name, identity, self._limits.name_characters)
        knock = Knock(knock_id, shown, color, invite.id, self._clock.now(), identity)
        session.knocks.add(token, knock)
        self._publish("knock", session, knock=knock.id, name=knock.name, role=invite.role.value)
        return Knocking(token)

    def _enter(
        self, session: Session, invite: Invite, role: Role, name: str, color: str, identity: HubIdentity | None
    ) -> Joined:
        check_identity(session, invite, identity)
        if len(session.participants) >= self._all.policy.most_participants:
            self._forget_absent(session)
        with self._all.policed(session):
            self._all.policy.check_room(len(session.participants))
        invite.use(self._clock.now())
        if not name:
            session.guests_so_far += 1
            name = f"Guest {session.guests_so_far}"
        credential = self._all.make_secret()
        participant = Participant(
            id=ParticipantId(self._all.make_id()),
            name=shown_name(session, name, identity, self._limits.name_characters),
            color=color,
            role=role,
            invite_id=invite.id,
            credential=hash_secret(credential),
            joined_at=self._clock.now(),
            hub_user=identity.user if identity else "",
        )
        renamed = make_room(session, participant.name) if identity else []
        session.participants[participant.id] = participant
        self._all.saved(session)
        for other in renamed:
            self._publish("participant-renamed", session, participant=other)
        self._publish("participant-joined", session, participant=participant.id, name=participant.name)
        return Joined(participant, credential)

    def _forget_absent(self, session: Session) -> None:
        """Who came in and opened no page takes no place away from others."""
        before = self._clock.now() - _ABSENT_S
        for absent in list(session.participants.values()):
            if absent.last_seen is None and not absent.online and absent.joined_at < before:
                self._all.leave(session.id, absent.id)

    def admit(self, session: Session, knock_id: str, role: Role | None) -> Participant:
        """As ``Sessions.admit``. A link that was used up meanwhile turns the guest away with that reason."""
        knock = session.knocks.get(knock_id)
        if role is not None and role not in INVITABLE:
            raise BadRequest("Nobody can be given this role.")
        if role is not None:
            with self._all.policed(session):
                self._all.policy.check_link_role(role)
        invite = session.invite(knock.invite_id)
        try:
            invite.expires_at, expiry = None, invite.expires_at  # who knocked in time is not too late
            try:
                joined = self._enter(session, invite, role or invite.role, knock.name, str(knock.color), knock.identity)
            finally:
                invite.expires_at = expiry
        except Exception as error:
            self._answer(session, knock, Refused(error), "turned-away")
            raise
        self._answer(session, knock, joined, "admitted")
        return joined.participant

    def refuse(self, session: Session, knock_id: str) -> None:
        self._answer(session, session.knocks.get(knock_id), Refused(KnockRefused()), "refused")

    def turn_away(self, session: Session, invite: Invite) -> None:
        """All who wait with a link that was taken back."""
        for knock in session.knocks.waiting():
            if knock.invite_id == invite.id:
                self._answer(session, knock, Refused(InviteEnded()), "turned-away")

    def turn_away_user(self, session: Session, user: str) -> None:
        """An account that was removed does not wait at the door either."""
        for knock in session.knocks.waiting():
            if knock.identity is not None and knock.identity.user == user:
                self._answer(session, knock, Refused(UserRemoved(user)), "turned-away")

    async def knock_answer(self, session_id: str, token: str, timeout_s: float) -> Joined | Waiting:
        """The answer, waiting at most ``timeout_s``. Raises KnockRefused, KnockLapsed, Gone."""
        session = self._all.get(session_id)
        answer = await session.knocks.wait(token, timeout_s)
        if isinstance(answer, Refused):
            raise answer.error
        return answer

    def withdraw(self, session_id: str, token: str) -> None:
        """The guest does not want to wait any more."""
        session = self._all.get(session_id)
        knock = session.knocks.drop(token)
        if knock is not None:
            self._publish("knock-withdrawn", session, knock=knock.id)

    def _answer(self, session: Session, knock: Knock, answer: Answer, word: str) -> None:
        session.knocks.answer(knock, answer)
        self._publish("knock-answered", session, knock=knock.id, answer=word)

    def _publish(self, event_type: str, session: Session, **details: object) -> None:
        self._all.events.publish(event_type, session.id, **details)


def _keys(session_id: str, remote: Remote) -> set[tuple[str, str]]:
    return {(session_id, address) for address in ((remote,) if isinstance(remote, str) else remote)}
