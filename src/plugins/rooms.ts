import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ContentsManager } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { guardTrust, OpenRooms, RoomContentProvider } from '../drive';
import { readPageContext } from '../protocol';
import { offReason } from '../ui/off';
import { ICohostRooms, IReadOnlyHint } from '../tokens';
import { shareWidgetFactories } from '../ui/documents';

function createRooms(docManager: IDocumentManager): ICohostRooms & {
  readonly hinted: Signal<ICohostRooms, IReadOnlyHint>;
} {
  const rooms = new OpenRooms();
  const self = {
    rooms,
    roomOf: (widget: object | null | undefined) => {
      const context = widget && docManager.contextForWidget(widget as never);
      return context ? rooms.of(context.model.sharedModel) : undefined;
    },
    hint: (hint: IReadOnlyHint) => self.hinted.emit(hint)
  } as ICohostRooms & { hinted: Signal<ICohostRooms, IReadOnlyHint> };
  self.hinted = new Signal<ICohostRooms, IReadOnlyHint>(self);
  return self;
}

/** Binds every document that this page opens to its room. */
export const roomsPlugin: JupyterFrontEndPlugin<ICohostRooms> = {
  id: 'jupyterlab-cohost:rooms',
  description: 'Binds documents to rooms on the host’s server.',
  autoStart: true,
  provides: ICohostRooms,
  requires: [IDocumentManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    docManager: IDocumentManager,
    translator: ITranslator | null
  ): ICohostRooms => {
    const provided = createRooms(docManager);
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    if (offReason(app, trans) !== '') {
      return provided;
    }
    guardTrust(provided.rooms);
    const { serviceManager } = app;
    const { defaultDrive } = serviceManager.contents as ContentsManager;
    const page = readPageContext(PageConfig.getOption('cohost'));
    const context = {
      page,
      settings: defaultDrive.serverSettings,
      user: serviceManager.user
    };
    const provider = new RoomContentProvider(
      defaultDrive,
      context,
      provided.rooms
    );
    shareWidgetFactories(app.docRegistry, defaultDrive, provider);
    return provided;
  }
};
