import { URLExt } from '@jupyterlab/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { HostApi } from './api';
import { EventsSocket, EventsState } from './events';
import {
  IEvent,
  IInvite,
  IInviteOptions,
  InvitableRole,
  IScopeItem,
  ISession,
  ISessionOptions
} from './model';
import { ISummons, PeopleModel } from './people';
import { Reach } from './reach';
import { IKeeps, SealedLinks } from './sealedLinks';

/** Events that come in a burst are answered with one look at the server. */
const SETTLE_MS = 50;

/** A role for one participant of a session. */
export interface IRoleChange {
  readonly session: string;
  readonly who: string;
  readonly role: InvitableRole;
}

/** The host's running sessions, kept true by the server's events. */
export class SessionsModel implements IDisposable {
  /**
   * @param storage - keeps sealed links over a restart of the server; null keeps none.
   * @param events - replaced by tests.
   */
  constructor(
    readonly api: HostApi,
    storage: IKeeps | null,
    events?: EventsSocket
  ) {
    const { settings } = api;
    this._sealed = new SealedLinks(storage, settings.baseUrl);
    const url = URLExt.join(settings.wsUrl, 'cohost/api/events');
    this._events =
      events ??
      new EventsSocket(settings, () =>
        settings.appendToken && settings.token !== ''
          ? `${url}?token=${encodeURIComponent(settings.token)}`
          : url
      );
    this._events.event.connect(this._onEvent, this);
    this._events.stateChanged.connect(this._onState, this);
  }

  /** Who is on this server's pages. */
  readonly people = new PeopleModel();

  /** Whether the server answers; changes with `changed`. */
  get reach(): Reach {
    return this._reach;
  }

  /** Those that run, the newest first. */
  get running(): readonly ISession[] {
    return this._running;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What happened, after `running` shows it. */
  get happened(): ISignal<this, IEvent> {
    return this._happened;
  }

  /** Resolves when the first list is there, or the server has refused it. */
  get ready(): Promise<void> {
    return this._ready;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Connects to the server's events; the list follows by itself. */
  connect(): void {
    this._ready = this.refresh().catch(() => undefined);
    this._events.connect();
  }

  find(id: string): ISession | undefined {
    return this._running.find(session => session.id === id);
  }

  /** @throws ApiError */
  async refresh(): Promise<void> {
    const order = ++this._asked;
    const sessions = await this.api.sessions();
    if (order < this._shown || this._isDisposed) {
      return;
    }
    this._shown = order;
    this._running = [...sessions].sort((a, b) => b.created_at - a.created_at);
    this._sealed.only(
      new Set(sessions.flatMap(one => one.invites.map(({ id }) => id)))
    );
    this._changed.emit();
  }

  /** @throws ApiError */
  async start(options: ISessionOptions): Promise<ISession> {
    const session = await this.api.start(options);
    session.invites.forEach(invite => this._keep(invite));
    await this.refresh();
    return this.find(session.id) ?? session;
  }

  /** The host chose another name. */
  get renamed(): ISignal<this, string> {
    return this._renamed;
  }

  /** Another name for the host, in all sessions. @throws ApiError */
  async rename(name: string): Promise<void> {
    this._renamed.emit(await this.api.nameHost(name));
    await this.refresh();
  }

  /** @throws ApiError */
  async end(id: string): Promise<void> {
    await this.api.end(id);
    await this.refresh();
  }

  /** @throws ApiError */
  async invite(id: string, options: IInviteOptions): Promise<IInvite> {
    const invite = await this.api.invite(id, options);
    this._keep(invite);
    await this.refresh();
    return invite;
  }

  /**
   * The link of an invite, from this page's memory or the server's.
   *
   * @throws ApiError - the link is dead, or the server does not have it any more.
   */
  async link(id: string, invite: string): Promise<string> {
    const known = this._links.get(invite);
    if (known !== undefined) {
      return known;
    }
    const sealed = this._sealed.get(invite);
    const wayIn = await this.api.link(id, invite, sealed);
    this._keep({ id: invite, ...wayIn });
    return wayIn.link;
  }

  /** Whether the link of an invite can be had: the server has it, or what this browser kept opens there. */
  hasLink({ id, copyable }: Pick<IInvite, 'id' | 'copyable'>): boolean {
    return copyable || this._sealed.get(id) !== undefined;
  }

  /** Names a link, or says whether it asks; for who comes from now on. @throws ApiError */
  async changeInvite(
    id: string,
    invite: string,
    change: { readonly label?: string; readonly knock?: boolean }
  ): Promise<void> {
    await this.api.changeInvite(id, invite, change);
    await this.refresh();
  }

  /** @throws ApiError */
  async endInvite(id: string, invite: string): Promise<void> {
    await this.api.endInvite(id, invite);
    await this.refresh();
  }

  /** @throws ApiError */
  async setRole(id: string, who: string, role: InvitableRole): Promise<void> {
    await this.api.setRole(id, who, role);
    await this.refresh();
  }

  /**
   * Several roles, with one look at the server at the end.
   *
   * @returns why it failed, by participant; those who are not in it have their role.
   */
  async setRoles(
    changes: readonly IRoleChange[]
  ): Promise<ReadonlyMap<string, unknown>> {
    const failed = new Map<string, unknown>();
    for (const { session, who, role } of changes) {
      try {
        await this.api.setRole(session, who, role);
      } catch (error) {
        failed.set(who, error);
      }
    }
    await this.refresh().catch(() => undefined);
    return failed;
  }

  /** Tells a guest who asked for more that the host does not give it now. @throws ApiError */
  declineAsk(id: string, who: string): Promise<void> {
    return this.api.declineAsk(id, who);
  }

  /** @throws ApiError */
  async remove(id: string, who: string, endInvite: boolean): Promise<void> {
    await this.api.remove(id, who, endInvite);
    await this.refresh();
  }

  /** An account of the hub that was removed may come in again. @throws ApiError */
  async letBack(id: string, user: string): Promise<void> {
    await this.api.letBack(id, user);
    await this.refresh();
  }

  /** Lets somebody in as `role`, or refuses (null). @throws ApiError */
  async answer(
    id: string,
    knock: string,
    role: InvitableRole | null
  ): Promise<void> {
    await this.api.answerKnock(id, knock, role);
    await this.refresh();
  }

  /** @throws ApiError */
  async setScope(id: string, scope: readonly IScopeItem[]): Promise<void> {
    await this.api.change(id, { scope });
    await this.refresh();
  }

  /** Shares more, whatever else was changed meanwhile. @throws ApiError */
  async add(id: string, items: readonly IScopeItem[]): Promise<void> {
    await this.api.change(id, { add: items });
    await this.refresh();
  }

  /** Shares less. @throws ApiError */
  async takeOut(id: string, paths: readonly string[]): Promise<void> {
    await this.api.change(id, { remove: paths });
    await this.refresh();
  }

  /** Asks everybody in the session to look at a place. @throws ApiError */
  summon(id: string, place: Pick<ISummons, 'path' | 'cell'>): Promise<void> {
    return this.api.summon(id, place);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._settle);
    this._events.dispose();
    this.people.dispose();
    Signal.clearData(this);
  }

  private _keep({
    id,
    link,
    sealed
  }: Pick<IInvite, 'id' | 'link' | 'sealed'>): void {
    if (link !== undefined) {
      this._links.set(id, link);
    }
    if (sealed !== undefined) {
      this._sealed.keep(id, sealed);
    }
  }

  private _onEvent(_: EventsSocket, event: IEvent): void {
    if (this.people.take(event)) {
      return;
    }
    this._pending.push(event);
    window.clearTimeout(this._settle);
    this._settle = window.setTimeout(() => void this._look(), SETTLE_MS);
  }

  private async _look(): Promise<void> {
    const events = this._pending.splice(0);
    await this.refresh().catch(() => undefined);
    events.forEach(event => this._happened.emit(event));
  }

  /** What happened while the socket was away is not told again. */
  private _onState(_: EventsSocket, state: EventsState): void {
    if (state.kind === 'open' && this._opened++ > 0) {
      void this.refresh().catch(() => undefined);
    }
    const reach = this._reachOf(state);
    if (reach !== this._reach) {
      this._reach = reach;
      this._changed.emit();
    }
  }

  private _reachOf({ kind }: EventsState): Reach {
    switch (kind) {
      case 'open':
        return 'here';
      case 'offline':
        return 'offline';
      case 'connecting':
        return this._opened > 0 ? 'lost' : 'connecting';
      case 'waiting':
      case 'closed':
        return 'lost';
    }
  }

  private readonly _events: EventsSocket;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _happened = new Signal<this, IEvent>(this);
  private readonly _renamed = new Signal<this, string>(this);
  private readonly _links = new Map<string, string>();
  private readonly _sealed: SealedLinks;
  private readonly _pending: IEvent[] = [];
  private _running: readonly ISession[] = [];
  private _ready: Promise<void> = Promise.resolve();
  private _settle = 0;
  private _asked = 0;
  private _shown = 0;
  private _opened = 0;
  private _reach: Reach = 'connecting';
  private _isDisposed = false;
}
