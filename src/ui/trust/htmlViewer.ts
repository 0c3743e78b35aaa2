import { URLExt } from '@jupyterlab/coreutils';
import { IDocumentWidget } from '@jupyterlab/docregistry';
import type { Transaction } from 'yjs';

import { OpenRoom } from '../../drive';

/** What JupyterLab's viewer of HTML files has: `trusted` lets scripts run with all that this page may. */
interface IHtmlViewer extends IDocumentWidget {
  trusted: boolean;
  /** The document as it is put into the frame. */
  _setupDocument(text: string): Promise<string>;
}

function isHtmlViewer(widget: IDocumentWidget): widget is IHtmlViewer {
  return 'trustedChanged' in widget && '_setupDocument' in widget;
}

/** Only what stands in the file itself and beside it. */
function policy(baseUrl: string): string {
  const files = URLExt.join(baseUrl, 'files/');
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data: blob: ${files}; media-src data: blob: ${files}; font-src data:`;
}

/** The document without what would take the frame elsewhere or load from there. */
export function calm(html: string, baseUrl: string): string {
  const document = new DOMParser().parseFromString(html, 'text/html');
  document
    .querySelectorAll('meta[http-equiv], script, iframe, frame, object, embed')
    .forEach(element => element.remove());
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = policy(baseUrl);
  document.head.prepend(meta);
  return document.documentElement.innerHTML;
}

/**
 * A file that others may have written loads nothing from elsewhere until this person trusts it; that word ends when
 * somebody else changes the file.
 */
export function calmHtmlViewer(
  widget: IDocumentWidget,
  room: OpenRoom,
  isOthers: () => boolean,
  baseUrl: string
): void {
  if (!isHtmlViewer(widget)) {
    return;
  }
  const setup = widget._setupDocument.bind(widget);
  widget._setupDocument = async text => {
    const html = await setup(text);
    return widget.trusted || !isOthers() ? html : calm(html, baseUrl);
  };
  const { ydoc } = room.sharedModel;
  const onTransaction = ({ local, changed }: Transaction) => {
    if (!local && changed.size > 0 && widget.trusted) {
      widget.trusted = false;
    }
  };
  ydoc.on('afterTransaction', onTransaction);
  widget.disposed.connect(() => ydoc.off('afterTransaction', onTransaction));
}
