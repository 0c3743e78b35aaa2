import { hashText } from './keys';
import {
  compareEntries,
  EntryId,
  idOf,
  IEntry,
  IMessage,
  IReaction,
  IReference,
  IStamp
} from './model';

/** Of each key, which numbers are held: [from, to], both included. */
export type Have = Record<string, [number, number][]>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A discussion in memory: entries go in, in any order, and everybody who holds the same entries sees the same messages.
 * Signatures are checked by who adds.
 */
export class Log {
  /** Rises with every change. */
  version = 0;

  /** The highest logical time. */
  get time(): number {
    return this._time;
  }

  get size(): number {
    return this._entries.size;
  }

  get(id: EntryId): IEntry | undefined {
    return this._entries.get(id);
  }

  message(id: EntryId): IMessage | undefined {
    return this._messages.get(id);
  }

  /** All messages, in the one order. */
  get messages(): readonly IMessage[] {
    if (this._sorted === null) {
      this._sorted = [...this._messages.values()].sort((a, b) =>
        compareEntries(a.entry, b.entry)
      );
    }
    return this._sorted;
  }

  /** What stands for the whole content: equal logs have equal digests. Entries that the server has not taken do not count. */
  get digest(): string {
    return `${this._stamped}:${this._mix.map(part => part.toString(36)).join('.')}`;
  }

  /**
   * Adds an entry.
   *
   * @returns false when it is held already (then a missing text, or the server's stamp, is taken from it).
   */
  add(entry: IEntry): boolean {
    const id = idOf(entry);
    const held = this._entries.get(id);
    if (held) {
      this._complete(id, held, entry);
      return false;
    }
    this._entries.set(id, { ...entry });
    this._time = Math.max(this._time, entry.time);
    if (entry.stamp) {
      this._count(entry);
    }
    this._index(id, entry);
    return true;
  }

  /** Takes back an entry that the server refused. */
  remove(id: EntryId): void {
    const entry = this._entries.get(id);
    if (!entry || entry.stamp) {
      return;
    }
    this._entries.delete(id);
    this._texts.delete(id);
    const about = entry.target && this._about.get(idOf(entry.target));
    about?.delete(id);
    this._messages.delete(id);
    this._touch(entry.target ? idOf(entry.target) : id);
  }

  /** The server has taken one of ours. */
  stamp(id: EntryId, stamp: IStamp): void {
    const entry = this._entries.get(id);
    if (entry && !entry.stamp) {
      (entry as Writable<IEntry>).stamp = stamp;
      this._count(entry);
      this._touch(entry.target ? idOf(entry.target) : id);
    }
  }

  /** Keeps the whole of a long text. @returns false when it is not the text of this entry. */
  fill(id: EntryId, salt: string, text: string): boolean {
    const entry = this._entries.get(id);
    if (!entry?.hash || hashText(salt, text) !== entry.hash) {
      return false;
    }
    if (this._isShown(id, entry)) {
      this._texts.set(id, { salt, text });
    }
    this._touch(entry.target ? idOf(entry.target) : id);
    return true;
  }

  /** The whole of a long text, if it is held. */
  full(id: EntryId): { salt: string; text: string } | undefined {
    return this._texts.get(id);
  }

  have(): Have {
    const numbers = new Map<string, number[]>();
    for (const { key, seq, stamp } of this._entries.values()) {
      if (stamp) {
        const list = numbers.get(key) ?? [];
        list.push(seq);
        numbers.set(key, list);
      }
    }
    return Object.fromEntries(
      [...numbers].map(([key, list]) => [key, rangesOf(list)])
    );
  }

  /** What somebody who holds `have` lacks and may see, the oldest first. */
  missing(have: Have, since = 0): IEntry[] {
    return [...this._entries.values()]
      .filter(
        entry =>
          entry.stamp &&
          entry.stamp.at >= since &&
          !isIn(have[entry.key], entry.seq)
      )
      .sort(compareEntries);
  }

  /** Whether `have` names something that is not held here. */
  lacks(have: Have): boolean {
    const mine = this.have();
    return Object.entries(have).some(([key, ranges]) =>
      ranges.some(
        ([from, to]) =>
          !(mine[key] ?? []).some(([low, high]) => low <= from && to <= high)
      )
    );
  }

  clear(): void {
    this._entries.clear();
    this._texts.clear();
    this._about.clear();
    this._answers.clear();
    this._messages.clear();
    this._sorted = null;
    this._mix = [0, 0];
    this._stamped = 0;
    this.version++;
  }

  private _complete(id: EntryId, held: IEntry, entry: IEntry): void {
    if (!held.stamp && entry.stamp) {
      this.stamp(id, entry.stamp);
    }
    if (!held.body && entry.body && this._isShown(id, held)) {
      (held as Writable<IEntry>).body = entry.body;
      this._touch(held.target ? idOf(held.target) : id);
    }
  }

  private _count(entry: IEntry): void {
    this._stamped++;
    this._mix = [
      (this._mix[0] ^ wordOf(entry.signature, 0)) >>> 0,
      (this._mix[1] ^ wordOf(entry.signature, 8)) >>> 0
    ];
  }

  private _index(id: EntryId, entry: IEntry): void {
    if (entry.kind === 'message') {
      if (entry.reply) {
        const asked = idOf(entry.reply);
        this._answers.set(asked, [...(this._answers.get(asked) ?? []), id]);
      }
      this._touch(id);
      this._answers.get(id)?.forEach(answer => this._touch(answer));
      return;
    }
    if (entry.target) {
      const target = idOf(entry.target);
      const about = this._about.get(target) ?? new Map<EntryId, IEntry>();
      about.set(id, this._entries.get(id) as IEntry);
      this._about.set(target, about);
      this._touch(target);
    }
  }

  /** Builds a message anew after something about it changed. */
  private _touch(id: EntryId): void {
    this.version++;
    this._sorted = null;
    const entry = this._entries.get(id);
    if (entry?.kind !== 'message') {
      return;
    }
    this._messages.set(id, this._build(id, entry));
  }

  private _build(id: EntryId, entry: IEntry): IMessage {
    const about = [...(this._about.get(id)?.values() ?? [])].filter(
      other => other.target && isSame(other.target, entry)
    );
    const edits = about
      .filter(({ kind, author }) => kind === 'edit' && author === entry.author)
      .sort(compareEntries);
    const shown = edits[edits.length - 1] ?? entry;
    const deleted = deletedBy(entry, about);
    this._forgetTexts([entry, ...edits], deleted ? null : shown);
    return {
      id,
      entry,
      shown,
      ...(deleted ? { text: null, head: null } : this._textOf(shown)),
      size: shown.size ?? 0,
      edited: shown !== entry,
      deleted,
      reactions: reactionsOf(about),
      answers: this._answered(entry),
      pending: !entry.stamp || !shown.stamp
    };
  }

  private _textOf(entry: IEntry): { text: string | null; head: string | null } {
    const { body } = entry;
    const text = this._texts.get(idOf(entry))?.text ?? null;
    return body && 'head' in body
      ? { text, head: body.head }
      : { text: body && 'text' in body ? body.text : text, head: null };
  }

  /** What nobody sees any more is not kept. */
  private _forgetTexts(entries: readonly IEntry[], but: IEntry | null): void {
    for (const entry of entries) {
      if (entry !== but) {
        delete (entry as Writable<IEntry>).body;
        this._texts.delete(idOf(entry));
      }
    }
  }

  private _isShown(id: EntryId, entry: IEntry): boolean {
    const message = this._messages.get(entry.target ? idOf(entry.target) : id);
    return !message || (!message.deleted && idOf(message.shown) === id);
  }

  /** An answer that claims to be later than what it answers, and is not, is no answer. */
  private _answered(entry: IEntry): EntryId | null {
    const other = entry.reply && this._entries.get(idOf(entry.reply));
    return other?.kind === 'message' &&
      entry.reply &&
      isSame(entry.reply, other) &&
      other.time < entry.time
      ? idOf(other)
      : null;
  }

  private readonly _entries = new Map<EntryId, IEntry>();
  private readonly _texts = new Map<EntryId, { salt: string; text: string }>();
  private readonly _about = new Map<EntryId, Map<EntryId, IEntry>>();
  private readonly _answers = new Map<EntryId, EntryId[]>();
  private readonly _messages = new Map<EntryId, IMessage>();
  private _sorted: IMessage[] | null = null;
  private _mix: [number, number] = [0, 0];
  private _stamped = 0;
  private _time = 0;
}

/** Eight characters of a signature, as a number that differs when they do. */
function wordOf(signature: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 8; at++) {
    word = (Math.imul(word, 31) + signature.charCodeAt(at)) >>> 0;
  }
  return word;
}

function isSame(reference: IReference, entry: IReference): boolean {
  return (
    reference.author === entry.author &&
    reference.key === entry.key &&
    reference.seq === entry.seq &&
    reference.time === entry.time
  );
}

/** Authors delete what is theirs, a host anything: the server's stamp says who was one. */
function deletedBy(
  entry: IEntry,
  about: readonly IEntry[]
): IMessage['deleted'] {
  const deletes = about.filter(({ kind }) => kind === 'delete');
  if (deletes.some(({ author }) => author === entry.author)) {
    return 'author';
  }
  return deletes.some(({ stamp }) => stamp?.host) ? 'host' : null;
}

function reactionsOf(about: readonly IEntry[]): IReaction[] {
  const last = new Map<string, IEntry>();
  about
    .filter(({ kind }) => kind === 'reaction')
    .sort(compareEntries)
    .forEach(entry => last.set(`${entry.emoji}\n${entry.author}`, entry));
  const from = new Map<string, string[]>();
  for (const { emoji, author, on } of last.values()) {
    if (emoji && on) {
      from.set(emoji, [...(from.get(emoji) ?? []), author].sort());
    }
  }
  return [...from]
    .map(([emoji, people]) => ({ emoji, from: people }))
    .sort((a, b) => (a.emoji < b.emoji ? -1 : 1));
}

function rangesOf(numbers: number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers.sort((a, b) => a - b)) {
    const last = ranges[ranges.length - 1];
    if (last && number <= last[1] + 1) {
      last[1] = number;
    } else {
      ranges.push([number, number]);
    }
  }
  return ranges;
}

function isIn(
  ranges: readonly [number, number][] | undefined,
  number: number
): boolean {
  return (ranges ?? []).some(([from, to]) => from <= number && number <= to);
}
