import { CHAT } from '../protocol/tables';
import { Letters } from './letters';
import { History } from './history';
import { hashText, Keys, newSalt, signedBytes, Verify, verify } from './keys';
import { Log } from './log';
import { FromBroker, IRefused, Newcomers, readFrame } from './messages';
import {
  Body,
  EntryId,
  EntryKind,
  idOf,
  IEntry,
  IPerson,
  referenceTo
} from './model';
import { Outbox } from './outbox';
import { People } from './people';

/** What a node is given: no clock, randomness or socket of its own. */
export interface INodeOptions {
  readonly keys?: Keys;
  readonly clock: IClock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Replaced by loads that check each signature once for all their nodes. */
  readonly verify?: Verify;
}

export interface IClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @returns the way to cancel. */
  later(ms: number, call: () => void): () => void;
}

/** What the panel shows between the messages. */
export type INotice =
  | { readonly kind: 'transcript'; readonly from: string; readonly at: number }
  | {
      readonly kind: 'newcomers';
      readonly newcomers: Newcomers;
      readonly from: string;
    }
  | { readonly kind: 'forged'; readonly claims: string }
  | { readonly kind: 'error'; readonly message: string };

/** What changed. `message`: somebody else said something new, in the thread with `peer` (null: to all). */
export type NodeEvent =
  | { readonly kind: 'changed' }
  | {
      readonly kind: 'message';
      readonly id: EntryId;
      readonly peer: string | null;
      readonly live: boolean;
    }
  | { readonly kind: 'notice'; readonly notice: INotice };

export type Send = (message: object) => void;

const TYPING_MS = 4000;
const TYPING_SENT_MS = 2500;

/** One page's part in a discussion; knows no socket: frames come in by `receive`, go out by the `send` it is given. */
export class ChatNode {
  constructor(private readonly _options: INodeOptions) {
    this.keys = _options.keys ?? new Keys();
    this._outbox = new Outbox({
      sign: entry => this._sign(entry),
      send: entry => this.send({ type: 'post', entry }),
      renumbered: (old, entry) => this._renumbered(old, entry),
      later: (ms, call) => _options.clock.later(ms, call)
    });
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
    this._outbox.disconnected();
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
    this._outbox.dispose();
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
    const answered = reply && this._thread(to).get(reply);
    return this._write('message', text, {
      ...(answered ? { reply: referenceTo(answered) } : {}),
      ...(to ? { to } : {})
    });
  }

  edit(id: EntryId, text: string, to?: string): IEntry | null {
    return this._about('edit', id, to, {}, text);
  }

  remove(id: EntryId, to?: string): IEntry | null {
    return this._about('delete', id, to, {});
  }

  react(id: EntryId, emoji: string, on: boolean, to?: string): IEntry | null {
    return this._about('reaction', id, to, { emoji, on });
  }

  /** Tells others that this person types; as often as called, at most every 2.5 s. */
  type(to?: string): void {
    const now = this.clock.now();
    if (now - this._typedAt >= TYPING_SENT_MS) {
      this._typedAt = now;
      this.send({ type: 'typing', ...(to ? { to } : {}) });
    }
  }

  /** Who types now, in the thread with `peer` (null: to all). */
  typing(peer: string | null): IPerson[] {
    const now = this.clock.now();
    return [...this._typing]
      .filter(([, sign]) => sign.until > now && sign.peer === peer)
      .flatMap(([id]) => this.people.person(id) ?? []);
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

  /** The body that travels with an entry, and the whole text. @throws RangeError */
  bodyOf(text: string, whole: boolean): { fields: object; salt: string } {
    const size = [...text].length;
    if (size === 0 || size > CHAT.characters) {
      throw new RangeError(`a message has 1 to ${CHAT.characters} characters`);
    }
    const salt = newSalt();
    const hash = hashText(salt, text);
    const bytes = new TextEncoder().encode(text).length;
    if (whole || bytes <= CHAT.inline_bytes) {
      return { fields: { hash, size, body: { salt, text } }, salt };
    }
    const head = [...text].slice(0, CHAT.head_characters).join('');
    const head_hash = hashText(salt, head);
    return { fields: { hash, size, head_hash, body: { salt, head } }, salt };
  }

  /** Whether an entry is what its author said: the server vouches for the key, the key for the entry, hashes for the text. */
  isGenuine(entry: IEntry): boolean {
    const check = this._options.verify ?? verify;
    return (
      this.people.speaksFor(entry.key, entry.author) &&
      hasItsBody(entry) &&
      [entry.reply, entry.target].every(
        other => !other || other.time < entry.time
      ) &&
      check(entry.signature, signedBytes(this.session, entry), entry.key)
    );
  }

  /** Adds what came from another page or from the server. @returns whether it was new. */
  take(entry: IEntry, live: boolean): boolean {
    const id = idOf(entry);
    if (this.log.get(id)?.signature === entry.signature) {
      return this.log.add(entry);
    }
    if (!this.isGenuine(entry)) {
      this.refuse(entry.author);
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

  sign(entry: Omit<IEntry, 'signature'>): IEntry {
    return this._sign(entry);
  }

  private _thread(to: string | undefined): Log {
    return to ? this.letters.with(to) : this.log;
  }

  private _about(
    kind: EntryKind,
    id: EntryId,
    to: string | undefined,
    fields: object,
    text?: string
  ): IEntry | null {
    const target = this._thread(to).get(id);
    return target
      ? this._write(kind, text, {
          target: referenceTo(target),
          ...fields,
          ...(to ? { to } : {})
        })
      : null;
  }

  private _write(
    kind: EntryKind,
    text: string | undefined,
    fields: Partial<IEntry>
  ): IEntry {
    if (!this.me) {
      throw new Error('not in the discussion yet');
    }
    const { to } = fields;
    const log = this._thread(to);
    const written = text === undefined ? null : wellFormed(text);
    const body = written === null ? null : this.bodyOf(written, !!to);
    const entry = {
      author: this.me.id,
      key: this.keys.key,
      time: Math.max(log.time, to ? 0 : this._time) + 1,
      kind,
      ...(body?.fields ?? {}),
      ...fields
    };
    if (to) {
      return this.letters.write(to, entry);
    }
    const signed = this._outbox.add(entry);
    log.add(signed);
    if (body && written !== null && signed.head_hash) {
      log.fill(idOf(signed), body.salt, written);
    }
    this.emit({ kind: 'changed' });
    return signed;
  }

  private _sign(entry: Omit<IEntry, 'signature'>): IEntry {
    const bytes = signedBytes(this.session, entry);
    return { ...entry, signature: this.keys.sign(bytes) };
  }

  private _renumbered(old: IEntry, entry: IEntry): void {
    const full = this.log.full(idOf(old));
    this.log.remove(idOf(old));
    this.log.add(entry);
    if (full) {
      this.log.fill(idOf(entry), full.salt, full.text);
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
        this.people.change(message.node, { digest: message.digest });
        this.history.seen();
        break;
      case 'entry':
        this._entry(message.entry);
        break;
      case 'refused':
        this._refused(message);
        break;
      case 'typing':
        this._typing.set(message.from, {
          until: this.clock.now() + TYPING_MS,
          peer: message.to === undefined ? null : message.from
        });
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
    this._time = Math.max(this._time, message.time);
    this.people.reset(message.members, message.authors);
    this.connected = true;
    this._outbox.connected();
    this.letters.connected();
    this.history.connected();
  }

  private _entry(entry: IEntry): void {
    this._typing.delete(entry.author);
    if (entry.key === this.keys.key && entry.stamp) {
      this.log.stamp(idOf(entry), entry.stamp);
      this._outbox.taken(entry.seq);
    } else {
      this.take(entry, true);
    }
    this._time = Math.max(this._time, entry.time);
    this.history.changed();
  }

  private _refused(message: IRefused): void {
    const { code, seq, id, next, retry_ms } = message;
    if (id !== undefined) {
      this.letters.refused(message);
      this.history.refused(message);
      return;
    }
    if (seq === undefined) {
      return;
    }
    if (code === 'too_fast') {
      this._outbox.retry(seq, retry_ms ?? 1000);
    } else if (code === 'order' && next !== undefined) {
      this._outbox.renumber(seq, next);
    } else {
      const dropped = this._outbox.drop(seq);
      if (dropped) {
        this.log.remove(idOf(dropped));
      }
      this._tell(message.message);
    }
  }

  private _tell(message: string): void {
    this.emit({ kind: 'notice', notice: { kind: 'error', message } });
  }

  private readonly _outbox: Outbox;
  private readonly _listeners = new Set<(event: NodeEvent) => void>();
  private readonly _typing = new Map<
    string,
    { until: number; peer: string | null }
  >();
  private _send: Send | null = null;
  private _typedAt = 0;
  private _time = 0;
}

/** Halves of characters would be lost on the way. */
function wellFormed(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd'
  );
}

function hasItsBody(entry: IEntry): boolean {
  const body: Body | undefined = entry.body;
  if (!body) {
    return true;
  }
  return 'head' in body
    ? hashText(body.salt, body.head) === entry.head_hash
    : hashText(body.salt, body.text) === entry.hash;
}
