import { IDocumentWidget } from '@jupyterlab/docregistry';
import { NotebookPanel } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { RoomPresence } from '../../sync';
import { followCells } from './cells';

/** Tells where this person is in a document, and shows where others are. */
export function followPlaces(
  widget: IDocumentWidget,
  presence: RoomPresence,
  trans: TranslationBundle
): void {
  if (widget instanceof NotebookPanel) {
    const { content } = widget;
    void widget.context.ready.then(() => {
      if (!content.isDisposed) {
        followCells(content, presence, trans);
      }
    });
  }
}
