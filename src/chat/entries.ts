import { Mix } from './digest';
import { compareEntries, EntryId, idOf, IEntry } from './model';
import { Have, isIn, Numbers } from './ranges';

/** The entries that a page holds, in their order, with what it takes to compare them with another page's. */
export class Entries {
  get size(): number {
    return this._order.length;
  }

  /** Characters of the texts that stand in entries. */
  characters = 0;

  /** The highest logical time. */
  time = 0;

  get oldest(): IEntry {
    return this._order[0];
  }

  get(id: EntryId): IEntry | undefined {
    return this._entries.get(id);
  }

  /** Equal sets of stamped entries have equal digests. */
  get digest(): string {
    return `${this._stamped}:${this._mix}`;
  }

  /** Of each key, what stands for all its entries that were ever held. */
  get marks(): Record<string, string> {
    return Object.fromEntries(
      [...this._marks].map(([key, mix]) => [key, `${mix}`])
    );
  }

  put(entry: IEntry): void {
    this._entries.set(idOf(entry), entry);
    this._order.splice(this._placeOf(entry), 0, entry);
    this.characters += charactersOf(entry);
    this.time = Math.max(this.time, entry.time);
    if (entry.stamp) {
      this.count(entry);
    }
  }

  takeOut(entry: IEntry): void {
    const at = this._order.indexOf(entry);
    this._order.splice(at, at < 0 ? 0 : 1);
    this._entries.delete(idOf(entry));
    this.characters -= charactersOf(entry);
    if (entry.stamp) {
      this._stamped--;
      this._mix.turn(entry.signature);
    }
  }

  /** A stamped entry counts. */
  count({ key, signature }: IEntry): void {
    this._stamped++;
    this._mix.turn(signature);
    const mark = this._marks.get(key) ?? new Mix();
    mark.turn(signature);
    this._marks.set(key, mark);
  }

  /** The entry is out because it was another one's double. */
  unmark({ key, signature }: IEntry): void {
    this._marks.get(key)?.turn(signature);
  }

  /** The entry is too old: it is not taken in again. */
  forget(entry: IEntry): void {
    this.takeOut(entry);
    this._forgotten.add(entry.key, entry.seq);
  }

  isForgotten({ key, seq }: IEntry): boolean {
    return this._forgotten.has(key, seq);
  }

  /** Stamped entries, also those that were too old to be kept. */
  have(): Have {
    const numbers = new Map<string, number[]>();
    for (const { key, seq, stamp } of this._order) {
      if (stamp) {
        const list = numbers.get(key) ?? [];
        list.push(seq);
        numbers.set(key, list);
      }
    }
    return this._forgotten.with(numbers);
  }

  /**
   * What somebody who holds `have` lacks and may see, the oldest first; and all entries of a key whose numbers are
   * the same here but not its mark, for then its author has signed different things with one number.
   */
  missing(have: Have, since: number, marks: Record<string, string>): IEntry[] {
    const mine = this.have();
    const isTwofold = (key: string) =>
      key in marks &&
      marks[key] !== `${this._marks.get(key)}` &&
      JSON.stringify(have[key]) === JSON.stringify(mine[key]);
    const keys = new Set(Object.keys(mine).filter(isTwofold));
    return this._order.filter(
      entry =>
        entry.stamp &&
        entry.stamp.at >= since &&
        (keys.has(entry.key) || !isIn(have[entry.key], entry.seq))
    );
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
    this._order = [];
    this._forgotten.clear();
    this._marks.clear();
    this._mix = new Mix();
    this._stamped = this.characters = 0;
  }

  /** New entries mostly stand at the end. */
  private _placeOf(entry: IEntry): number {
    let at = this._order.length;
    while (at > 0 && compareEntries(this._order[at - 1], entry) > 0) {
      at--;
    }
    return at;
  }

  private readonly _entries = new Map<EntryId, IEntry>();
  private readonly _forgotten = new Numbers();
  private readonly _marks = new Map<string, Mix>();
  private _order: IEntry[] = [];
  private _mix = new Mix();
  private _stamped = 0;
}

/** Of the text that stands in an entry. */
export function charactersOf({ body }: IEntry): number {
  return body ? ('text' in body ? body.text : body.head).length : 0;
}
