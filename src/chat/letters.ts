import { Keys } from './keys';
import { Log } from './log';
import { FromBroker, IRefused } from './messages';
import { idOf, IEntry, IMember } from './model';
import type { ChatNode, IClock } from './node';

interface IWaiting {
  readonly to: string;
  entry: IEntry;
}

const AGAIN_MS = 1000;

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
      log = new Log();
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
      const stamp = { at, host: false, mac: '' };
      this.with(waiting.to).stamp(idOf(waiting.entry), stamp);
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
    this.with(waiting.to).remove(idOf(waiting.entry));
    this._node.emit({ kind: 'notice', notice: { kind: 'error', message } });
  }

  receive(letter: Extract<FromBroker, { type: 'direct' }>): void {
    const { from, to, node, at } = letter;
    const context = contextOf(this._node.session, from, to);
    const entry = this._opened(letter, context);
    const isTheirs =
      entry?.author === from &&
      entry.to === to &&
      entry.key === this._node.people.members.get(node)?.key;
    if (!entry || !isTheirs) {
      this._node.refuse(from);
      return;
    }
    const me = this._node.me?.id;
    const peer = from === me ? to : from;
    const stamp = { at, host: false, mac: '' };
    const isNew = this.with(peer).add({ ...entry, stamp });
    if (isNew && entry.kind === 'message' && from !== me) {
      const id = idOf(entry);
      this._node.emit({ kind: 'message', id, peer, live: true });
    }
  }

  dispose(): void {
    this.disconnected();
    this._waiting.clear();
    this._threads.forEach(log => log.clear());
    this._threads.clear();
  }

  /** The entry, if it is one and its signature is good; nobody has looked at its form before. */
  private _opened(
    { box, data }: { readonly box: string; readonly data: string },
    context: string
  ): IEntry | null {
    try {
      const text = this._node.keys.open(box, data, context);
      const entry = JSON.parse(text) as IEntry;
      return this._node.isGenuine(entry) ? entry : null;
    } catch {
      return null;
    }
  }

  private _send(id: string): void {
    const waiting = this._waiting.get(id);
    const { me, people, node, session, connected } = this._node;
    if (!waiting || !me || !connected) {
      return;
    }
    const pages = [...people.pagesOf(waiting.to), ...people.pagesOf(me.id)];
    const others = pages.filter((page: IMember) => page.node !== node);
    const context = contextOf(session, me.id, waiting.to);
    const text = JSON.stringify(waiting.entry);
    const sealed = Keys.sealFor(others, text, context);
    this._node.send({ type: 'direct', id, to: waiting.to, ...sealed });
  }

  private readonly _threads = new Map<string, Log>();
  private readonly _waiting = new Map<string, IWaiting>();
  private readonly _cancels = new Set<() => void>();
  private _seq = 0;
}

function contextOf(session: string, from: string, to: string): string {
  return JSON.stringify([session, from, to]);
}
