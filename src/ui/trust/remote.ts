import { MarkdownCell } from '@jupyterlab/cells';
import { IDocumentWidget } from '@jupyterlab/docregistry';
import { Notebook } from '@jupyterlab/notebook';
import { MimeModel } from '@jupyterlab/rendermime';
import { TranslationBundle } from '@jupyterlab/translation';

import { GuardedOutputs } from '../../drive';
import { Caution } from './caution';
import { NOT_LOADED } from './still';

function renderMarkdown(cell: MarkdownCell): void {
  const data = { 'text/markdown': cell.model.sharedModel.getSource() };
  void cell.renderer.renderModel(new MimeModel({ data }));
}

/** Renders a document anew; what it says stays as it is. */
function renderAnew({ content }: IDocumentWidget): void {
  if (!(content instanceof Notebook)) {
    (content as { setFragment?(to: string): void }).setFragment?.('');
    content.update();
    return;
  }
  for (const cell of content.widgets) {
    if (cell instanceof MarkdownCell && cell.rendered) {
      renderMarkdown(cell);
    }
    const { outputs } = cell.model as { outputs?: unknown };
    if (outputs instanceof GuardedOutputs) {
      outputs.renderAnew();
    }
  }
}

/** A click on an image that was not loaded loads all that its document names elsewhere. */
export function offerLoading(
  widget: IDocumentWidget,
  caution: Caution,
  trans: TranslationBundle
): void {
  const path = () => widget.context.localPath;
  const title = trans.__('Load remote images of this document');
  widget.node.addEventListener('pointerover', event => {
    const image = (event.target as Element).closest?.(`.${NOT_LOADED}`);
    image?.setAttribute('title', title);
  });
  widget.node.addEventListener('click', event => {
    if ((event.target as Element).closest?.(`.${NOT_LOADED}`)) {
      event.preventDefault();
      event.stopPropagation();
      caution.load(path());
    }
  });
  const onLoads = (_: Caution, at: string) => {
    if (at === path()) {
      renderAnew(widget);
    }
  };
  caution.loadsChanged.connect(onLoads);
  widget.disposed.connect(() => caution.loadsChanged.disconnect(onLoads));
}
