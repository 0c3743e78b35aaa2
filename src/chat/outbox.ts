import { IEntry } from './model';

/** What the outbox needs from the node. */
export interface IOutboxHooks {
  /** Signs with a number; the entry comes back whole. */
  sign(entry: Omit<IEntry, 'signature'>): IEntry;
  send(entry: IEntry): void;
  /** An entry got another number. */
  renumbered(old: IEntry, entry: IEntry): void;
  later(ms: number, call: () => void): () => void;
}

/** Our own entries that the server has not taken, in order; one is on its way at a time. */
export class Outbox {
  constructor(private readonly _hooks: IOutboxHooks) {}

  get length(): number {
    return this._entries.length;
  }

  /** Signs and queues. */
  add(entry: Omit<IEntry, 'signature' | 'seq'>): IEntry {
    const signed = this._hooks.sign({ ...entry, seq: ++this._seq } as IEntry);
    this._entries.push(signed);
    this._next();
    return signed;
  }

  /** There is a connection (again): what was on its way is sent once more. */
  connected(): void {
    this._open = true;
    this._sending = false;
    this._next();
  }

  disconnected(): void {
    this._open = false;
    this._cancelRetry();
  }

  taken(seq: number): void {
    if (this._entries[0]?.seq === seq) {
      this._entries.shift();
      this._sending = false;
      this._next();
    }
  }

  retry(seq: number, ms: number): void {
    if (this._entries[0]?.seq === seq) {
      this._cancelRetry();
      this._cancelRetry = this._hooks.later(ms, () => {
        this._sending = false;
        this._next();
      });
    }
  }

  /** The server wants another number. */
  renumber(seq: number, next: number): void {
    if (this._entries[0]?.seq === seq) {
      this._from(next);
    }
  }

  /** The server does not take it: what follows moves up. @returns the entry that is out. */
  drop(seq: number): IEntry | undefined {
    if (this._entries[0]?.seq !== seq) {
      return undefined;
    }
    const dropped = this._entries.shift();
    this._from(seq);
    return dropped;
  }

  dispose(): void {
    this.disconnected();
    this._entries = [];
  }

  private _from(seq: number): void {
    const old = this._entries;
    this._seq = seq - 1 + old.length;
    this._entries = old.map((entry, at) => {
      const moved = this._hooks.sign({ ...entry, seq: seq + at });
      this._hooks.renumbered(entry, moved);
      return moved;
    });
    this._sending = false;
    this._next();
  }

  private _next(): void {
    if (this._open && !this._sending && this._entries.length > 0) {
      this._sending = true;
      this._hooks.send(this._entries[0]);
    }
  }

  private _entries: IEntry[] = [];
  private _seq = 0;
  private _open = false;
  private _sending = false;
  private _cancelRetry: () => void = () => undefined;
}
