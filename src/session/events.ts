import { ServerConnection } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { CLOSE_CODES } from '../protocol/tables';
import { Heartbeat } from '../sync/heartbeat';
import { Online, online } from '../transport/online';
import { IEvent } from './model';

/** Where the socket stands; `closed` is for good, with the server's code and sentence. */
export type EventsState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'waiting'; readonly retryAt: number }
  /** This computer has no network. */
  | { readonly kind: 'offline' }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

/** As the server takes it, byte for byte. */
const PING = '{"type":"ping"}';
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
  ) {
    online.changed.connect(this._onLine, this);
  }

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
    this._wasConnected = true;
    this._become({ kind: 'connecting' });
    const socket = new this._settings.WebSocket(this._url());
    this._socket = socket;
    socket.onopen = () => {
      this._attempts = 0;
      this._heard = Date.now();
      this._become({ kind: 'open' });
      this._heartbeat ??= this._watch();
    };
    socket.onmessage = message => {
      this._heard = Date.now();
      this._read(message.data);
    };
    socket.onclose = closed => {
      if (this._socket === socket) {
        this._onClose(closed.code, closed.reason);
      }
    };
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    online.changed.disconnect(this._onLine, this);
    window.clearTimeout(this._timer);
    this._heartbeat?.dispose();
    this._socket?.close();
    Signal.clearData(this);
  }

  private _watch(): Heartbeat {
    return new Heartbeat({
      ask: () => this._ping(),
      heard: () => this._heard,
      lost: () => this._drop()
    });
  }

  private _ping(): boolean {
    if (this._state.kind !== 'open') {
      return false;
    }
    this._socket?.send(PING);
    return true;
  }

  /** Gives up a socket that is open on this side only, and tries another. */
  private _drop(): void {
    const socket = this._socket;
    this._onClose(1006, '');
    socket?.close();
  }

  private _onLine(_: Online, isOnline: boolean): void {
    if (this._state.kind === 'closed' || !this._wasConnected) {
      return;
    }
    const socket = this._socket;
    this._socket = null;
    socket?.close();
    window.clearTimeout(this._timer);
    if (isOnline) {
      this._attempts = 0;
      this.connect();
    } else {
      this._become({ kind: 'offline' });
    }
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
  private _heartbeat: Heartbeat | null = null;
  private _heard = 0;
  private _wasConnected = false;
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
