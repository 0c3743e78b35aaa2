import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ICohostRooms } from '../tokens';
import { eachDocumentWidget } from '../ui/documents';
import { followPlaces } from '../ui/presence/places';
import { Presences } from '../ui/presence/hub';

/** Shows who is in the documents of this page, and where. */
export const presencePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:presence',
  description: 'Shows where everybody is.',
  autoStart: true,
  requires: [ICohostRooms, IEditorExtensionRegistry],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    cohost: ICohostRooms,
    editors: IEditorExtensionRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    const presences = new Presences(cohost.rooms);
    editors.addExtension({
      name: 'jupyterlab-cohost:cursors',
      factory: ({ model }) => {
        const cursors = presences.cursors(model.sharedModel);
        return (
          cursors && EditorExtensionRegistry.createImmutableExtension(cursors)
        );
      }
    });
    eachDocumentWidget(app.docRegistry, widget => {
      const room = cohost.rooms.of(widget.context.model.sharedModel);
      if (room) {
        followPlaces(widget, presences.of(room), trans);
      }
    });
  }
};
