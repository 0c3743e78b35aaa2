import { CHAT } from '../protocol/tables';
import { addAgain, IAgain, partsOf, readAgain } from './again';
import { IClock } from './events';
import { Keys } from './keys';
import { Log } from './log';
import { FromBroker, IRefused } from './messages';
import { idOf, IEntry, IMember } from './model';
import type { ChatNode } from './node';

/** What the server has not said to be delivered: an entry, or (`nodes`) what was said before these pages opened. */
type Waiting =
  | { readonly to: string; readonly entry: IEntry }
  | {
      readonly to: string;
      readonly again: readonly IAgain[];
      readonly nodes: ReadonlySet<string>;
    };

/** How much of one thread a page keeps. */
const THREAD = {
  entries: CHAT.kept_letters,
  characters: CHAT.kept_characters,
  whole: true
};

const AGAIN_MS = 1000;

type Letter = Extract<FromBroker, { type: 'direct' }>;

/**
 * 1-to-1: each thread is a log of its own in the memory of two people's pages. Entries are signed as all others, then
 * sealed to the receiver's keys: the host's server sees who writes to whom, when and how much.
 */
export class Letters {
  constructor(
    private readonly _node: ChatNode,
    private readonly _clock: IClock
  ) {}

  /** The thread with a participant. */
  with(participant: string): Log {
    let log = this._threads.get(participant);
    if (!log) {
      log = new Log(THREAD);
      this._threads.set(participant, log);
    }
    return log;
  }

  /** Participants with whom there is a thread. */
  get threads(): string[] {
    return [...this._threads]
      .filter(([, log]) => log.size > 0)
      .map(([participant]) => participant);
  }

  /** Signs, shows and sends. */
  write(to: string, fields: Omit<IEntry, 'signature' | 'seq'>): IEntry {
    const entry = this._node.sign({ ...fields, seq: ++this._seq } as IEntry);
    this._meet(to);
    this.with(to).add(entry);
    this._waiting.set(`l${entry.seq}`, { to, entry });
    this._send(`l${entry.seq}`);
    this._node.emit({ kind: 'changed' });
    return entry;
  }

  connected(): void {
    [...this._waiting.keys()].forEach(id => this._send(id));
  }

  disconnected(): void {
    this._cancels.forEach(cancel => cancel());
    this._cancels.clear();
  }

  delivered(id: string, at: number): void {
    const waiting = this._waiting.get(id);
    if (waiting) {
      this._waiting.delete(id);
      if ('entry' in waiting) {
        const stamp = { at, host: false, mac: '' };
        this.with(waiting.to).stamp(idOf(waiting.entry), stamp);
      }
    }
  }

  refused({ id, code, message, retry_ms }: IRefused): void {
    const waiting = this._waiting.get(id ?? '');
    if (id === undefined || !waiting) {
      return;
    }
    if (code === 'too_fast') {
      const cancel = this._clock.later(retry_ms ?? AGAIN_MS, () => {
        this._cancels.delete(cancel);
        this._send(id);
      });
      this._cancels.add(cancel);
      return;
    }
    this._waiting.delete(id);
    if ('entry' in waiting) {
      this.with(waiting.to).remove(idOf(waiting.entry));
    }
    this._node.emit({ kind: 'notice', notice: { kind: 'error', message } });
  }

  receive(letter: Letter): void {
    const { from, to, node, at } = letter;
    const value = this._opened(letter);
    const again = readAgain(value);
    if (again) {
      this._receiveAgain(from, to, again);
      return;
    }
    const entry = value as IEntry | null;
    const isTheirs =
      entry?.author === from &&
      entry.to === to &&
      entry.key === this._node.people.members.get(node)?.key &&
      this._isGenuine(entry);
    if (!entry || !isTheirs) {
      this._node.refuse(from);
      return;
    }
    const me = this._node.me?.id;
    const peer = from === me ? to : from;
    this._meet(peer);
    const stamp = { at, host: false, mac: '' };
    const isNew = this.with(peer).add({ ...entry, stamp });
    if (isNew && entry.kind === 'message' && from !== me) {
      const id = idOf(entry);
      this._node.emit({ kind: 'message', id, peer, live: true });
    }
  }

  /** Whether the other person has a page that opened after the thread began, and so lacks its beginning. */
  isLacking(peer: string): boolean {
    return this.with(peer).size > 0 && this._lacking(peer).length > 0;
  }

  /** Sends what was said in the thread, sealed, to the other person's pages that opened later. Only when asked to. */
  sendAgain(peer: string): void {
    const nodes = new Set(this._lacking(peer));
    for (const again of partsOf(this.with(peer))) {
      const id = `a${++this._seq}`;
      this._waiting.set(id, { to: peer, again, nodes });
      this._send(id);
    }
    nodes.forEach(node => this._met.get(peer)?.add(node));
    this._node.emit({ kind: 'changed' });
  }

  dispose(): void {
    this.disconnected();
    this._waiting.clear();
    this._threads.forEach(log => log.clear());
    this._threads.clear();
    this._met.clear();
  }

  private _receiveAgain(from: string, to: string, list: IAgain[]): void {
    const me = this._node.me?.id;
    if (to !== me || from === me) {
      return;
    }
    const two = [from, me] as const;
    const log = this.with(from);
    const added = addAgain(log, list, two, entry => this._isGenuine(entry));
    if (added > 0) {
      this._node.emit({ kind: 'notice', notice: { kind: 'again', from } });
    }
  }

  /** Pages that are here when a thread begins have all of it. */
  private _meet(peer: string): void {
    if (this.with(peer).size === 0) {
      const pages = this._node.people.pagesOf(peer);
      this._met.set(peer, new Set(pages.map(({ node }) => node)));
    }
  }

  private _lacking(peer: string): string[] {
    const met = this._met.get(peer);
    return this._node.people
      .pagesOf(peer)
      .filter(({ node, away }) => !away && !met?.has(node))
      .map(({ node }) => node);
  }

  /** What was sealed for this page; nobody has looked at its form before. */
  private _opened({ box, data, from, to }: Letter): unknown {
    try {
      const context = contextOf(this._node.session, from, to);
      return JSON.parse(this._node.keys.open(box, data, context)) as unknown;
    } catch {
      return null;
    }
  }

  private _isGenuine(entry: IEntry): boolean {
    try {
      return this._node.isGenuine(entry);
    } catch {
      return false;
    }
  }

  private _send(id: string): void {
    const waiting = this._waiting.get(id);
    const { me, people, node, session, connected } = this._node;
    if (!waiting || !me || !connected) {
      return;
    }
    const pages = [...people.pagesOf(waiting.to), ...people.pagesOf(me.id)];
    const others = pages.filter(
      (page: IMember) =>
        page.node !== node &&
        ('entry' in waiting || waiting.nodes.has(page.node))
    );
    const context = contextOf(session, me.id, waiting.to);
    const content =
      'entry' in waiting ? waiting.entry : { again: waiting.again };
    const sealed = Keys.sealFor(others, JSON.stringify(content), context);
    this._node.send({ type: 'direct', id, to: waiting.to, ...sealed });
  }

  /** Of each thread, the other person's pages that have it from its beginning. */
  private readonly _met = new Map<string, Set<string>>();
  private readonly _threads = new Map<string, Log>();
  private readonly _waiting = new Map<string, Waiting>();
  private readonly _cancels = new Set<() => void>();
  private _seq = 0;
}

function contextOf(session: string, from: string, to: string): string {
  return JSON.stringify([session, from, to]);
}
