import { YNotebook } from '@jupyter/ydoc';
import { ISignal, Signal } from '@lumino/signaling';

import { OpenRoom, SharedDocument } from './room';

/** The documents of this page that are bound to rooms. */
export class OpenRooms implements Iterable<OpenRoom> {
  get opened(): ISignal<this, OpenRoom> {
    return this._opened;
  }

  get closed(): ISignal<this, OpenRoom> {
    return this._closed;
  }

  /** Documents that were closed in this page before all their edits were sent. */
  get parting(): ReadonlySet<OpenRoom> {
    return this._parting;
  }

  /** The room of a shared document, or undefined for one that is not shared. */
  of(sharedModel: unknown): OpenRoom | undefined {
    return this._rooms.get(sharedModel);
  }

  /** The rooms of one path; several when a notebook is open as text too. */
  at(path: string): OpenRoom[] {
    return [...this].filter(room => room.path === path);
  }

  add(room: OpenRoom): void {
    const model: SharedDocument = room.sharedModel;
    this._rooms.set(model, room);
    model.disposed.connect(() => {
      this._rooms.delete(model);
      if (!room.isDisposed) {
        this._parting.add(room);
        room.disposed.connect(() => this._parting.delete(room));
      }
      this._closed.emit(room);
    });
    this._opened.emit(room);
  }

  [Symbol.iterator](): Iterator<OpenRoom> {
    return this._rooms.values();
  }

  private readonly _rooms = new Map<unknown, OpenRoom>();
  private readonly _parting = new Set<OpenRoom>();
  private readonly _opened = new Signal<this, OpenRoom>(this);
  private readonly _closed = new Signal<this, OpenRoom>(this);
}

/** The room of something that belongs to a notebook, such as a shared cell. */
export function roomOfCell(
  rooms: OpenRooms,
  cell: { readonly notebook?: YNotebook | null }
): OpenRoom | undefined {
  return cell.notebook ? rooms.of(cell.notebook) : undefined;
}
