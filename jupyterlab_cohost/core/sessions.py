"""All sessions of this server: what the host and the gateway ask for, in one place.

A session is live until it ends, and an ended one never comes back. All are written to the store at every change, so
that a crash of the server ends none; ad-hoc ones end when the host was away for a while (``Grace``). Nothing here
knows a socket: subscribers are told what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from ..protocol.errors import BadRequest, NotFound, StorageFailed
from ..protocol.ids import ParticipantId, Secret, SessionId, new_id, new_secret
from ..protocol.limits import Limits
from ..protocol.roles import INVITABLE, Role
from .audience import Audience
from .events import Event, Events
from .invites import Invite
from .knocks import Knock, Knocks
from .participants import Narrowing, Participant, clean_text
from .policy import Policy, PolicyForbids
from .scope import Scope, ScopeItem
from .session import HostUser, Session, SessionKind
from .sessions_checks import checked_narrowings, checked_scope, checked_title
from .sessions_clock import Clock
from .sessions_door import Door
from .sessions_errors import NotSignedIn, SessionEnded, SessionUnknown
from .sessions_grace import Grace
from .sessions_links import UNSET, Unset, new_invite
from .sessions_names import Names
from .sessions_policy import trim, trim_scope
from .sessions_renames import renamed_in
from .sessions_store import Record, SessionStore, from_record, to_record
from .sessions_tickets import Tickets

_ENDED_KEPT = 500
_SAVE_AGAIN_S = 5.0


class Sessions:
    """The sessions of one server. Every method that takes a session id raises SessionUnknown or SessionEnded."""

    def __init__(
        self,
        store: SessionStore,
        clock: Clock,
        limits: Limits,
        *,
        make_id: Callable[[], str] = new_id,
        make_secret: Callable[[], Secret] = new_secret,
        policy: Policy | None = None,
        root_name: str = "",
    ) -> None:
        """``root_name``: of the folder of everything, as guests may read it."""
        self.store, self.clock, self.limits = store, clock, limits
        self.policy = policy or Policy()
        self.root_name = root_name
        self.make_id, self.make_secret = make_id, make_secret
        self.events, self.refusals = Events(), Events()
        self._sessions: dict[SessionId, Session] = {}
        self._ended: dict[SessionId, str] = {}
        self._grace = Grace(clock, limits.ad_hoc_grace_s, self._end_ad_hoc, self._beat)
        self._cancel_save: Callable[[], None] = lambda: None
        self._unsaved = False
        self.door = Door(self)
        self.names = Names(self)
        self._load()

    # The host's side

    def create(
        self,
        *,
        scope: Iterable[ScopeItem],
        host: HostUser,
        kind: SessionKind = "ad-hoc",
        title: str = "",
        knock: bool | None = None,
        kernel_restart: bool = False,
    ) -> Session:
        """A new session without invites. Raises BadRequest; StorageFailed for a persistent one that cannot be kept."""
        checked = checked_scope(scope, self.limits)
        with self.policed():
            self.policy.check_kind(kind)
            self.policy.check_number(len(self._sessions))
            self._check_policy_of(checked, knock)
        session = self._empty(
            id=SessionId(self.make_id()),
            title=checked_title(title, checked, self.limits, self.root_name),
            kind=kind,
            scope=checked,
            host=host,
            created_at=self.clock.now(),
        )
        session.knock, session.kernel_restart = knock, kernel_restart
        self._sessions[session.id] = session
        if session.persistent:
            try:
                self.store.save(self._records())
            except StorageFailed:
                del self._sessions[session.id]
                raise
        else:
            self._grace.begun()
            self.saved(session)
        self.events.publish("session-created", session.id)
        return session

    def live(self) -> list[Session]:
        """All that have not ended, the oldest first."""
        return list(self._sessions.values())

    def get(self, session_id: str) -> Session:
        """A live session."""
        sid = SessionId(session_id)
        if sid in self._sessions:
            return self._sessions[sid]
        if sid in self._ended:
            raise SessionEnded(self._ended[sid])
        raise SessionUnknown()

    def change(
        self,
        session_id: str,
        *,
        title: str | None = None,
        scope: Iterable[ScopeItem] | None = None,
        knock: bool | Unset | None = UNSET,
        kernel_restart: bool | None = None,
    ) -> Session:
        """Changes what is given; ``scope`` replaces all items. Raises BadRequest (then nothing has changed)."""
        session = self.get(session_id)
        new_scope = session.scope if scope is None else checked_scope(scope, self.limits)
        with self.policed(session):
            self._check_policy_of(new_scope, None if isinstance(knock, Unset) else knock)
        session.title = session.title if title is None else checked_title(title, new_scope, self.limits, self.root_name)
        session.scope = new_scope
        if not isinstance(knock, Unset):
            session.knock = knock
        if kernel_restart is not None:
            session.kernel_restart = kernel_restart
        self.saved(session)
        self.events.publish("session-changed", session.id, scope_changed=scope is not None)
        return session

    async def rename(self, old_path: str, new_path: str) -> None:
        """The host renamed or moved a file or a folder: what is shared stays shared, and narrowings go along."""
        self.tell_moved(self.move(old_path, new_path))

    def move(self, old_path: str, new_path: str) -> list[Session]:
        """The first half of ``rename``: which sessions changed. Nobody is told yet."""
        return [session for session in self.live() if renamed_in(session, old_path, new_path)]

    def tell_moved(self, moved: Iterable[Session]) -> None:
        """The second half, when the rooms have followed, too."""
        for session in moved:
            self.saved(session)
            self.events.publish("session-changed", session.id, scope_changed=True)
            trim_scope(self, session)

    def end(self, session_id: str, reason: str = "ended_by_host") -> None:
        """Ends it for everybody: credentials, invites, tickets and knocks are worth nothing from now on."""
        session = self.get(session_id)
        del self._sessions[session.id]
        self._ended[session.id] = reason
        while len(self._ended) > _ENDED_KEPT:
            del self._ended[next(iter(self._ended))]
        session.ended = True
        session.knocks.close(SessionEnded(reason))
        self.saved(session)
        self.events.publish("session-ended", session.id, reason=reason, kind=session.kind)

    def invite(
        self,
        session_id: str,
        role: Role,
        *,
        expires_in_s: float | Unset | None = UNSET,
        max_uses: int | None = None,
        knock: bool | None = None,
        label: str = "",
        audience: Audience | None = None,
    ) -> Invite:
        """A new link; its ``secret`` is known until the server stops.

        ``expires_in_s``: None for never; not given, a day for an ad-hoc session and never for a persistent one.
        ``knock`` None: as the session has it; ``audience`` None: anyone, if the policy allows that.
        Raises BadRequest, Conflict when there are too many.
        """
        session = self.get(session_id)
        with self.policed(session):
            invite = new_invite(self, session, role, expires_in_s, max_uses, knock, label, audience)
        session.invites[invite.id] = invite
        self.saved(session)
        self.events.publish("invite-created", session.id, invite=invite.id)
        return invite

    def change_invite(
        self, session_id: str, invite_id: str, *, label: str | None = None, knock: bool | None = None
    ) -> Invite:
        """Changes what is given, for whoever comes from now on. Raises NotFound, BadRequest, PolicyForbids."""
        session = self.get(session_id)
        invite = session.invite(invite_id)
        invite.check(self.clock.now())
        if knock is not None:
            with self.policed(session):
                self.policy.check_knock(knock)
            invite.knock = knock
        if label is not None:
            invite.label = clean_text(label, self.limits.title_characters, "label")
        self.saved(session)
        self.events.publish("session-changed", session.id)
        return invite

    def end_invite(self, session_id: str, invite_id: str) -> None:
        """Takes a link back. Who came by it stays; who waits at the door with it does not. Raises NotFound."""
        session = self.get(session_id)
        invite = session.invite(invite_id)
        invite.ended, invite.secret = True, None
        self.door.turn_away(session, invite)
        self.saved(session)
        self.events.publish("invite-ended", session.id, invite=invite.id)

    def change_participant(
        self,
        session_id: str,
        participant_id: str,
        *,
        role: Role | None = None,
        limits: Iterable[Narrowing] | None = None,
    ) -> Participant:
        """Changes the role, or the narrowing per file or folder. Takes effect at once. Raises NotFound, BadRequest."""
        session = self.get(session_id)
        participant = session.participant(participant_id)
        if role is not None and role not in INVITABLE:
            raise BadRequest("Nobody can be given this role.")
        if role is not None:
            with self.policed(session):
                self.policy.check_role(role)
        if limits is not None:
            participant.limits = checked_narrowings(limits, self.limits)
        participant.role = role or participant.role
        self.saved(session)
        self.events.publish("participant-changed", session.id, participant=participant.id, role=participant.role.value)
        return participant

    def remove(self, session_id: str, participant_id: str) -> None:
        """Throws out: the credential is worth nothing at once, sockets close. Raises NotFound.

        An account of the hub is out in all its browsers, and stays out whatever link it has (``let_back``).
        """
        session = self.get(session_id)
        participant = session.participant(participant_id)
        out = [participant]
        if user := participant.hub_user:
            out = [other for other in session.participants.values() if other.hub_user == user]
            session.banned = [*(banned for banned in session.banned if banned != user), user]
            self.door.turn_away_user(session, user)
        for one in out:
            session.forget(one, removed=True)
        self.saved(session)
        for one in out:
            self.events.publish("participant-removed", session.id, participant=one.id)

    def let_back(self, session_id: str, user: str) -> None:
        """The account may come in again, by a link that is for it. Raises NotFound."""
        session = self.get(session_id)
        if user not in session.banned:
            raise NotFound("This account is not kept out of the session.")
        session.banned = [banned for banned in session.banned if banned != user]
        self.saved(session)
        self.events.publish("session-changed", session.id, scope_changed=False)

    def leave(self, session_id: str, participant_id: str, *, stays: bool = False) -> Participant:
        """The guest goes by their own wish; the credential is worth nothing. Returns who it was. Raises NotFound.

        ``stays``: the person is here still, as another participant.
        """
        session = self.get(session_id)
        participant = session.participant(participant_id)
        session.forget(participant, removed=False)
        self.saved(session)
        self.events.publish(
            "participant-left", session.id, participant=participant_id, name=participant.name, stays=stays
        )
        return participant

    def admit(self, session_id: str, knock_id: str, role: Role | None = None) -> Participant:
        """Lets in who waits, with the invite's role or another. Raises NotFound, BadRequest, Gone (used up, ended)."""
        return self.door.admit(self.get(session_id), knock_id, role)

    def refuse(self, session_id: str, knock_id: str) -> None:
        """Does not let in. Raises NotFound."""
        self.door.refuse(self.get(session_id), knock_id)

    def host_present(self, present: bool) -> None:
        """Whether any page of the host is open. Ad-hoc sessions end when it was false for ``ad_hoc_grace_s`` on end."""
        if present == self._grace.present:
            return
        self._grace.host(present)
        self._keep_time()
        self.events.publish("host-present", None, present=present)

    @property
    def host_is_present(self) -> bool:
        return self._grace.present

    # The guest's side

    def authenticate(self, session_id: str, credential: str) -> Participant:
        """Whose credential it is. Raises SessionUnknown, SessionEnded, Removed, NotSignedIn."""
        return self.get(session_id).bearer(credential)

    def issue_ticket(self, session_id: str, participant_id: ParticipantId) -> Secret:
        """A one-time ticket for a WebSocket, good for ``ticket_s``."""
        session = self.get(session_id)
        session.participant(participant_id)
        return session.tickets.issue(participant_id)

    def redeem_ticket(self, session_id: str, ticket: str) -> Participant:
        """Whose ticket it was; it is used up. Raises NotSignedIn, Gone."""
        session = self.get(session_id)
        participant = session.participants.get(session.tickets.redeem(ticket))
        if participant is None:
            raise NotSignedIn()
        return participant

    def connected(self, session_id: str, participant_id: ParticipantId, change: int) -> None:
        """A socket of the participant opened (+1) or closed (-1). Unknown ids are ignored: they were just removed."""
        session = self._sessions.get(SessionId(session_id))
        participant = session.participants.get(participant_id) if session else None
        if session is None or participant is None:
            return
        before = participant.online
        participant.connections = max(0, participant.connections + change)
        participant.last_seen = self.clock.now()
        if participant.online != before:
            details = {"participant": participant_id, "online": participant.online}
            self.events.publish("participant-online", session.id, **details)

    def subscribe(self, subscriber: Callable[[Event], None]) -> Callable[[], None]:
        """Tells of everything that happens; returns the way to stop. Types: ``core.events.Event``."""
        return self.events.subscribe(subscriber)

    def close(self) -> None:
        """The server stops: timers are cancelled, what is unsaved is saved once more."""
        self._grace.close()
        self._cancel_save()
        if self._unsaved or self._ad_hoc():
            self.store.save(self._records())
        for session in self._sessions.values():
            session.knocks.forget()

    def apply_policy(self) -> None:
        """At the start, when subscribers are there: what was kept and is not allowed any more is taken away.

        So are sessions for a meeting whose host was away too long, also because the server was stopped.
        """
        if self._grace.is_over:
            self._end_ad_hoc()
        trim(self)

    @contextmanager
    def policed(self, session: Session | None = None) -> Iterator[None]:
        """Around the policy's checks: a refusal is told to ``refusals`` and raised on."""
        try:
            yield
        except PolicyForbids as error:
            self.refusals.publish("policy-refused", session.id if session else None, rule=error.rule)
            raise

    # Inside

    def _check_policy_of(self, scope: Scope, knock: bool | None) -> None:
        self.policy.check_knock(knock is not False)
        for item in scope.items:
            self.policy.check_item(item)

    def saved(self, session: Session) -> None:
        """Writes the store after a change of a session; a failure is told and tried again."""
        try:
            self.store.save(self._records())
        except StorageFailed as error:
            if not self._unsaved:
                self.events.publish("storage-failed", session.id, message=error.message)
            self._unsaved = True
            self._cancel_save()
            self._cancel_save = self.clock.call_later(_SAVE_AGAIN_S, lambda: self.saved(session))
            return
        if self._unsaved:
            self._unsaved = False
            self.events.publish("storage-recovered", session.id)

    def _records(self) -> list[Record]:
        live = [to_record(session, self._grace.seen_at) for session in self._sessions.values()]
        return live + [{"id": sid, "ended": reason} for sid, reason in self._ended.items()]

    def _load(self) -> None:
        try:
            for record in self.store.load():
                self._restore(record)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._sessions.clear()
            self._ended.clear()
            self.store.set_aside()

    def _restore(self, record: Record) -> None:
        if "ended" in record:
            self._ended[SessionId(str(record["id"]))] = str(record["ended"])
            return
        session = from_record(record, self._empty)
        self._sessions[session.id] = session
        if not session.persistent:
            self._grace.restored(float(record["seen_at"]))

    def _empty(
        self, *, id: SessionId, title: str, kind: SessionKind, scope: Scope, host: HostUser, created_at: float
    ) -> Session:
        def lapsed(knock: Knock) -> None:
            self.events.publish("knock-withdrawn", id, knock=knock.id)

        knocks = Knocks(self.clock, self.limits.knocks_waiting, lapsed)
        tickets = Tickets(self.clock, self.limits.ticket_s, self.make_secret)
        return Session(id, title, kind, scope, host, created_at, knocks, tickets)

    def resume(self) -> None:
        """The server runs: the time of sessions that outlived another one goes on."""
        if self._ad_hoc():
            self._grace.resume()

    def _ad_hoc(self) -> list[Session]:
        return [session for session in self._sessions.values() if not session.persistent]

    def _end_ad_hoc(self) -> None:
        for session in self._ad_hoc():
            self.end(session.id, "host_away")

    def _beat(self) -> None:
        if self._ad_hoc():
            self._keep_time()
            self._grace.beat_on()

    def _keep_time(self) -> None:
        """That it cannot be written now is told when a change cannot."""
        if self._ad_hoc():
            with suppress(StorageFailed):
                self.store.save(self._records())
