import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Panel, Widget } from '@lumino/widgets';

import { IUnvouched, UNVOUCHED_TYPE } from '../../drive';

/** What the sentence beside such an output needs. */
export interface IUnvouchedNeeds {
  readonly rendermime: IRenderMimeRegistry;
  readonly trans: TranslationBundle;
  /** Asks whether to trust the notebook that has this element; null where only the host can. */
  readonly trust: ((node: HTMLElement) => void) | null;
}

/** Names for the forms that people meet; of others, the type is named. */
function nameOf(type: string, trans: TranslationBundle): string {
  if (/vega|plotly|bokeh|altair|holoviews/i.test(type)) {
    return trans.__('chart');
  }
  if (type === 'application/vnd.jupyter.widget-view+json') {
    return trans.__('widget');
  }
  if (/javascript/i.test(type)) {
    return trans.__('script');
  }
  return /geo/i.test(type) ? trans.__('map') : type;
}

/** The sentence, with a button where it helps. */
function createNotice(
  type: string,
  isStill: boolean,
  needs: IUnvouchedNeeds
): HTMLElement {
  const { trans } = needs;
  const node = document.createElement('div');
  node.className = 'jp-cohost-unvouched-notice';
  if (isStill) {
    node.append(
      trans.__('This widget works only for people who may run code here.')
    );
    return node;
  }
  node.append(
    trans.__(
      'The %1 is not shown: it may come from someone who may not run code here.',
      nameOf(type, trans)
    ),
    ' '
  );
  const { trust } = needs;
  if (!trust) {
    node.append(trans.__('The host can show it with “Trust Notebook”.'));
    return node;
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'jp-mod-styled jp-mod-minimal';
  button.textContent = trans.__('Trust…');
  button.title = trans.__(
    'Asks whether to trust the outputs that this notebook has now'
  );
  button.addEventListener('click', () => trust(button));
  node.append(button);
  return node;
}

/** Shows an output that nobody vouches for: its best inert form, and a sentence when a better one is left out. */
class UnvouchedOutput extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly _options: IRenderMime.IRendererOptions,
    private readonly _needs: IUnvouchedNeeds
  ) {
    super();
    this.addClass('jp-cohost-unvouched');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    [...this.widgets].forEach(widget => widget.dispose());
    const content = model.data[UNVOUCHED_TYPE] as unknown as IUnvouched;
    const { rendermime } = this._needs;
    const shown = content.shown as ReadonlyPartialJSONObject;
    const all = Object.fromEntries(
      [...content.hidden, ...Object.keys(shown)].map(type => [type, ''])
    );
    const best = content.isStill
      ? content.hidden[0]
      : rendermime.preferredMimeType(all, 'any');
    const mimeType = rendermime.preferredMimeType(shown, 'ensure');
    const inner = mimeType ? this._createRenderer(mimeType) : undefined;
    if (inner) {
      this.addWidget(inner);
    }
    if (best && content.hidden.includes(best)) {
      const isStill = content.isStill === true;
      const node = createNotice(best, isStill, this._needs);
      this.addWidget(new Widget({ node }));
    }
    const { metadata } = model;
    await inner?.renderModel(new MimeModel({ data: shown, metadata }));
  }

  private _createRenderer(mimeType: string): IRenderMime.IRenderer | undefined {
    return this._needs.rendermime
      .getFactory(mimeType)
      ?.createRenderer({ ...this._options, mimeType });
  }
}

/** From now on such outputs can be rendered, in every document that is opened later. */
export function addUnvouchedRenderer(needs: IUnvouchedNeeds): void {
  needs.rendermime.addFactory(
    {
      safe: true,
      mimeTypes: [UNVOUCHED_TYPE],
      createRenderer: options => new UnvouchedOutput(options, needs)
    },
    0
  );
}
