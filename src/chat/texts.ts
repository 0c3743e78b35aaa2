import { EntryId } from './model';

export interface IFullText {
  readonly salt: string;
  readonly text: string;
}

/** Long texts that were written here or fetched; beyond the limit the one that came first goes. */
export class Texts {
  /** @param _most - characters (UTF-16) altogether. */
  constructor(private readonly _most: number) {}

  get(id: EntryId): IFullText | undefined {
    return this._texts.get(id);
  }

  /** @returns those that had to go. */
  set(id: EntryId, text: IFullText): EntryId[] {
    this.delete(id);
    this._texts.set(id, text);
    this._size += text.text.length;
    const gone: EntryId[] = [];
    for (const other of this._texts.keys()) {
      if (this._size <= this._most || other === id) {
        break;
      }
      gone.push(other);
      this.delete(other);
    }
    return gone;
  }

  delete(id: EntryId): void {
    this._size -= this._texts.get(id)?.text.length ?? 0;
    this._texts.delete(id);
  }

  clear(): void {
    this._texts.clear();
    this._size = 0;
  }

  private readonly _texts = new Map<EntryId, IFullText>();
  private _size = 0;
}
