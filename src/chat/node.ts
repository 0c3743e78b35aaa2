import { CHAT } from '../protocol/tables';
import { hasItsBody, isInOrder } from './checks';
import { IClock, INodeOptions, NodeEvent, Send } from './events';
import { History } from './history';
import { Keys, signedBytes, verify } from './keys';
import { Letters } from './letters';
import { Log } from './log';
import { FromBroker, IRefused, Newcomers, readFrame } from './messages';
import { EntryId, idOf, IEntry, IPerson, referenceTo } from './model';
import { People } from './people';
import { Typing } from './typing';
import { Writer } from './writer';

/** One page's part in a discussion; knows no socket: frames come in by `receive`, go out by the `send` it is given. */
export class ChatNode {
  constructor(private readonly _options: INodeOptions) {
    this.keys = _options.keys ?? new Keys();
    this._writer = new Writer(this, _options.clock);
    this._typing = new Typing(_options.clock);
    this.history = new History(this, _options);
    this.letters = new Letters(this, _options.clock);
  }

  readonly keys: Keys;
  readonly people = new People();
  /** What is said to everybody. */
  readonly log = new Log();
  readonly history: History;
  /** 1-to-1. */
  readonly letters: Letters;

  session = '';
  me: IPerson | null = null;
  node = '';
  newcomers: Newcomers = 'all';
  connected = false;
  /** The highest logical time that the server has told. */
  time = 0;

  get clock(): IClock {
    return this._options.clock;
  }

  /** @returns the way to stop. */
  listen(listener: (event: NodeEvent) => void): () => void {
    this._listeners.add(listener);
    return () => void this._listeners.delete(listener);
  }

  // The connection

  /** A connection is open: says hello. */
  connect(send: Send): void {
    this._send = send;
    send({
      type: 'hello',
      version: CHAT.version,
      key: this.keys.key,
      seal: this.keys.seal,
      digest: this.log.digest
    });
  }

  disconnect(): void {
    this._send = null;
    this.connected = false;
    this._writer.outbox.disconnected();
    this.letters.disconnected();
    this.history.disconnected();
    this.emit({ kind: 'changed' });
  }

  /** The page closes: the others need not wait for it. */
  leave(): void {
    this._send?.({ type: 'bye' });
    this.disconnect();
  }

  /** Forgets everything. */
  dispose(): void {
    this.leave();
    this._writer.outbox.dispose();
    this.letters.dispose();
    this.log.clear();
    this._listeners.clear();
  }

  send(message: object): void {
    this._send?.(message);
  }

  receive(frame: string): void {
    readFrame(frame).forEach(message => this._hear(message));
  }

  // What a person does

  /** @returns the entry, shown as being sent until the server has taken it. @throws RangeError for a text that is too long. */
  post(text: string, reply?: EntryId, to?: string): IEntry {
    this._typing.sent();
    const answered = reply && this.thread(to).get(reply);
    return this._writer.write('message', text, {
      ...(answered ? { reply: referenceTo(answered) } : {}),
      ...(to ? { to } : {})
    });
  }

  edit(id: EntryId, text: string, to?: string): IEntry | null {
    return this._writer.about('edit', id, to, {}, text);
  }

  remove(id: EntryId, to?: string): IEntry | null {
    return this._writer.about('delete', id, to, {});
  }

  react(id: EntryId, emoji: string, on: boolean, to?: string): IEntry | null {
    return this._writer.about('reaction', id, to, { emoji, on });
  }

  /** Tells others that this person types; as often as called, at most every 2.5 s. */
  type(to?: string): void {
    if (this._typing.isDue()) {
      this.send({ type: 'typing', ...(to ? { to } : {}) });
    }
  }

  /** Who types now, in the thread with `peer` (null: to all). */
  typing(peer: string | null): IPerson[] {
    return this._typing.now(peer).flatMap(id => this.people.person(id) ?? []);
  }

  /** Fetches a long text. @returns false when nobody here has it. */
  async fetch(id: EntryId): Promise<boolean> {
    const entry = this.log.get(id);
    if (!entry || this.log.full(id)) {
      return entry !== undefined;
    }
    return this.history.fetch(entry);
  }

  tellTranscript(): void {
    this.send({ type: 'transcript' });
  }

  /** The host's choice. */
  setNewcomers(newcomers: Newcomers): void {
    this.send({ type: 'settings', newcomers });
  }

  // What the parts use

  emit(event: NodeEvent): void {
    this._listeners.forEach(listener => listener(event));
  }

  /** Whether an entry is what its author said: the server vouches for the key, the key for the entry, hashes for the text. */
  isGenuine(entry: IEntry): boolean {
    const check = this._options.verify ?? verify;
    return (
      this.people.speaksFor(entry.key, entry.author) &&
      hasItsBody(entry) &&
      isInOrder(entry) &&
      check(entry.signature, signedBytes(this.session, entry), entry.key)
    );
  }

  /** Adds what came from another page or from the server. @returns whether it was new. */
  take(entry: IEntry, live: boolean): boolean {
    const id = idOf(entry);
    const held = this.log.get(id);
    if (held?.signature === entry.signature) {
      return this.log.add(entry);
    }
    if (!this.isGenuine(entry)) {
      this.refuse(entry.author);
      return false;
    }
    if (held) {
      this._twofold(entry);
      return false;
    }
    const isNew = this.log.add(entry);
    if (isNew && entry.kind === 'message' && entry.author !== this.me?.id) {
      this.emit({ kind: 'message', id, peer: null, live });
    }
    return isNew;
  }

  refuse(claims: string): void {
    this.emit({ kind: 'notice', notice: { kind: 'forged', claims } });
  }

  /** What is said to everybody, or the thread with one person. */
  thread(to: string | undefined): Log {
    return to ? this.letters.with(to) : this.log;
  }

  sign(entry: Omit<IEntry, 'signature'>): IEntry {
    return this._writer.sign(entry);
  }

  /** Somebody signed two entries with one number: all keep the same one, and are told once. */
  private _twofold(entry: IEntry): void {
    this.log.settle(entry);
    const { author } = entry;
    if (!this._liars.has(author)) {
      this._liars.add(author);
      this.emit({ kind: 'notice', notice: { kind: 'twofold', author } });
    }
  }

  private _hear(message: FromBroker): void {
    switch (message.type) {
      case 'welcome':
        this._welcome(message);
        break;
      case 'joined':
        this.people.set(message);
        this.history.seen();
        break;
      case 'away':
        this.people.change(message.node, { away: true });
        break;
      case 'left':
        this.people.members.delete(message.node);
        break;
      case 'author':
        this.people.vouch(message);
        break;
      case 'digest':
        this.people.change(message.node, {
          digest: message.digest,
          digestAt: this.clock.now()
        });
        this.history.seen();
        break;
      case 'entry':
        this._entry(message.entry);
        break;
      case 'refused':
        this._refused(message);
        break;
      case 'typing':
        this._typing.heard(
          message.from,
          message.to === undefined ? null : message.from
        );
        break;
      case 'direct':
        this.letters.receive(message);
        break;
      case 'delivered':
        this.letters.delivered(message.id, message.at);
        break;
      case 'wanted':
        this.history.answer(message);
        break;
      case 'history':
        this.history.receive(message);
        break;
      case 'body_wanted':
        this.history.answerBody(message);
        break;
      case 'body':
        this.history.receiveBody(message);
        break;
      case 'transcript':
        this.emit({
          kind: 'notice',
          notice: { kind: 'transcript', from: message.from, at: message.at }
        });
        break;
      case 'settings':
        this.newcomers = message.newcomers;
        this.emit({
          kind: 'notice',
          notice: {
            kind: 'newcomers',
            newcomers: message.newcomers,
            from: message.from
          }
        });
        break;
      case 'full':
        this._tell(message.message);
        break;
    }
    this.emit({ kind: 'changed' });
  }

  private _welcome(message: Extract<FromBroker, { type: 'welcome' }>): void {
    this.session = message.session;
    this.me = message.person;
    this.node = message.node;
    this.newcomers = message.newcomers;
    this.time = Math.max(this.time, message.time);
    this.people.reset(message.members, message.authors);
    this.connected = true;
    this._writer.outbox.connected();
    this.letters.connected();
    this.history.connected();
  }

  private _entry(entry: IEntry): void {
    this._typing.stopped(entry.author);
    if (entry.key === this.keys.key && entry.stamp) {
      this.log.stamp(idOf(entry), entry.stamp);
      this._writer.outbox.taken(entry.seq);
    } else {
      this.take(entry, true);
    }
    this.time = Math.max(this.time, entry.time);
    this.history.changed();
  }

  private _refused(message: IRefused): void {
    if (message.id !== undefined) {
      this.letters.refused(message);
      this.history.refused(message);
    } else {
      this._writer.refused(message);
    }
  }

  private _tell(message: string): void {
    this.emit({ kind: 'notice', notice: { kind: 'error', message } });
  }

  private readonly _writer: Writer;
  private readonly _typing: Typing;
  private readonly _listeners = new Set<(event: NodeEvent) => void>();
  private readonly _liars = new Set<string>();
  private _send: Send | null = null;
}
