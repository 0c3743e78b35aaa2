import { IDocumentWidget, MimeContent } from '@jupyterlab/docregistry';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { TranslationBundle } from '@jupyterlab/translation';
import { StackedLayout, Widget } from '@lumino/widgets';
import type { Transaction } from 'yjs';

import { isInertType, OpenRoom } from '../../drive';

/**
 * Whether what a document says now is this person's own, or what they asked to see: so from their click until somebody
 * else changes it.
 */
class Approval {
  constructor({ sharedModel }: OpenRoom) {
    sharedModel.ydoc.on('afterTransaction', this._onTransaction);
    sharedModel.disposed.connect(() =>
      sharedModel.ydoc.off('afterTransaction', this._onTransaction)
    );
  }

  given = false;

  private readonly _onTransaction = ({ local, changed }: Transaction) => {
    if (!local && changed.size > 0) {
      this.given = false;
    }
  };
}

function createNotice(
  trans: TranslationBundle,
  show: () => void
): { readonly widget: Widget; readonly button: HTMLElement } {
  const node = document.createElement('div');
  node.className = 'jp-cohost-viewer-notice';
  const text = document.createElement('p');
  text.textContent = trans.__(
    'This file is not drawn by itself: others may have changed it, and drawing it can load data in your name.'
  );
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'jp-mod-styled';
  button.textContent = trans.__('Show');
  button.addEventListener('click', show);
  node.append(text, button);
  return { widget: new Widget({ node }), button };
}

/**
 * A viewer that draws more than text and images (a chart, a map, whatever an extension brings) asks before it draws what
 * others may have written.
 */
export function askBeforeDrawing(
  { content }: IDocumentWidget,
  room: OpenRoom,
  isOthers: () => boolean,
  trans: TranslationBundle
): void {
  if (!(content instanceof MimeContent) || isInertType(content.mimeType)) {
    return;
  }
  const approval = new Approval(room);
  const { renderer } = content;
  const layout = content.layout as StackedLayout;
  const render = renderer.renderModel.bind(renderer);
  const { widget } = createNotice(trans, () => {
    approval.given = true;
    content.update();
  });
  widget.hide();
  layout.addWidget(widget);
  renderer.renderModel = async (model: IRenderMime.IMimeModel) => {
    const asks = isOthers() && !approval.given;
    widget.setHidden(!asks);
    renderer.setHidden(asks);
    if (!asks) {
      await render(model);
    }
  };
}
