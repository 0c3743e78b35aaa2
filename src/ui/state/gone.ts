import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { OpenRoom } from '../../drive';
import { INotice } from '../../protocol';
import { IDocumentActions } from './actions';

/** The file of an open document is gone: ways out, until it is there again; one that fails leaves the others. */
export function tellGone(
  room: OpenRoom,
  notice: INotice,
  actions: IDocumentActions,
  trans: TranslationBundle
): void {
  const { provider } = room;
  const name = room.path.split('/').pop();
  const restore = async () => {
    try {
      await provider.save({ restore: true });
    } catch (error) {
      Notification.warning(`${name}: ${(error as Error).message}`);
    }
  };
  const saveAs: Notification.IAction = {
    label: trans.__('Save as…'),
    callback: event => {
      event.preventDefault();
      actions.saveAs(room);
    }
  };
  const close: Notification.IAction = {
    label: trans.__('Close document'),
    callback: () => actions.close(room)
  };
  const again: Notification.IAction = {
    label: trans.__('Restore'),
    displayType: 'accent',
    callback: event => {
      event.preventDefault();
      void restore();
    }
  };
  const id = Notification.warning(`${name}: ${notice.message}`, {
    autoClose: false,
    actions: provider.may('edit') ? [close, saveAs, again] : [close, saveAs]
  });
  const look = () => {
    if (provider.isDisposed || provider.saveState?.state === 'saved') {
      Notification.dismiss(id);
      provider.stateChanged.disconnect(look);
    }
  };
  provider.stateChanged.connect(look);
}
