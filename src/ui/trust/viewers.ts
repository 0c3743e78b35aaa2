import {
  DocumentRegistry,
  IDocumentWidget,
  MimeContent
} from '@jupyterlab/docregistry';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { TranslationBundle } from '@jupyterlab/translation';
import { StackedLayout, Widget } from '@lumino/widgets';
import type { Transaction } from 'yjs';

import { isInertType, OpenRoom } from '../../drive';

/**
 * Whether what a document says now is this person's own, or what they asked to see: so from their click until somebody
 * else changes it. A file without a room (a PDF) changes when it is read again.
 */
class Approval {
  constructor(room: OpenRoom | undefined, model: DocumentRegistry.IModel) {
    if (!room) {
      model.contentChanged.connect(() => (this.given = false));
      return;
    }
    const { sharedModel } = room;
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

interface INotice {
  readonly text: string;
  readonly label: string;
  readonly act: () => void;
}

/** What stands in place of a document until a person asks for it. */
export function createNotice({ text, label, act }: INotice): Widget {
  const node = document.createElement('div');
  node.className = 'jp-cohost-viewer-notice';
  const sentence = document.createElement('p');
  sentence.textContent = text;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'jp-mod-styled';
  button.textContent = label;
  button.addEventListener('click', act);
  node.append(sentence, button);
  return new Widget({ node });
}

/**
 * A viewer that draws more than text and images (a chart, a map, whatever an extension brings) asks before it draws what
 * others may have written.
 */
export function askBeforeDrawing(
  { content, context }: IDocumentWidget,
  room: OpenRoom | undefined,
  isOthers: () => boolean,
  trans: TranslationBundle
): void {
  if (!(content instanceof MimeContent) || isInertType(content.mimeType)) {
    return;
  }
  const approval = new Approval(room, context.model);
  const { renderer } = content;
  const layout = content.layout as StackedLayout;
  const render = renderer.renderModel.bind(renderer);
  const widget = createNotice({
    text: trans.__(
      'This file is not drawn by itself: others may have changed it, and drawing it can load data in your name.'
    ),
    label: trans.__('Show'),
    act: () => {
      approval.given = true;
      content.update();
    }
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
