import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ICohostRooms } from '../tokens';
import { followNotebook, replaceTrustAction } from '../ui/trust';

/** Outputs of shared notebooks are active only by the server's word. */
export const trustPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:trust',
  description: 'Renders outputs as active only if the host’s server vouches.',
  autoStart: true,
  requires: [ICohostRooms, INotebookTracker],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    cohost: ICohostRooms,
    tracker: INotebookTracker,
    translator: ITranslator | null
  ): void => {
    const { rooms } = cohost;
    replaceTrustAction(
      notebook => rooms.of(notebook.model?.sharedModel),
      translator ?? nullTranslator
    );
    tracker.widgetAdded.connect((_, panel) => {
      const room = rooms.of(panel.context.model.sharedModel);
      if (room) {
        followNotebook(panel, room);
      }
    });
  }
};
