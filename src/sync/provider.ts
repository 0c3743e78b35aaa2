/**
 * One document's room: y-websocket's provider, our messages on top, and the truth about both as a state.
 */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import {
  ChangeAction,
  Digest,
  DocumentId,
  Epoch,
  IBodies,
  inOwnLanguage,
  isEmptyUpdate,
  isStep2,
  readCapabilities
} from '../protocol';
import { Online, online } from '../transport';
import { Asking } from './asking';
import { Connection } from './connection';
import { copyDigest, Reopenings } from './copy';
import { OwnEdits } from './edits';
import { Identities } from './identities';
import { Ledger } from './ledger';
import { DIFFERED, IRoomOptions } from './options';
import { Standing, standingOf } from './standing';
import { IRoomIdentity, SaveInfo, SyncState, syncState } from './state';
import { Messages, roomWire } from './wire';

/** Of all documents of this page. */
const REOPENINGS = new Reopenings();

export class RoomProvider implements IDisposable {
  constructor(private readonly _options: IRoomOptions) {
    const wire = (this._wire = roomWire(_options, {
      maySend: frame =>
        this.may('edit') || isEmptyUpdate(frame) || this._withhold(frame),
      sent: frame => {
        this._edits.counter.sent(isStep2(frame));
        this._update();
      }
    }));
    this._messages = new Messages(wire);
    this._asking = new Asking(this._messages);
    this._edits = new OwnEdits(_options.doc, wire, {
      may: () => this._holds('edit'),
      changed: () => this._update(),
      refused: body => this._refused.emit(body),
      reconnect: () => this.reconnect()
    });
    new Identities(wire).listen();
    this._listen();
    this._connection = new Connection(wire, _options, {
      opened: () => {
        this._withheld = null;
        this._edits.counter.restart();
      },
      lost: () => this._asking.end(),
      changed: () => this._update(),
      ping: () => this._messages.send('ping', {})
    });
    online.changed.connect(this._onLine, this);
    void this._connection.open();
  }

  /** Outputs that may be active in this document. */
  readonly ledger = new Ledger();

  /** Resolves with the first whole copy of the document; rejects with the sentence for the person. */
  get ready(): Promise<void> {
    return this._connection.ready;
  }

  /** The stable name of the document; undefined until it was located. */
  get id(): DocumentId | undefined {
    return this._connection.id;
  }

  get state(): SyncState {
    return this._state;
  }

  /** Null until the server has told. */
  get saveState(): SaveInfo | null {
    return this._saveState;
  }

  /** How this document stands; changes with `stateChanged`. */
  get standing(): Standing {
    return standingOf(this._state, this._saveState, online.is);
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

  /** Whether this page may do that here: true until the server has told, false once the room is closed for good. */
  may(capability: 'edit' | 'execute'): boolean {
    return this._state.kind !== 'closed' && this._holds(capability);
  }

  /** Saves now, to a file that is gone with `restore` only. Resolves when the bytes are in it, or rejects. */
  save(options?: { readonly restore: true }): Promise<void> {
    return this._asking.save(options);
  }

  /** Takes back what another program did to the file, or tells the difference as a unified diff. */
  act(change: string, action: ChangeAction): Promise<string> {
    return this._asking.act(change, action);
  }

  /** Vouches for outputs of this page's kernel, or that its person trusts: here at once, and to the server. */
  vouch(digests: readonly Digest[]): void {
    const fresh = this.ledger.add(digests);
    if (fresh.length === 0 || !this.may('execute')) {
      return;
    }
    fresh.forEach(digest => this._vouched.add(digest));
    this._messages.send('vouch', { digests: [...fresh] });
  }

  /** Whether this page, and no other, told the server of an output. */
  vouchedHere(digest: Digest): boolean {
    return this._vouched.has(digest);
  }

  /** Connects anew, as after a change of credential. */
  reconnect(): void {
    this._connection.reconnect();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    online.changed.disconnect(this._onLine, this);
    this._edits.dispose();
    this._connection.dispose();
    this._asking.end('The document was closed.');
    Signal.clearData(this);
  }

  private _holds(capability: 'edit' | 'execute'): boolean {
    return this._identity?.capabilities.has(capability) ?? true;
  }

  /**
   * The server asks for everything before it says what this page may: the answer of a page that could only read waits
   * for that word.
   */
  private _withhold(frame: Uint8Array): false {
    this._withheld = isStep2(frame) ? frame : this._withheld;
    return false;
  }

  private _release(): void {
    const frame = this._withheld;
    this._withheld = null;
    if (frame && this.may('edit')) {
      this._wire.ws?.send(frame as Uint8Array<ArrayBuffer>);
    }
  }

  /** Sockets of before a network went are not to be trusted, nor is their pause until the next attempt. */
  private _onLine(_: Online, isOnline: boolean): void {
    if (isOnline && this._state.kind !== 'closed' && this.id) {
      this.reconnect();
    }
    this._stateChanged.emit();
  }

  private _listen(): void {
    const messages = this._messages;
    messages.handle('welcome', body => this._onWelcome(body));
    messages.handle('ack', count => this._edits.acked(count));
    messages.handle('save_state', body => {
      this._saveState = inOwnLanguage(body, 'reason');
      this._stateChanged.emit();
    });
    messages.handle('refused', body => this._edits.refuse(body));
    messages.handle('vouched', body => void this.ledger.add(body.digests));
    messages.handle('pong', () => undefined);
    messages.handle('notice', body => this._notice.emit(body));
    messages.handle('renamed', body => this._renamed.emit(body.path));
    messages.handle('copy', body => this._compare(body));
  }

  private _onWelcome(body: IBodies['welcome']): void {
    this._connection.epoch = body.epoch as Epoch;
    const could = this._identity?.capabilities.has('edit') === true;
    this._identity = {
      capabilities: readCapabilities(body.capabilities),
      user: body.user,
      limits: body.limits,
      path: body.path
    };
    if (!this.may('edit')) {
      this._edits.forbid(could);
    }
    this._release();
    if (this._vouched.size > 0 && this.may('execute')) {
      this._messages.send('vouch', { digests: [...this._vouched] });
    }
    this._tellRights();
    this._update();
  }

  private _tellRights(): void {
    if (this._identity) {
      this._identityChanged.emit(this._identity);
    }
  }

  /** A page whose copy differs, though it has all that the server has, gets the document anew. */
  private _compare({ kind, digest }: IBodies['copy']): void {
    if (
      this._state.kind === 'synced' &&
      copyDigest(this._options.doc, kind) !== digest &&
      REOPENINGS.take(this.id ?? '')
    ) {
      this._connection.give('history_replaced', new Error(DIFFERED));
    }
  }

  private _update(): void {
    const state = syncState(this._edits.counter, this._connection);
    if (JSON.stringify(state) !== JSON.stringify(this._state)) {
      const was = this._state;
      this._state = state;
      this._stateChanged.emit();
      if ((was.kind === 'closed') !== (state.kind === 'closed')) {
        this._tellRights();
      }
    }
  }

  private readonly _wire: ReturnType<typeof roomWire>;
  private readonly _messages: Messages;
  private readonly _asking: Asking;
  private readonly _edits: OwnEdits;
  private readonly _connection: Connection;
  /** What this page vouched for: told again after a reconnect, for the server may not have kept it. */
  private readonly _vouched = new Set<Digest>();
  private _state: SyncState = { kind: 'connecting' };
  private _saveState: SaveInfo | null = null;
  private _identity: IRoomIdentity | null = null;
  /** An answer to step 1 that is not sent yet. */
  private _withheld: Uint8Array | null = null;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
  private readonly _identityChanged = new Signal<this, IRoomIdentity>(this);
  private readonly _refused = new Signal<this, IBodies['refused']>(this);
  private readonly _notice = new Signal<this, IBodies['notice']>(this);
  private readonly _renamed = new Signal<this, string>(this);
}
