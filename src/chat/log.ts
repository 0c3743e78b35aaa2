import { CHAT } from '../protocol/tables';
import { charactersOf, Entries } from './entries';
import { hashText } from './keys';
import {
  compareEntries,
  EntryId,
  idOf,
  IEntry,
  IMessage,
  IStamp
} from './model';
import { Have } from './ranges';
import { deletedBy, isSame, reactionsOf } from './shown';
import { IFullText, Texts } from './texts';

export type { Have } from './ranges';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How much a page keeps; beyond it the oldest go, on every page the same ones. */
export interface ILogLimits {
  readonly entries: number;
  /** Of texts: long ones (in a discussion), or all of them (`whole`, in a 1-to-1 thread). */
  readonly characters: number;
  readonly whole?: boolean;
}

const DISCUSSION: ILogLimits = {
  entries: CHAT.kept_entries,
  characters: CHAT.kept_characters
};

/**
 * A discussion in memory: entries go in, in any order, and everybody who holds the same entries sees the same messages.
 * Signatures are checked by who adds.
 */
export class Log {
  constructor(private readonly _limits: ILogLimits = DISCUSSION) {
    this._texts = new Texts(_limits.characters);
  }

  /** Rises with every change. */
  version = 0;

  /** The highest logical time. */
  get time(): number {
    return this._entries.time;
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

  /** Whether something was too old to be kept. */
  get isShortened(): boolean {
    return this._isShortened;
  }

  /** Of each key, what stands for all its entries that were ever held. */
  get marks(): Record<string, string> {
    return this._entries.marks;
  }

  /** What stands for the whole content: equal logs have equal digests. Entries that the server has not taken do not count. */
  get digest(): string {
    return this._entries.digest;
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
    if (this._entries.isForgotten(entry)) {
      return false;
    }
    this._put(id, { ...entry });
    while (this._isOver()) {
      this._forget(this._entries.oldest);
    }
    return this._entries.get(id) !== undefined;
  }

  /** Of two entries with one number, every page keeps the one that was posted first. */
  settle(entry: IEntry): void {
    const id = idOf(entry);
    const held = this._entries.get(id);
    if (!held?.stamp || !entry.stamp || isFirst(held, entry)) {
      return;
    }
    this._takeOut(id, held);
    this._entries.unmark(held);
    this._put(id, { ...entry });
    this._touchAbout(id, held);
  }

  /** Takes back an entry that the server refused. */
  remove(id: EntryId): void {
    const entry = this._entries.get(id);
    if (!entry || entry.stamp) {
      return;
    }
    this._takeOut(id, entry);
    this._touch(entry.target ? idOf(entry.target) : id);
  }

  /** The server has taken one of ours. */
  stamp(id: EntryId, stamp: IStamp): void {
    const entry = this._entries.get(id);
    if (entry && !entry.stamp) {
      (entry as Writable<IEntry>).stamp = stamp;
      this._entries.count(entry);
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
      const gone = this._texts.set(id, { salt, text });
      gone.forEach(other => this._touchShown(other));
    }
    this._touch(entry.target ? idOf(entry.target) : id);
    return true;
  }

  /** The whole of a long text, if it is held. */
  full(id: EntryId): IFullText | undefined {
    return this._texts.get(id);
  }

  /** Of each key, which numbers are held, or were too old to be kept. */
  have(): Have {
    return this._entries.have();
  }

  /** What somebody who holds `have` lacks and may see, the oldest first. See Entries.missing for `marks`. */
  missing(have: Have, since = 0, marks: Record<string, string> = {}): IEntry[] {
    return this._entries.missing(have, since, marks);
  }

  /** Whether `have` names something that is not held here. */
  lacks(have: Have): boolean {
    return this._entries.lacks(have);
  }

  clear(): void {
    this._entries.clear();
    this._texts.clear();
    this._about.clear();
    this._answers.clear();
    this._messages.clear();
    this._sorted = null;
    this.version++;
  }

  private _complete(id: EntryId, held: IEntry, entry: IEntry): void {
    if (!held.stamp && entry.stamp) {
      this.stamp(id, entry.stamp);
    }
    if (!held.body && entry.body && this._isShown(id, held)) {
      (held as Writable<IEntry>).body = entry.body;
      this._entries.characters += charactersOf(held);
      this._touch(held.target ? idOf(held.target) : id);
    }
  }

  private _put(id: EntryId, entry: IEntry): void {
    this._entries.put(entry);
    this._index(id, entry);
  }

  private _takeOut(id: EntryId, entry: IEntry): void {
    this._entries.takeOut(entry);
    this._drop(id, entry);
  }

  private _drop(id: EntryId, entry: IEntry): void {
    this._texts.delete(id);
    this._messages.delete(id);
    if (entry.target) {
      const target = idOf(entry.target);
      this._about.get(target)?.delete(id);
      if (this._about.get(target)?.size === 0) {
        this._about.delete(target);
      }
    }
    if (entry.reply) {
      const asked = idOf(entry.reply);
      const left = this._answers.get(asked)?.filter(other => other !== id);
      if (left?.length) {
        this._answers.set(asked, left);
      } else {
        this._answers.delete(asked);
      }
    }
  }

  private _isOver(): boolean {
    const { entries, characters, whole } = this._limits;
    const { size } = this._entries;
    return (
      size > entries ||
      (whole === true && size > 1 && this._entries.characters > characters)
    );
  }

  /** The oldest: it is not asked for again, and what answers it answers nothing that is here. */
  private _forget(entry: IEntry): void {
    const id = idOf(entry);
    this._entries.forget(entry);
    this._drop(id, entry);
    this._isShortened = true;
    this._touchAbout(id, entry);
  }

  private _touchAbout(id: EntryId, entry: IEntry): void {
    this._touch(entry.target ? idOf(entry.target) : id);
    this._answers.get(id)?.forEach(answer => this._touch(answer));
  }

  private _touchShown(id: EntryId): void {
    const entry = this._entries.get(id);
    this._touch(entry?.target ? idOf(entry.target) : id);
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
        this._entries.characters -= charactersOf(entry);
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

  private readonly _entries = new Entries();
  private readonly _texts: Texts;
  private readonly _about = new Map<EntryId, Map<EntryId, IEntry>>();
  private readonly _answers = new Map<EntryId, EntryId[]>();
  private readonly _messages = new Map<EntryId, IMessage>();
  private _sorted: IMessage[] | null = null;
  private _isShortened = false;
}

/** Whether `a` was posted before `b`. */
function isFirst(a: IEntry, b: IEntry): boolean {
  const [one, other] = [a.stamp?.at ?? 0, b.stamp?.at ?? 0];
  return one !== other ? one < other : a.signature <= b.signature;
}
