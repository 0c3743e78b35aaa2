import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITableOfContentsTracker } from '@jupyterlab/toc';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ICohostGuest, ICohostRooms, ICohostSessions } from '../tokens';
import { ActivityWatch } from '../ui/presence/activity';
import { addCursors, Presences } from '../ui/presence/hub';
import { startPresence } from '../ui/presence/start';

/** Shows who is in the documents of this page, and where. */
export const presencePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:presence',
  description: 'Shows where everybody is.',
  autoStart: true,
  requires: [
    ICohostRooms,
    ICohostSessions,
    ICohostGuest,
    IDocumentManager,
    IEditorExtensionRegistry
  ],
  optional: [
    ITranslator,
    ILayoutRestorer,
    IDefaultFileBrowser,
    IStatusBar,
    ICommandPalette,
    IMainMenu,
    ITableOfContentsTracker
  ],
  activate: (
    app: JupyterFrontEnd,
    cohost: ICohostRooms,
    host: ICohostSessions,
    visitor: ICohostGuest,
    documents: IDocumentManager,
    editors: IEditorExtensionRegistry,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    statusBar: IStatusBar | null,
    palette: ICommandPalette | null,
    menu: IMainMenu | null,
    contents: ITableOfContentsTracker | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    const presences = new Presences(cohost.rooms);
    const activity = new ActivityWatch();
    addCursors(editors, presences);
    startPresence({
      ...{ app, cohost, documents, presences, activity, trans },
      ...{ sessions: host.sessions, guest: visitor.guest },
      ...{ restorer, browser, statusBar, palette, menu, contents }
    });
  }
};
