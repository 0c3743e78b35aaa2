import { Widget } from '@lumino/widgets';

/** Cells, files and text that are dropped would change the document. */
const DROPS = ['lm-dragenter', 'lm-dragover', 'lm-drop', 'drop'];

/** Keeps drops away from a document while they are not allowed. */
export function refuseDrops(widget: Widget, allowed: () => boolean): void {
  const refuse = (event: Event) => {
    if (!allowed()) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  DROPS.forEach(type => widget.node.addEventListener(type, refuse, true));
}
