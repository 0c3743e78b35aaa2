import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { HostApi } from '../session/api';
import { guestConfig } from '../session/config';
import { offReason } from '../ui/off';
import { SessionsModel } from '../session/sessions';
import { ICohostSessions } from '../tokens';
import { Chosen } from '../ui/share/chosen';
import { addShareCommands, CommandIDs } from '../ui/share/commands';
import { ShareController } from '../ui/share/controller';
import { AskedNotices } from '../ui/share/askedNotices';
import { markShared } from '../ui/share/marks';
import { Notices } from '../ui/share/notices';
import { ShareSettings } from '../ui/share/settings';
import { ShareTopBar } from '../ui/share/topBar';

const ID = 'jupyterlab-cohost:share';

/** A name that somebody has; with a token, Jupyter makes one up, which says nothing to guests. */
function knownName(name = ''): string {
  return name.startsWith('Anonymous ') ? '' : name;
}

/** The host's side: the dialog, its commands, and the button in the top bar. */
export const sharePlugin: JupyterFrontEndPlugin<ICohostSessions> = {
  id: ID,
  description: 'Shares files of this server with guests.',
  autoStart: true,
  provides: ICohostSessions,
  requires: [IDocumentManager],
  optional: [
    ITranslator,
    ISettingRegistry,
    IToolbarWidgetRegistry,
    ICommandPalette,
    IDefaultFileBrowser
  ],
  activate: (
    app: JupyterFrontEnd,
    documents: IDocumentManager,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    toolbars: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null
  ): ICohostSessions => {
    if (guestConfig()) {
      return { sessions: null };
    }
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    const settings = new ShareSettings();
    const { contents, serverSettings, user } = app.serviceManager;
    const sessions = new SessionsModel(
      new HostApi(serverSettings),
      window.localStorage
    );
    const chosen = new Chosen(app, documents, browser);
    const off = offReason(app, trans);
    const controller = new ShareController({
      sessions,
      off,
      contents,
      trans,
      defaults: () => settings.defaults,
      knownName: () => knownName(user.identity?.display_name),
      keepHostName: name => settings.keepHostName(name),
      inFront: () => chosen.inFront()
    });
    addShareCommands(app, controller, chosen, trans);
    const category = trans.__('Session');
    Object.values(CommandIDs).forEach(command =>
      palette?.addItem({ command, category })
    );
    const onClick = () => void controller.open(null);
    const button = () => new ShareTopBar({ sessions, trans, off, onClick });
    toolbars?.addFactory('TopBar', 'cohost-share', button);
    new Notices(sessions, trans, () => settings.notifyJoins, onClick);
    new AskedNotices(sessions, trans, window.localStorage);
    if (browser) {
      markShared(browser, sessions, trans);
    }
    void settings.load(registry, ID);
    sessions.renamed.connect((_, name) => settings.keepHostName(name));
    sessions.connect();
    return { sessions };
  }
};
