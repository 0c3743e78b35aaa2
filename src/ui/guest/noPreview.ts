import {
  ABCWidgetFactory,
  DocumentRegistry,
  DocumentWidget,
  IDocumentWidget
} from '@jupyterlab/docregistry';
import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** The viewers of these need plug-ins of the browser, which the page's policy does not let in. */
const NOT_SHOWN: readonly string[] = ['PDF'];

interface IOptions {
  readonly trans: TranslationBundle;
  readonly download: () => void;
}

/** In place of a viewer that would stay blank: a sentence, and the way to the file. */
class NoPreviewFactory extends ABCWidgetFactory<IDocumentWidget> {
  constructor(
    private readonly _options: IOptions,
    options: DocumentRegistry.IWidgetFactoryOptions<IDocumentWidget>
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.Context) {
    const { trans, download } = this._options;
    const node = document.createElement('div');
    const text = document.createElement('p');
    text.textContent = trans.__(
      'This file can’t be shown in a shared session. Download it to read it.'
    );
    const button = document.createElement('button');
    button.className = 'jp-mod-styled jp-mod-accept';
    button.textContent = trans.__('Download');
    button.addEventListener('click', download);
    node.append(text, button);
    const content = new Widget({ node });
    content.addClass('jp-cohost-no-preview');
    return new DocumentWidget({ content, context });
  }
}

/** @param download - of the document in front. */
export function replaceBlankViewers(
  registry: DocumentRegistry,
  options: IOptions
): void {
  const fileTypes = NOT_SHOWN.filter(name => registry.getFileType(name));
  if (fileTypes.length === 0) {
    return;
  }
  const label = options.trans.__('Download');
  const name = 'cohost-no-preview';
  registry.addWidgetFactory(
    new NoPreviewFactory(options, {
      ...{ name, label, fileTypes, defaultFor: fileTypes },
      ...{ readOnly: true, modelName: 'base64' }
    })
  );
}
