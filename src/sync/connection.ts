import { PromiseDelegate } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import type { WebsocketProvider } from 'y-websocket';

import {
  CLOSE_CODES,
  closeCode,
  DocumentId,
  Epoch,
  translated
} from '../protocol';
import { backOff } from '../transport';
import { Heartbeat } from './heartbeat';
import { IRoomOptions, RoomRefused } from './options';

export interface IConnectionHooks {
  /** A new socket is open. */
  opened(): void;
  /** A socket is gone, or an attempt at one failed. */
  lost(): void;
  /** Something about the connection may be otherwise now. */
  changed(): void;
  /** Asks the server for a sign of life; false when no socket is open. */
  ping(): boolean;
}

type Closed = Pick<RoomRefused, 'reason' | 'message'>;

/** Finds a document's room and keeps a socket to it, until there is a reason why that is of no use. */
export class Connection implements IDisposable {
  constructor(
    private readonly _wire: WebsocketProvider,
    private readonly _options: Pick<IRoomOptions, 'locate' | 'random'>,
    private readonly _hooks: IConnectionHooks
  ) {
    _wire.on('status', ({ status }) => this._onStatus(status));
    _wire.on('sync', synced => this._onSync(synced));
    _wire.on('connection-close', () => this._onClose());
    _wire.on('closed', event => this._onClosed(event));
  }

  /** Resolves with the first whole copy of the document; rejects with the sentence for the person. */
  get ready(): Promise<void> {
    return this._ready.promise;
  }

  /** The stable name of the document; undefined until it was located. */
  get id(): DocumentId | undefined {
    return this._id;
  }

  /** Why there will be no more sockets, or null. */
  get closed(): Closed | null {
    return this._closed;
  }

  /** Whether there was a whole copy of the document. */
  get wasSynced(): boolean {
    return this._wasSynced;
  }

  get isConnected(): boolean {
    return this._wire.wsconnected && this._wire.synced;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The history that this page goes on with. */
  set epoch(epoch: Epoch) {
    this._wire.params.epoch = epoch;
  }

  /** Finds the room and connects to it; what goes wrong stands in `closed`. */
  async open(): Promise<void> {
    try {
      const { id } = await this._options.locate();
      if (!this._isDisposed) {
        this._id = id;
        this._wire.roomname = id;
        this._wire.connect();
      }
    } catch (error) {
      this._end(
        error instanceof RoomRefused ? error.reason : 'closed',
        error as Error
      );
    }
  }

  /** Connects anew, as after a change of credential. */
  reconnect(): void {
    this._closed = null;
    this._wire.disconnect();
    this._wire.connect();
  }

  /** Gives the connection up. */
  give(reason: Closed['reason'], error: Error): void {
    this._wire.disconnect();
    this._end(reason, error);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._wire.destroy();
    this._heartbeat.dispose();
    this._ready.promise.catch(() => undefined);
    this._ready.reject(new Error('The document was closed.'));
  }

  private _onStatus(status: 'connected' | 'disconnected' | 'connecting'): void {
    if (status === 'connected') {
      this._opened = true;
      this._hooks.opened();
    }
    this._hooks.changed();
  }

  private _onSync(synced: boolean): void {
    if (synced && !this._isDisposed) {
      this._wasSynced = true;
      this._ready.resolve();
    }
    this._hooks.changed();
  }

  private _onClose(): void {
    const attempt = this._wire.wsUnsuccessfulReconnects + 1;
    const random = this._options.random ?? Math.random;
    this._wire.maxBackoffTime = backOff(attempt, random());
    this._hooks.lost();
    if (!this._opened) {
      void this._examine();
    }
    this._opened = false;
  }

  /** A socket was refused before it opened, and browsers do not tell why. */
  private async _examine(): Promise<void> {
    try {
      const { epoch } = await this._options.locate();
      const known = this._wire.params.epoch;
      if (known && epoch !== known) {
        const { message } = CLOSE_CODES.history_replaced;
        throw new RoomRefused('history_replaced', message);
      }
    } catch (error) {
      if (error instanceof RoomRefused && !this._isDisposed) {
        this.give(error.reason, error);
      }
    }
  }

  private _onClosed({ code, reason }: { code: number; reason: string }): void {
    const known = closeCode(code);
    const message = reason || known?.message || `Closed (${code}).`;
    this._end(known?.name ?? 'closed', new Error(translated(message)));
  }

  private _end(reason: Closed['reason'], error: Error): void {
    this._closed = { reason, message: error.message };
    this._ready.promise.catch(() => undefined);
    this._ready.reject(error);
    this._hooks.changed();
  }

  private readonly _ready = new PromiseDelegate<void>();
  private readonly _heartbeat = new Heartbeat({
    ask: () => this._wasSynced && this._hooks.ping(),
    heard: () => this._wire.wsLastMessageReceived,
    waiting: () => this._wire.ws?.bufferedAmount ?? 0,
    lost: () => this.reconnect()
  });
  private _closed: Closed | null = null;
  private _id: DocumentId | undefined;
  private _opened = false;
  private _wasSynced = false;
  private _isDisposed = false;
}
