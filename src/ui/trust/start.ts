import { DocumentRegistry } from '@jupyterlab/docregistry';
import { IMermaidManager } from '@jupyterlab/mermaid';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { TranslationBundle } from '@jupyterlab/translation';

import { OpenRooms } from '../../drive';
import { eachDocumentWidget } from '../documents';
import { Caution } from './caution';
import { calmHtmlViewer } from './htmlViewer';
import { calmFormulas } from './mathjax';
import { calmDiagrams } from './mermaid';
import { guardRegistries } from './registries';
import { offerLoading } from './remote';
import { addUnvouchedRenderer } from './unvouched';
import { askBeforeDrawing } from './viewers';
import { askBeforeLoadingWorkspaces } from './workspaces';

export interface IPageParts {
  readonly documents: DocumentRegistry;
  readonly notebooks: INotebookTracker;
  readonly rendermime: IRenderMimeRegistry;
  /** The server's, with a slash at the end. */
  readonly baseUrl: string;
  /** Those that the page has beside the registry's. */
  readonly sanitizers: readonly IRenderMime.ISanitizer[];
  /** Null where no diagrams are drawn. */
  readonly mermaid: IMermaidManager | null;
  readonly rooms: OpenRooms;
  readonly caution: Caution;
  readonly trans: TranslationBundle;
  /** Whether this page's person may trust notebooks. */
  readonly mayTrust: boolean;
}

/** From now on this page is careful with what others may have written. Call it before any document is opened. */
export function guardContent(parts: IPageParts): void {
  const { rendermime, sanitizers, caution, rooms, trans, notebooks } = parts;
  const trust = (node: HTMLElement) => {
    const panel =
      notebooks.find(({ node: whole }) => whole.contains(node)) ??
      notebooks.currentWidget;
    if (panel) {
      void NotebookActions.trust(panel.content);
    }
  };
  addUnvouchedRenderer({
    ...{ rendermime, trans },
    trust: parts.mayTrust ? trust : null
  });
  guardRegistries(rendermime, sanitizers, caution);
  calmFormulas(rendermime.latexTypesetter);
  if (parts.mermaid) {
    calmDiagrams(parts.mermaid, caution);
  }
  askBeforeLoadingWorkspaces(
    parts.documents,
    path => caution.isOthers(path),
    trans
  );
  eachDocumentWidget(parts.documents, widget => {
    const { context } = widget;
    const room = rooms.of(context.model.sharedModel);
    const isOthers = () => caution.isOthers(room?.path ?? context.localPath);
    askBeforeDrawing(widget, room, isOthers, trans);
    if (room) {
      calmHtmlViewer(widget, room, isOthers, parts.baseUrl);
      offerLoading(widget, caution, trans);
    }
  });
}
