import { CHAT } from '../protocol/tables';
import { FromBroker, IRefused } from './messages';
import { EntryId, idOf, IEntry } from './model';
import { INodeOptions } from './events';
import type { ChatNode } from './node';

/** How many entries are checked in one go, so that a page with a long history stays usable. */
const SLICE = 20;
const QUIET_MS = 1000;
/** So long after our last change, every page has told a digest if it has one to tell. */
const ALL_TOLD_MS = 5000;
const CHUNK_CHARACTERS = 200_000;
const ASK_AGAIN_MS = 1000;
const MOST_FUTILE = 5000;

type Message<T extends FromBroker['type']> = Extract<FromBroker, { type: T }>;

interface IBodyWait {
  readonly entry: EntryId;
  readonly done: (found: boolean) => void;
}

/** Gets what this page missed from two others, gives what others missed, and finds differences by digests. */
export class History {
  constructor(
    private readonly _node: ChatNode,
    private readonly _options: INodeOptions
  ) {}

  /** Whether the discussion so far is still coming in. */
  get isCatchingUp(): boolean {
    return this._asked.size > 0 || this._inbox.length > 0;
  }

  connected(): void {
    this._asked.clear();
    if (this._others.length > 0) {
      this._ask();
    }
    this.seen();
  }

  disconnected(): void {
    this._cancels.forEach(cancel => cancel());
    this._cancels.clear();
    this._asked.clear();
    this._waits.forEach(({ done }) => done(false));
    this._waits.clear();
    this._checking = false;
  }

  /** Our log changed: others hear its digest when it has been quiet for a second. */
  changed(): void {
    this._changedAt = this._options.clock.now();
    this.seen();
  }

  /** Something about others' digests may have changed: looks when it is quiet. */
  seen(): void {
    if (!this._checking) {
      this._checking = true;
      this._later(QUIET_MS * (1 + this._options.random()), () => {
        this._checking = false;
        this._look();
      });
    }
  }

  /** Somebody asks what they lack. */
  answer({ id, have, since, node, marks }: Message<'wanted'>): void {
    const missing = this._node.log.missing(have, since, marks);
    let chunk: IEntry[] = [];
    let size = 0;
    for (const entry of missing) {
      const length = JSON.stringify(entry).length;
      if (
        chunk.length >= CHAT.history_entries ||
        size + length > CHUNK_CHARACTERS
      ) {
        this._node.send({ type: 'history', id, entries: chunk, done: false });
        [chunk, size] = [[], 0];
      }
      chunk.push(entry);
      size += length;
    }
    this._node.send({ type: 'history', id, entries: chunk, done: true });
    if (this._node.log.lacks(have)) {
      this._later(QUIET_MS * this._options.random(), () => this._ask(node));
    }
  }

  receive(message: Message<'history'>): void {
    const waiting = this._asked.get(message.id);
    if (waiting === undefined) {
      return;
    }
    this._inbox.push(...message.entries);
    if (message.refused) {
      this._node.refuse('');
    }
    if (message.done) {
      const left = message.peers === 0 ? 0 : waiting - 1;
      if (left > 0) {
        this._asked.set(message.id, left);
      } else {
        this._asked.delete(message.id);
      }
    }
    this._work();
  }

  /** A question was refused: asks again a little later. */
  refused({ id, code, retry_ms }: IRefused): void {
    const wait = this._waits.get(id ?? '');
    if (wait) {
      this._waits.delete(id ?? '');
      wait.done(false);
    } else if (id !== undefined && this._asked.delete(id)) {
      if (code === 'too_fast') {
        this._later(retry_ms ?? ASK_AGAIN_MS, () => this._ask());
      }
    }
  }

  /** Asks for a long text. */
  fetch(entry: IEntry): Promise<boolean> {
    const id = this._newId();
    const asked: Partial<IEntry> = { ...entry };
    delete (asked as { body?: unknown }).body;
    return new Promise(resolve => {
      if (!this._node.connected) {
        resolve(false);
        return;
      }
      this._waits.set(id, { entry: idOf(entry), done: resolve });
      this._node.send({ type: 'body_want', id, entry: asked });
    });
  }

  answerBody({ id, key, seq }: Message<'body_wanted'>): void {
    const full = this._node.log.full(idOf({ key, seq }));
    this._node.send(
      full ? { type: 'body', id, ...full } : { type: 'body', id, missing: true }
    );
  }

  receiveBody({ id, salt, text }: Message<'body'>): void {
    const wait = this._waits.get(id);
    if (!wait) {
      return;
    }
    this._waits.delete(id);
    const isWhole = salt !== undefined && text !== undefined;
    const found = isWhole && this._node.log.fill(wait.entry, salt, text);
    if (isWhole && !found) {
      this._node.refuse(this._node.log.get(wait.entry)?.author ?? '');
    }
    wait.done(found);
  }

  private get _others() {
    const { people, node } = this._node;
    return [...people.members.values()].filter(
      other => other.node !== node && !other.away
    );
  }

  private _ask(from?: string): void {
    if (!this._node.connected) {
      return;
    }
    const id = this._newId();
    const peers = from ? 1 : Math.min(2, this._others.length);
    this._asked.set(id, peers);
    const { log } = this._node;
    this._node.send({
      type: 'want',
      id,
      have: log.have(),
      marks: log.marks,
      ...(from ? { from } : {})
    });
  }

  /** Tells our digest when it changed, and asks two of those who hold something else. */
  private _look(): void {
    const { log, connected } = this._node;
    if (!connected) {
      return;
    }
    if (
      this._options.clock.now() - this._changedAt < QUIET_MS ||
      this.isCatchingUp
    ) {
      this.seen();
      return;
    }
    const mine = log.digest;
    if (this._futile.size > MOST_FUTILE) {
      this._futile.clear();
    }
    if (mine !== this._told) {
      this._told = mine;
      this._node.send({ type: 'digest', digest: mine });
    }
    const different = this._others.filter(
      ({ node, digest }) =>
        digest !== '' &&
        digest !== mine &&
        !this._futile.has(`${node} ${digest} ${mine}`)
    );
    const others = different.filter(({ digestAt }) => this._isNew(digestAt));
    const waits = different.length > others.length;
    for (let asked = 0; asked < 2 && others.length > 0; asked++) {
      const at = Math.floor(this._options.random() * others.length);
      const [{ node, digest }] = others.splice(at, 1);
      this._futile.add(`${node} ${digest} ${mine}`);
      this._ask(node);
    }
    if (others.length > 0 || waits) {
      this.seen();
    }
  }

  /** Whether this digest is from after our last change: an older one differs only because its page has not told the next one yet. */
  private _isNew(digestAt = 0): boolean {
    const changedAt = this._changedAt;
    return (
      digestAt >= changedAt ||
      this._options.clock.now() - changedAt >= ALL_TOLD_MS
    );
  }

  private _work(): void {
    if (this._inbox.length === 0 || this._working) {
      return;
    }
    const slice = this._inbox.splice(0, SLICE);
    const news = slice.filter(entry => this._node.take(entry, false));
    if (news.length > 0) {
      this.changed();
      this._node.emit({ kind: 'changed' });
    }
    if (this._inbox.length > 0) {
      this._working = true;
      this._options.clock.later(0, () => {
        this._working = false;
        this._work();
      });
    }
  }

  private _later(ms: number, call: () => void): void {
    const cancel = this._options.clock.later(ms, () => {
      this._cancels.delete(cancel);
      call();
    });
    this._cancels.add(cancel);
  }

  private _newId(): string {
    return `q${this._questions++}`;
  }

  /** Open questions: how many pages have not finished answering. */
  private readonly _asked = new Map<string, number>();
  private readonly _waits = new Map<string, IBodyWait>();
  private readonly _futile = new Set<string>();
  private readonly _cancels = new Set<() => void>();
  private readonly _inbox: IEntry[] = [];
  private _working = false;
  private _checking = false;
  private _changedAt = 0;
  private _told = '';
  private _questions = 0;
}
