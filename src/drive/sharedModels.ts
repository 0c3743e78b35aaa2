import { YFile, YNotebook } from '@jupyter/ydoc';

import { translated } from '../protocol';
import { followCells } from './cells';

/**
 * The host's server saves: a shared document has nothing to save in this page, and its `dirty` flag, which the base
 * classes would write into the shared state at every change, is not used.
 */
export class RoomFile extends YFile {
  override get dirty(): boolean {
    return false;
  }

  override set dirty(_value: boolean) {
    /* The save state comes from the server. */
  }
}

/**
 * See RoomFile. Undo works by cell, so that it takes back only what this person did there. Whatever stands in the
 * document, its cells can be shown.
 */
export class RoomNotebook extends YNotebook {
  constructor() {
    super({ disableDocumentWideUndoRedo: true });
    followCells(this, () =>
      translated('This cell cannot be shown: it is damaged.')
    );
  }

  override get dirty(): boolean {
    return false;
  }

  override set dirty(_value: boolean) {
    /* The save state comes from the server. */
  }
}
