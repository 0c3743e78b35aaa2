import { ServerConnection } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { CLOSE_CODES } from '../protocol/tables';
import { IEvent } from './model';

/** Where the socket stands; `closed` is for good, with the server's code and sentence. */
export type EventsState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'waiting'; readonly retryAt: number }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

const FINAL_CODES: ReadonlySet<number> = new Set(
  Object.values(CLOSE_CODES)
    .filter(entry => !entry.retry)
    .map(entry => entry.code)
);

/** A push stream of JSON events that connects again by itself, with growing pauses. */
export class EventsSocket implements IDisposable {
  /** @param url - asked at every attempt. */
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _url: () => string
  ) {}

  get event(): ISignal<this, IEvent> {
    return this._event;
  }

  get stateChanged(): ISignal<this, EventsState> {
    return this._stateChanged;
  }

  get state(): EventsState {
    return this._state;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  connect(): void {
    if (this._isDisposed || this._socket) {
      return;
    }
    window.clearTimeout(this._timer);
    this._become({ kind: 'connecting' });
    const socket = new this._settings.WebSocket(this._url());
    this._socket = socket;
    socket.onopen = () => {
      this._attempts = 0;
      this._become({ kind: 'open' });
    };
    socket.onmessage = message => this._read(message.data);
    socket.onclose = closed => this._onClose(closed.code, closed.reason);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._socket?.close();
    Signal.clearData(this);
  }

  private _read(data: unknown): void {
    let event: unknown;
    try {
      event = JSON.parse(String(data));
    } catch {
      return;
    }
    if (isEvent(event)) {
      this._event.emit(event);
    }
  }

  private _onClose(code: number, reason: string): void {
    this._socket = null;
    if (this._isDisposed) {
      return;
    }
    if (FINAL_CODES.has(code)) {
      this._become({ kind: 'closed', code, reason });
      return;
    }
    const delay = Math.min(
      LONGEST_DELAY_MS,
      FIRST_DELAY_MS * 2 ** this._attempts++
    );
    this._timer = window.setTimeout(() => this.connect(), delay);
    this._become({ kind: 'waiting', retryAt: Date.now() + delay });
  }

  private _become(state: EventsState): void {
    this._state = state;
    this._stateChanged.emit(state);
  }

  private _state: EventsState = { kind: 'connecting' };
  private _socket: WebSocket | null = null;
  private _timer = 0;
  private _attempts = 0;
  private _isDisposed = false;
  private readonly _event = new Signal<this, IEvent>(this);
  private readonly _stateChanged = new Signal<this, EventsState>(this);
}

function isEvent(value: unknown): value is IEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { type?: unknown }).type === 'string'
  );
}
