import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { guestConfig } from '../session/config';
import { GuestModel } from '../session/guest';
import { keepOwnSettings } from '../session/ownSettings';
import { ICohostGuest, ICohostRooms } from '../tokens';
import { GuestPage } from '../ui/guest/page';

/** The guest's side: on a page that the gateway serves, shows the session and takes away what cannot work. */
export const guestPlugin: JupyterFrontEndPlugin<ICohostGuest> = {
  id: 'jupyterlab-cohost:guest',
  description: 'Makes the page of a guest.',
  autoStart: true,
  provides: ICohostGuest,
  requires: [IDocumentManager],
  optional: [
    ITranslator,
    IDefaultFileBrowser,
    IMainMenu,
    ICohostRooms,
    ISettingRegistry,
    ICommandPalette
  ],
  activate: (
    app: JupyterFrontEnd,
    documents: IDocumentManager,
    translator: ITranslator | null,
    browser: IDefaultFileBrowser | null,
    menu: IMainMenu | null,
    rooms: ICohostRooms | null,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null
  ): ICohostGuest => {
    const config = guestConfig();
    if (!config) {
      return { guest: null };
    }
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    keepOwnSettings(app.serviceManager.settings, window.localStorage).forEach(
      plugin => void settings?.reload(plugin).catch(() => undefined)
    );
    const guest = new GuestModel(app.serviceManager.serverSettings);
    const { role, session } = config;
    new GuestPage({
      ...{
        app,
        guest,
        session,
        role,
        trans,
        documents,
        browser,
        menu,
        rooms,
        settings,
        palette
      }
    }).start();
    return { guest };
  }
};
