import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { CLOSE_CODES } from '../protocol';
import { EventsSocket, EventsState } from './events';
import { IEvent, IMe } from './model';
import { ISummons, PeopleModel } from './people';
import { Reach } from './reach';
import { ApiError, request } from './request';

/** How the guest stands with the host's server. */
export type GuestState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'here' }
  /** The host's server does not answer, or this computer has no network; the page goes on by itself. */
  | { readonly kind: 'lost' | 'offline' }
  /** For good; `message` is the server's sentence. `back`: the address that leads in again, of who left in this page. */
  | {
      readonly kind: 'over';
      readonly why: 'ended' | 'removed' | 'left' | 'refused';
      readonly message: string;
      readonly back?: string;
    };

/** Answers that say that this credential is worth nothing (any more). */
const FINAL_STATUS: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** The guest's own place in the session, kept true by the gateway's push stream. */
export class GuestModel implements IDisposable {
  /** @param events - replaced by tests. */
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    events?: EventsSocket
  ) {
    const url = URLExt.join(_settings.wsUrl, 'events');
    this._events = events ?? new EventsSocket(_settings, () => url);
    this._events.event.connect(this._onEvent, this);
    this._events.stateChanged.connect(this._onSocket, this);
  }

  /** Who else is in the session. */
  readonly people = new PeopleModel();

  /** null until the gateway has answered once. */
  get me(): IMe | null {
    return this._me;
  }

  get state(): GuestState {
    return this._state;
  }

  get reach(): Reach {
    return this._state.kind;
  }

  /** Role, session, host or connection changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The host does not give now what this guest asked for. */
  get declined(): ISignal<this, void> {
    return this._declined;
  }

  /** Files of the session came, went or changed. */
  get contentsChanged(): ISignal<this, void> {
    return this._contentsChanged;
  }

  /** Kernels of the session started, ended or restarted. */
  get kernelsChanged(): ISignal<this, void> {
    return this._kernelsChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  connect(): void {
    this._events.connect();
  }

  /** Goes, for good. The credential is worth nothing afterwards. @throws ApiError */
  async leave(): Promise<void> {
    const answer = await request<{ readonly back: string | null } | null>(
      this._settings,
      'leave',
      'POST',
      {}
    );
    this._finish('left', CLOSE_CODES.left.message);
    // The stream may have said before that this guest is gone.
    if (answer?.back && this._state.kind === 'over') {
      const door = URLExt.join(this._settings.baseUrl, 'join');
      this._become({ ...this._state, back: `${door}#back=${answer.back}` });
    }
  }

  /** A socket of this page, whichever it is, was closed for good: no other one will say so after it. */
  end(code: number, reason: string): void {
    this._finish(whyOf(code), reason);
  }

  /** Another name, for everybody at once. @throws ApiError */
  async rename(name: string): Promise<void> {
    await request(this._settings, 'me', 'PATCH', { name });
  }

  /** Asks the host for another role; at most once a minute. @throws ApiError */
  ask(role: 'editor' | 'runner'): Promise<void> {
    return request(this._settings, 'ask', 'POST', { role });
  }

  /** Asks the others to look at a place. @throws ApiError */
  summon({ path, cell }: Pick<ISummons, 'path' | 'cell'>): Promise<void> {
    const body = { path, cell: cell ?? '' };
    return request(this._settings, 'summon', 'POST', body);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._events.dispose();
    this.people.dispose();
    Signal.clearData(this);
  }

  private _onEvent(_: EventsSocket, event: IEvent): void {
    this.people.take(event);
    switch (event.type) {
      case 'me':
        this._me = event as unknown as IMe;
        this._become({ kind: 'here' });
        break;
      case 'host':
        this._setPresent(event.present === true);
        break;
      case 'ask-declined':
        this._declined.emit();
        break;
      case 'contents':
        this._contentsChanged.emit();
        break;
      case 'kernels':
        this._kernelsChanged.emit();
        break;
    }
  }

  private _setPresent(present: boolean): void {
    if (this._me) {
      const { session } = this._me;
      const host = { ...session.host, present };
      this._me = { ...this._me, session: { ...session, host } };
      this._changed.emit();
    }
  }

  private _onSocket(_: EventsSocket, state: EventsState): void {
    if (this._state.kind === 'over') {
      return;
    }
    switch (state.kind) {
      case 'closed':
        this._finish(whyOf(state.code), state.reason);
        break;
      case 'waiting':
        this._become({ kind: 'lost' });
        void this._ask();
        break;
      case 'offline':
        this._become({ kind: 'offline' });
        break;
      case 'open':
        if (this._opened++ > 0) {
          this._contentsChanged.emit();
          this._kernelsChanged.emit();
        }
        break;
      case 'connecting':
        break;
    }
  }

  /** A refused handshake of a WebSocket does not say why; this does. */
  private async _ask(): Promise<void> {
    try {
      await request(this._settings, 'me');
    } catch (error) {
      if (isFinal(error)) {
        this._finish(WHY_BY_ERROR[error.code] ?? 'refused', error.message);
      }
    }
  }

  private _finish(
    why: Extract<GuestState, { kind: 'over' }>['why'],
    message: string
  ): void {
    if (this._state.kind !== 'over' && !this._isDisposed) {
      this._events.dispose();
      this._become({ kind: 'over', why, message });
      this.people.clear();
    }
  }

  private _become(state: GuestState): void {
    this._state = state;
    this._changed.emit();
  }

  private readonly _events: EventsSocket;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _declined = new Signal<this, void>(this);
  private readonly _contentsChanged = new Signal<this, void>(this);
  private readonly _kernelsChanged = new Signal<this, void>(this);
  private _me: IMe | null = null;
  private _state: GuestState = { kind: 'connecting' };
  private _opened = 0;
  private _isDisposed = false;
}

/** Said by the gateway itself: a hub or proxy in between refuses too, while the host's server is stopped. */
function isFinal(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.code !== 'error' &&
    FINAL_STATUS.has(error.status)
  );
}

type Why = Extract<GuestState, { kind: 'over' }>['why'];

const WHY_BY_ERROR: Readonly<Record<string, Why>> = {
  session_ended: 'ended',
  gone: 'ended',
  removed: 'removed'
};

function whyOf(code: number): Why {
  switch (code) {
    case CLOSE_CODES.session_ended.code:
      return 'ended';
    case CLOSE_CODES.left.code:
      return 'left';
    case CLOSE_CODES.removed.code:
      return 'removed';
    default:
      return 'refused';
  }
}
