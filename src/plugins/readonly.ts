import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';

import { ICohostRooms } from '../tokens';
import { eachDocumentWidget } from '../ui/documents';
import {
  followWritable,
  limitCommands,
  Need,
  refuseDrops,
  registerReadOnlyEditors,
  runsSelected,
  stepOver
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
        followWritable(widget, room, app.commands);
      }
    });
    const current = () => cohost.roomOf(app.shell.currentWidget);
    const refused = (capability: Need) => {
      const room = current();
      if (room) {
        cohost.hint({ room, capability });
      }
    };
    limitCommands(app.commands, {
      allows: need => current()?.provider.may(need) !== false,
      refused,
      instead: command => {
        const panel = notebooks?.currentWidget;
        if (!panel || !runsSelected(command)) {
          return false;
        }
        const mayEdit = current()?.provider.may('edit') !== false;
        if (stepOver(panel.content, command, mayEdit)) {
          refused('execute');
        }
        return true;
      }
    });
    rooms.opened.connect((_, room) =>
      room.provider.identityChanged.connect(() =>
        app.commands.notifyCommandChanged()
      )
    );
  }
};
