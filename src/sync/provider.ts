/**
 * One document's room: y-websocket's provider, our messages on top, and the truth about both as a state.
 */
import { PromiseDelegate } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { Decoder } from 'lib0/decoding';
import { WebsocketProvider } from 'y-websocket';

import {
  ChangeAction,
  CLOSE_CODES,
  closeCode,
  Digest,
  DocumentId,
  encodeMessage,
  Epoch,
  IBodies,
  isEmptyUpdate,
  isStep2,
  mayRetry,
  MessageName,
  MESSAGES,
  ownMoves,
  readBody,
  readCapabilities
} from '../protocol';
import { backOff, roomSocket } from '../transport';
import { copyDigest, Reopenings } from './copy';
import { SendCounter } from './counter';
import { Heartbeat } from './heartbeat';
import { Identities } from './identities';
import { Ledger } from './ledger';
import { DIFFERED, IRoomOptions, RoomRefused, TAKEN_BACK } from './options';
import { LOST, Requests, UNREACHABLE } from './requests';
import { Rollback } from './rollback';
import { IRoomIdentity, SaveInfo, SyncState, syncState } from './state';

/** Of all documents of this page. */
const REOPENINGS = new Reopenings();

export class RoomProvider implements IDisposable {
  constructor(private readonly _options: IRoomOptions) {
    const { doc, awareness, url } = _options;
    this._params = { ..._options.params };
    this._socket = new WebsocketProvider(url, '', doc, {
      awareness,
      connect: false,
      disableBc: true,
      params: this._params,
      shouldReconnect: event => mayRetry(event.code),
      WebSocketPolyfill: roomSocket(_options.WebSocket, {
        maySend: frame => this.may('edit') || isEmptyUpdate(frame),
        sent: frame => this._onSent(frame),
        move: frame => ownMoves(frame, doc.clientID)
      })
    });
    this.rollback = new Rollback(doc, this._socket);
    this.rollback.start();
    this._listen();
    void this._start();
  }

  /** Outputs that may be active in this document. */
  readonly ledger = new Ledger();
  readonly rollback: Rollback;

  /** Resolves with the first whole copy of the document; rejects with the sentence for the person. */
  get ready(): Promise<void> {
    return this._ready.promise;
  }

  /** The stable name of the document; undefined until it was located. */
  get id(): DocumentId | undefined {
    return this._id;
  }

  get state(): SyncState {
    return this._state;
  }

  /** Null until the server has told. */
  get saveState(): SaveInfo | null {
    return this._saveState;
  }

  /** Null until the server has welcomed this page; then as it is now. */
  get identity(): IRoomIdentity | null {
    return this._identity;
  }

  /** Sync or save state changed. */
  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  /** Capabilities may have changed. */
  get identityChanged(): ISignal<this, IRoomIdentity> {
    return this._identityChanged;
  }

  /** The server did not take a change of this page; the page was rolled back. */
  get refused(): ISignal<this, IBodies['refused']> {
    return this._refused;
  }

  get notice(): ISignal<this, IBodies['notice']> {
    return this._notice;
  }

  get renamed(): ISignal<this, string> {
    return this._renamed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether this page may do that here; true until the server has told. */
  may(capability: 'edit' | 'execute'): boolean {
    return this._identity?.capabilities.has(capability) ?? true;
  }

  /** Saves now, to a file that is gone with `restore` only. Resolves when the bytes are in it, or rejects. */
  async save(options?: { readonly restore: true }): Promise<void> {
    const { id, done } = this._saves.begin();
    if (!this._send('save', { id, ...options })) {
      this._saves.end(UNREACHABLE);
    }
    await done;
  }

  /** Takes back what another program did to the file, or tells the difference as a unified diff. */
  async act(change: string, action: ChangeAction): Promise<string> {
    const { id, done } = this._changes.begin();
    if (!this._send('change', { id, change, action })) {
      this._changes.end(UNREACHABLE);
    }
    return (await done).difference ?? '';
  }

  /** Vouches for outputs of this page's kernel, or that its person trusts: here at once, and to the server. */
  vouch(digests: readonly Digest[]): void {
    const fresh = this.ledger.add(digests);
    if (fresh.length === 0 || !this.may('execute')) {
      return;
    }
    fresh.forEach(digest => this._vouched.add(digest));
    this._send('vouch', { digests: [...fresh] });
  }

  /** Connects anew, as after a change of credential. */
  reconnect(): void {
    this._closed = null;
    this._socket.disconnect();
    this._socket.connect();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._options.doc.off('update', this._onUpdate);
    this.rollback.dispose();
    this._socket.destroy();
    this._heartbeat.dispose();
    this._saves.end('The document was closed.');
    this._changes.end('The document was closed.');
    this._ready.promise.catch(() => undefined);
    this._ready.reject(new Error('The document was closed.'));
    Signal.clearData(this);
  }

  private async _start(): Promise<void> {
    try {
      const { id } = await this._options.locate();
      if (!this._isDisposed) {
        this._id = id;
        this._socket.roomname = id;
        this._socket.connect();
      }
    } catch (error) {
      this._end(
        error instanceof RoomRefused ? error.reason : 'closed',
        error as Error
      );
    }
  }

  private _listen(): void {
    this._handle('welcome', body => this._onWelcome(body));
    this._handle('ack', count => this._onAck(count));
    this._handle('save_state', body => {
      this._saveState = body;
      this._stateChanged.emit();
    });
    this._handle('refused', body => this._onRefused(body));
    this._handle('vouched', body => void this.ledger.add(body.digests));
    this._handle('save_result', body => this._saves.settle(body));
    this._handle('change_result', body => this._changes.settle(body));
    this._handle('pong', () => undefined);
    new Identities(this._socket).listen();
    this._handle('notice', body => this._notice.emit(body));
    this._handle('renamed', body => this._renamed.emit(body.path));
    this._handle('copy', body => this._compare(body));
    this._socket.on('status', ({ status }) => this._onStatus(status));
    this._socket.on('sync', synced => this._onSync(synced));
    this._socket.on('connection-close', () => this._onClose());
    this._socket.on('closed', event => this._onClosed(event));
    this._options.doc.on('update', this._onUpdate);
  }

  private _handle<Name extends MessageName>(
    name: Name,
    act: (body: IBodies[Name]) => void
  ): void {
    this._socket.messageHandlers[MESSAGES[name]] = (
      _encoder: unknown,
      decoder: Decoder
    ) => act(readBody(name, decoder));
  }

  private _send<Name extends MessageName>(
    name: Name,
    body: IBodies[Name]
  ): boolean {
    const socket = this._socket.ws;
    if (!socket || socket.readyState !== socket.OPEN) {
      return false;
    }
    socket.send(encodeMessage(name, body));
    return true;
  }

  private _onWelcome(body: IBodies['welcome']): void {
    this._params.epoch = body.epoch as Epoch;
    const could = this._identity?.capabilities.has('edit') === true;
    this._identity = {
      capabilities: readCapabilities(body.capabilities),
      user: body.user,
      limits: body.limits,
      path: body.path
    };
    if (!this.may('edit')) {
      if (this.rollback.undo() && could) {
        this._refused.emit({ code: 'forbidden', message: TAKEN_BACK });
      }
      this._counter.nothingToSend();
    }
    if (this._vouched.size > 0 && this.may('execute')) {
      this._send('vouch', { digests: [...this._vouched] });
    }
    this._identityChanged.emit(this._identity);
    this._update();
  }

  private _onSent(frame: Uint8Array): void {
    this._counter.sent(isStep2(frame));
    this._update();
  }

  private _onAck(count: number): void {
    this._counter.acked(count);
    if (!this._counter.unsent) {
      this.rollback.accepted();
    }
    this._update();
  }

  /** What the server refused is a hole in this page's history: after the rollback only a new handshake fills it. */
  private _onRefused(body: IBodies['refused']): void {
    if (this.rollback.undo() && this.may('edit')) {
      this.reconnect();
    }
    this._refused.emit(body);
  }

  /** A page whose copy differs, though it has all that the server has, gets the document anew. */
  private _compare({ kind, digest }: IBodies['copy']): void {
    const { doc } = this._options;
    if (
      this._state.kind === 'synced' &&
      copyDigest(doc, kind) !== digest &&
      REOPENINGS.take(this._socket.roomname)
    ) {
      this._socket.disconnect();
      this._end('history_replaced', new Error(DIFFERED));
    }
  }

  private _onUpdate = (_update: Uint8Array, origin: unknown): void => {
    if (origin === this._socket) {
      return;
    }
    if (!this.may('edit')) {
      this._takeBack();
      return;
    }
    this._counter.edited();
    this._update();
  };

  /** A reader's page changed the document by itself: take it back before it is seen. */
  private _takeBack(): void {
    if (this._takingBack) {
      return;
    }
    this._takingBack = true;
    queueMicrotask(() => {
      if (!this._isDisposed && this.rollback.undo()) {
        this._refused.emit({ code: 'forbidden', message: '' });
      }
      this._takingBack = false;
    });
  }

  private _onStatus(status: 'connected' | 'disconnected' | 'connecting'): void {
    if (status === 'connected') {
      this._opened = true;
      this._counter.restart();
    }
    this._update();
  }

  private _onSync(synced: boolean): void {
    if (synced && !this._isDisposed) {
      this._wasSynced = true;
      this._ready.resolve();
    }
    this._update();
  }

  private _onClose(): void {
    const attempt = this._socket.wsUnsuccessfulReconnects + 1;
    const random = this._options.random ?? Math.random;
    this._socket.maxBackoffTime = backOff(attempt, random());
    this._saves.end(LOST);
    this._changes.end(LOST);
    if (!this._opened) {
      void this._examine();
    }
    this._opened = false;
  }

  private async _examine(): Promise<void> {
    try {
      const { epoch } = await this._options.locate();
      if (this._params.epoch && epoch !== this._params.epoch) {
        const { message } = CLOSE_CODES.history_replaced;
        throw new RoomRefused('history_replaced', message);
      }
    } catch (error) {
      if (error instanceof RoomRefused && !this._isDisposed) {
        this._socket.disconnect();
        this._end(error.reason, error);
      }
    }
  }

  private _onClosed({ code, reason }: { code: number; reason: string }): void {
    const known = closeCode(code);
    const message = reason || known?.message || `Closed (${code}).`;
    this._end(known?.name ?? 'closed', new Error(message));
  }

  private _end(reason: RoomRefused['reason'], error: Error): void {
    this._closed = { reason, message: error.message };
    this._ready.promise.catch(() => undefined);
    this._ready.reject(error);
    this._update();
  }

  private _update(): void {
    const state = this._currentState();
    if (JSON.stringify(state) !== JSON.stringify(this._state)) {
      this._state = state;
      this._stateChanged.emit();
    }
  }

  private _currentState(): SyncState {
    const { wsconnected, synced } = this._socket;
    return syncState(this._counter, {
      closed: this._closed,
      isConnected: wsconnected && synced,
      wasSynced: this._wasSynced
    });
  }

  private readonly _socket: WebsocketProvider;
  private readonly _params: Record<string, string>;
  private readonly _counter = new SendCounter();
  private readonly _ready = new PromiseDelegate<void>();
  private readonly _saves = new Requests<IBodies['save_result']>();
  private readonly _changes = new Requests<IBodies['change_result']>();
  private readonly _heartbeat = new Heartbeat({
    ask: () => this._wasSynced && this._send('ping', {}),
    heard: () => this._socket.wsLastMessageReceived,
    lost: () => this.reconnect()
  });
  /** What this page vouched for: told again after a reconnect, for the server may not have kept it. */
  private readonly _vouched = new Set<Digest>();
  private _state: SyncState = { kind: 'connecting' };
  private _saveState: SaveInfo | null = null;
  private _identity: IRoomIdentity | null = null;
  private _closed: Pick<RoomRefused, 'reason' | 'message'> | null = null;
  private _id: DocumentId | undefined;
  private _opened = false;
  private _wasSynced = false;
  private _takingBack = false;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
  private readonly _identityChanged = new Signal<this, IRoomIdentity>(this);
  private readonly _refused = new Signal<this, IBodies['refused']>(this);
  private readonly _notice = new Signal<this, IBodies['notice']>(this);
  private readonly _renamed = new Signal<this, string>(this);
}
