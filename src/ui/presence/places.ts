import { IDocumentWidget } from '@jupyterlab/docregistry';
import { YNotebook } from '@jupyter/ydoc';
import { NotebookPanel } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { RoomPresence } from '../../sync';
import { followCells } from './cells';
import { keepTyping } from './keep';
import { scrollerOf, topOf } from './scrolling';

/** Tells where this person is in a document, and shows where others are. */
export function followPlaces(
  widget: IDocumentWidget,
  presence: RoomPresence,
  me: () => string,
  trans: TranslationBundle
): void {
  void widget.context.ready.then(() => {
    if (widget.isDisposed) {
      return;
    }
    if (widget instanceof NotebookPanel) {
      followCells(widget.content, presence, trans);
      const shared = widget.context.model.sharedModel;
      if (shared instanceof YNotebook) {
        keepTyping(widget.content, shared, trans);
      }
    }
    tellScroll(widget, presence, me);
  });
}

/** Tells the scroll position while somebody follows this person. */
function tellScroll(
  widget: IDocumentWidget,
  presence: RoomPresence,
  me: () => string
): void {
  let followed = false;
  const tell = () => {
    if (followed && widget.isVisible) {
      presence.tell({ top: topOf(widget) });
    }
  };
  const look = () => {
    const mine = me();
    const now = [...presence.peers.values()].some(
      ({ follows }) => follows === mine
    );
    if (now !== followed) {
      followed = now;
      tell();
      if (!now) {
        presence.tell({ top: undefined });
      }
    }
  };
  const scroller = scrollerOf(widget);
  scroller?.addEventListener('scroll', tell, { passive: true });
  presence.changed.connect(look);
  widget.disposed.connect(() => {
    scroller?.removeEventListener('scroll', tell);
    presence.changed.disconnect(look);
  });
}
