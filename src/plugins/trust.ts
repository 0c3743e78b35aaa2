import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISanitizer } from '@jupyterlab/apputils';
import { IMermaidManager } from '@jupyterlab/mermaid';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { guestConfig } from '../session/config';
import { isOpenToEditors } from '../session/scope';
import { ICohostRooms, ICohostSessions } from '../tokens';
import {
  Caution,
  followNotebook,
  guardContent,
  replaceTrustAction
} from '../ui/trust';

/** Content of others is active only by the server's word, and loads nothing from elsewhere. */
export const trustPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:trust',
  description: 'Renders outputs as active only if the host’s server vouches.',
  autoStart: true,
  requires: [
    ICohostRooms,
    ICohostSessions,
    INotebookTracker,
    IRenderMimeRegistry
  ],
  optional: [ITranslator, ISanitizer, IMermaidManager],
  activate: (
    app: JupyterFrontEnd,
    cohost: ICohostRooms,
    host: ICohostSessions,
    notebooks: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    sanitizer: ISanitizer | null,
    mermaid: IMermaidManager | null
  ): void => {
    const { rooms } = cohost;
    const languages = translator ?? nullTranslator;
    const caution = new Caution(rooms, {
      mayWrite: path =>
        guestConfig() !== null ||
        !!host.sessions?.running.some(session => isOpenToEditors(session, path))
    });
    guardContent({
      ...{ rooms, caution, notebooks, rendermime, mermaid },
      documents: app.docRegistry,
      baseUrl: app.serviceManager.serverSettings.baseUrl,
      sanitizers: sanitizer ? [sanitizer] : [],
      trans: languages.load('jupyterlab_cohost'),
      mayTrust: guestConfig() === null
    });
    replaceTrustAction(
      notebook => rooms.of(notebook.model?.sharedModel),
      languages
    );
    notebooks.widgetAdded.connect((_, panel) => {
      const room = rooms.of(panel.context.model.sharedModel);
      if (room) {
        followNotebook(panel, room);
      }
    });
  }
};
