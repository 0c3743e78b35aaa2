import { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITableOfContentsTracker } from '@jupyterlab/toc';
import { TranslationBundle } from '@jupyterlab/translation';
import { usersIcon } from '@jupyterlab/ui-components';

import { GuestModel } from '../../session/guest';
import { SessionsModel } from '../../session/sessions';
import { ICohostRooms } from '../../tokens';
import { eachDocumentWidget } from '../documents';
import { ActivityWatch } from './activity';
import { AvatarSheet } from './avatars';
import { markFiles } from './browser';
import { Presences } from './hub';
import { OPEN_PANEL } from './panelId';
import { followPlaces } from './places';
import { Roster } from './roster';
import { SessionUi } from './session';
import { PeopleStatus } from './status';
import { markTabPeople } from './tabs';
import { tellFront } from './telling';
import { markContents } from './toc';

export interface IPresenceOptions {
  readonly app: JupyterFrontEnd;
  readonly cohost: ICohostRooms;
  readonly documents: IDocumentManager;
  readonly presences: Presences;
  readonly activity: ActivityWatch;
  readonly sessions: SessionsModel | null;
  readonly guest: GuestModel | null;
  readonly trans: TranslationBundle;
  readonly restorer: ILayoutRestorer | null;
  readonly browser: IDefaultFileBrowser | null;
  readonly statusBar: IStatusBar | null;
  readonly palette: ICommandPalette | null;
  readonly menu: IMainMenu | null;
  readonly contents: ITableOfContentsTracker | null;
}

/** Everything that shows where people are, but the cursors. */
export function startPresence(options: IPresenceOptions): void {
  const { app, cohost, presences, sessions, guest, trans, browser, contents } =
    options;
  const { user } = app.serviceManager;
  const me = () => ({
    id: user.identity?.username ?? '',
    name: user.identity?.display_name ?? '',
    color: user.identity?.color ?? '',
    isHost: guest === null
  });
  const people = sessions?.people ?? guest?.people ?? null;
  const roster = new Roster(presences, people, me);
  const sheet = new AvatarSheet();
  eachDocumentWidget(app.docRegistry, widget => {
    const room = cohost.rooms.of(widget.context.model.sharedModel);
    if (room) {
      followPlaces(widget, presences.of(room), () => me().id, trans);
      markTabPeople(widget, room, roster, sheet, trans);
    }
  });
  tellFront(app, cohost, presences, options.activity);
  if (browser) {
    markFiles(browser, roster, sheet);
  }
  if (contents) {
    markContents({ app, cohost, presences, sheet, tracker: contents });
  }
  addPanel(options, roster, () => me().id);
}

function addPanel(
  options: IPresenceOptions,
  roster: Roster,
  me: () => string
): void {
  const { app, restorer, statusBar, palette, menu, trans } = options;
  const { panel } = new SessionUi({ ...options, roster, me });
  app.shell.add(panel, 'right', { rank: 90 });
  restorer?.add(panel, panel.id);
  const open = () => app.shell.activateById(panel.id);
  app.commands.addCommand(OPEN_PANEL, {
    label: trans.__('People'),
    caption: trans.__('Opens the session panel'),
    icon: args => (args.isMenu ? undefined : usersIcon),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: open
  });
  const command = OPEN_PANEL;
  palette?.addItem({ command, category: trans.__('Session') });
  menu?.viewMenu.addGroup([{ command, args: { isMenu: true } }], 4);
  const item = new PeopleStatus(roster, trans, open);
  if (statusBar) {
    const place = { item, align: 'left', rank: 4 } as const;
    statusBar.registerStatusItem('jupyterlab-cohost:people', place);
  } else {
    // Notebook 7.
    item.id = 'jp-cohost-people-status';
    app.shell.add(item, 'top', { rank: 890 });
  }
}
