import { Signal } from '@lumino/signaling';

import { OpenRooms } from '../../drive';
import { ICaution } from './registries';

/** Where others may write, as far as this page knows. */
export interface IOthers {
  /** Whether somebody else can, or could, write the file at `path`; without a path, any file. */
  mayWrite(path?: string): boolean;
}

/** Who may have written what this page shows, and which documents may load from elsewhere. */
export class Caution implements ICaution {
  constructor(
    private readonly _rooms: OpenRooms,
    private readonly _others: IOthers
  ) {}

  /** A person asked to load what the document at a path names elsewhere. */
  get loadsChanged(): Signal<this, string> {
    return this._loadsChanged;
  }

  isOthers(path?: string): boolean {
    return (
      this._others.mayWrite(path) ||
      (path === undefined
        ? [...this._rooms].some(room => room.others)
        : this._rooms.at(path).some(room => room.others))
    );
  }

  loads(path: string): boolean {
    return this._loading.has(path);
  }

  load(path: string): void {
    this._loading.add(path);
    this._loadsChanged.emit(path);
  }

  private readonly _loading = new Set<string>();
  private readonly _loadsChanged = new Signal<this, string>(this);
}
