import {
  DocumentRegistry,
  DocumentWidget,
  IDocumentWidget
} from '@jupyterlab/docregistry';
import { TranslationBundle } from '@jupyterlab/translation';
import { PanelLayout, Widget } from '@lumino/widgets';

import { createNotice } from './viewers';

/** JupyterLab's viewer of `.jupyterlab-workspace` files. */
const LOADER = 'Workspace loader';

interface ILoader {
  /** Overwrites the workspace that the file names, and opens it with all that it says: pages from elsewhere, too. */
  createNewWidget(context: DocumentRegistry.Context): IDocumentWidget;
}

/** From now on a workspace that others may have written is loaded when a person asks for it. */
export function askBeforeLoadingWorkspaces(
  documents: DocumentRegistry,
  isOthers: (path: string) => boolean,
  trans: TranslationBundle
): void {
  const loader = documents.getWidgetFactory(LOADER) as unknown as
    ILoader | undefined;
  if (!loader?.createNewWidget) {
    return;
  }
  const load = loader.createNewWidget.bind(loader);
  const notice = (context: DocumentRegistry.Context) =>
    createNotice({
      text: trans.__(
        'This workspace is not loaded by itself: others may have changed it. It replaces your layout and opens what it names.'
      ),
      label: trans.__('Load'),
      act: () => void load(context)
    });
  loader.createNewWidget = context => {
    const content = new Widget();
    const layout = (content.layout = new PanelLayout());
    void context.ready.then(() => {
      if (isOthers(context.localPath)) {
        layout.addWidget(notice(context));
      } else {
        load(context);
      }
    });
    return new DocumentWidget({ content, context });
  };
}
