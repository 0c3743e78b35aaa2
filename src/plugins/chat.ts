import {
  ILabShell,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ICohostGuest, ICohostSessions } from '../tokens';
import { startChat } from '../ui/chat/start';

/** A chat that leaves no trace. */
export const chatPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:chat',
  description: 'Lets who is in the session talk, and keeps nothing.',
  autoStart: true,
  requires: [
    ICohostSessions,
    ICohostGuest,
    IDocumentManager,
    IRenderMimeRegistry
  ],
  optional: [ITranslator, ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    host: ICohostSessions,
    visitor: ICohostGuest,
    documents: IDocumentManager,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    const { sessions } = host;
    const { guest } = visitor;
    startChat({
      ...{ app, documents, rendermime, sessions, guest },
      ...{ palette, labShell, trans }
    });
  }
};
