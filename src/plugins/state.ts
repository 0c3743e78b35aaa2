import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ICohostRooms } from '../tokens';
import {
  addMarkSheet,
  documentActions,
  followNotices,
  followParting,
  guardUnload,
  markTab,
  OutsideNotices,
  preloadNotifications,
  SaveStatusItem
} from '../ui/state';
import { eachDocumentWidget } from '../ui/documents';
import { OPEN_PANEL } from '../ui/presence/panelId';

/** Shows whether documents are synced and saved. */
export const statePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:state',
  description: 'Shows whether documents are synced and saved.',
  autoStart: true,
  requires: [ICohostRooms, IDocumentManager],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    cohost: ICohostRooms,
    docManager: IDocumentManager,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    addMarkSheet(trans);
    const actions = documentActions(docManager, trans);
    const outside = new OutsideNotices(trans);
    cohost.rooms.opened.connect((_, room) =>
      followNotices(room, actions, outside, trans)
    );
    void app.restored.then(preloadNotifications);
    guardUnload(cohost.rooms);
    followParting(cohost.rooms, trans);
    eachDocumentWidget(app.docRegistry, widget => {
      const room = cohost.rooms.of(widget.context.model.sharedModel);
      if (room) {
        markTab(widget, room, trans);
      }
    });
    const item = new SaveStatusItem(translator ?? nullTranslator);
    const follow = () => (item.room = cohost.roomOf(app.shell.currentWidget));
    item.node.addEventListener('click', () => {
      if (app.commands.hasCommand(OPEN_PANEL)) {
        void app.commands.execute(OPEN_PANEL);
      }
    });
    app.shell.currentChanged?.connect(follow);
    cohost.rooms.opened.connect(follow);
    if (!statusBar) {
      // Notebook 7 has no status bar.
      item.id = 'jp-cohost-save-status';
      app.shell.add(item, 'top', { rank: 880 });
      return;
    }
    statusBar.registerStatusItem('jupyterlab-cohost:save', {
      item,
      align: 'left',
      rank: 3,
      isActive: () => item.room !== undefined,
      activeStateChanged: app.shell.currentChanged as never
    });
  }
};
