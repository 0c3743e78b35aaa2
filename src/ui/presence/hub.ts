import { ISharedText, YBaseCell, YFile } from '@jupyter/ydoc';
import { Extension } from '@codemirror/state';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { ISignal, Signal } from '@lumino/signaling';

import { OpenRoom, OpenRooms, roomOfCell } from '../../drive';
import { RoomPresence } from '../../sync';
import { remoteCursors } from './cursors';

/** The presence of every document of this page that is a room. */
export class Presences {
  constructor(readonly rooms: OpenRooms) {
    rooms.opened.connect((_, room) => this.of(room));
    rooms.closed.connect((_, room) => {
      this._byRoom.get(room)?.dispose();
      this._byRoom.delete(room);
      this._changed.emit(room);
    });
  }

  /** Somebody came, went or moved in this document. */
  get changed(): ISignal<this, OpenRoom> {
    return this._changed;
  }

  of(room: OpenRoom): RoomPresence {
    const known = this._byRoom.get(room);
    if (known) {
      return known;
    }
    const presence = new RoomPresence(room.sharedModel.awareness);
    presence.changed.connect(() => this._changed.emit(room));
    this._byRoom.set(room, presence);
    return presence;
  }

  /** The extension for the editor of a shared text, or null where it is not a room's. */
  cursors(text: ISharedText): Extension | null {
    if (text instanceof YFile) {
      const room = this.rooms.of(text);
      return room
        ? remoteCursors({ presence: this.of(room), text: text.ysource })
        : null;
    }
    if (text instanceof YBaseCell) {
      const room = roomOfCell(this.rooms, text);
      return room
        ? remoteCursors({
            presence: this.of(room),
            text: text.ysource,
            cell: text.getId()
          })
        : null;
    }
    return null;
  }

  private readonly _byRoom = new Map<OpenRoom, RoomPresence>();
  private readonly _changed = new Signal<this, OpenRoom>(this);
}

/** Every editor whose text belongs to a room shows the cursors of others. */
export function addCursors(
  editors: IEditorExtensionRegistry,
  presences: Presences
): void {
  editors.addExtension({
    name: 'jupyterlab-cohost:cursors',
    factory: ({ model }) => {
      const cursors = presences.cursors(model.sharedModel);
      return (
        cursors && EditorExtensionRegistry.createImmutableExtension(cursors)
      );
    }
  });
}
