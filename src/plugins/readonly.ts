import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';

import { ICohostRooms } from '../tokens';
import { eachDocumentWidget } from '../ui/documents';
import {
  limitCommands,
  RUN_SELECTED,
  refuseDrops,
  registerReadOnlyEditors
} from '../ui/readonly';

/** Documents that this person may only read look and are read-only. */
export const readOnlyPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:readonly',
  description: 'Makes documents read-only for those who may only read.',
  autoStart: true,
  requires: [ICohostRooms, IEditorExtensionRegistry],
  optional: [INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    cohost: ICohostRooms,
    editors: IEditorExtensionRegistry,
    notebooks: INotebookTracker | null
  ): void => {
    const { rooms } = cohost;
    registerReadOnlyEditors(editors, rooms, hint => cohost.hint(hint));
    eachDocumentWidget(app.docRegistry, widget => {
      const room = rooms.of(widget.context.model.sharedModel);
      if (room) {
        refuseDrops(widget, () => room.provider.may('edit'));
      }
    });
    const current = () => cohost.roomOf(app.shell.currentWidget);
    const rendersOnly = (command: string) =>
      RUN_SELECTED.includes(command) &&
      !!notebooks?.currentWidget?.content.selectedCells.every(
        cell => cell.model.type !== 'code'
      );
    limitCommands(
      app.commands,
      (need, command) =>
        current()?.provider.may(need) !== false || rendersOnly(command),
      capability => {
        const room = current();
        if (room) {
          cohost.hint({ room, capability });
        }
      }
    );
    rooms.opened.connect((_, room) =>
      room.provider.identityChanged.connect(() =>
        app.commands.notifyCommandChanged()
      )
    );
  }
};
