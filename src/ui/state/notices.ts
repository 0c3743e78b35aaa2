import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { OpenRoom, OpenRooms } from '../../drive';
import { hasUnsent } from '../../sync';
import { IDocumentActions } from './actions';
import { tellGone } from './gone';
import { OutsideNotices } from './outside';

/** The guest's bar tells these for the whole page, and there is nothing to load again. */
const OVER: ReadonlySet<string> = new Set(['session_ended', 'removed']);

type Action = Notification.IAction;

function actionsFor(
  room: OpenRoom,
  actions: IDocumentActions,
  trans: TranslationBundle
): Action[] {
  const copy: Action = {
    label: trans.__('Save my copy…'),
    callback: event => {
      event.preventDefault();
      actions.saveCopy(room);
    }
  };
  // The browser asks before it goes while edits are unsent.
  const newPage: Action = {
    label: trans.__('Reload page'),
    displayType: 'accent',
    callback: () => window.location.reload()
  };
  const reload: Action = {
    label: trans.__('Reload document'),
    displayType: 'accent',
    callback: () => actions.reload(room)
  };
  const { state } = room.provider;
  if (state.kind === 'closed' && OVER.has(state.reason)) {
    return [copy];
  }
  if (state.kind === 'closed' && state.reason === 'version') {
    return state.unsent ? [copy, newPage] : [newPage];
  }
  return hasUnsent(state) ? [copy, reload] : [reload];
}

/** Tells the people of one document what its server says, and offers what can be done. */
export function followNotices(
  room: OpenRoom,
  actions: IDocumentActions,
  outside: OutsideNotices,
  trans: TranslationBundle
): void {
  const { provider } = room;
  let safe = true;
  let ended = false;
  const name = () => room.path.split('/').pop();
  provider.notice.connect((_, notice) => {
    switch (notice.code) {
      case 'file_changed':
      case 'merge_conflict':
        outside.add(room, notice);
        break;
      case 'file_gone':
        tellGone(room, notice, actions, trans);
        break;
      default:
        Notification.info(`${name()}: ${notice.message}`, { autoClose: 8000 });
    }
  });
  provider.refused.connect((_, { message }) => {
    if (message) {
      Notification.warning(`${name()}: ${message}`, { autoClose: 8000 });
    }
  });
  provider.stateChanged.connect(() => {
    const { state, saveState } = provider;
    if (saveState && saveState.safe !== safe) {
      safe = saveState.safe;
      if (!safe) {
        Notification.error(
          trans.__(
            '%1: the host’s server cannot keep changes safe now. Keep this page open until it says saved.',
            name()
          ),
          { autoClose: false }
        );
      }
    }
    if (state.kind === 'closed' && !ended && provider.id) {
      ended = true;
      if (state.reason === 'history_replaced' && !state.unsent) {
        actions.reload(room);
        return;
      }
      if (OVER.has(state.reason) && !state.unsent) {
        return;
      }
      Notification.warning(`${name()}: ${state.message}`, {
        autoClose: false,
        actions: actionsFor(room, actions, trans)
      });
    }
  });
}

/** A closed tab is no lost edit: says that the page must stay open, until the last edit is sent. */
export function followParting(
  rooms: OpenRooms,
  trans: TranslationBundle
): void {
  rooms.closed.connect((_, room) => {
    if (!rooms.parting.has(room) || room.provider.state.kind !== 'offline') {
      return;
    }
    const name = room.path.split('/').pop();
    const notice = Notification.warning(
      trans.__(
        '%1 is closed, but its last changes wait for the host’s server. Keep this page open; they are sent when it is back.',
        name
      ),
      { autoClose: false }
    );
    room.disposed.connect(() => {
      const { state } = room.provider;
      const isLost = state.kind === 'closed' && state.unsent;
      Notification.update({
        id: notice,
        type: isLost ? 'error' : 'success',
        message: isLost
          ? trans.__('%1: the last changes are lost. %2', name, state.message)
          : trans.__('%1: all changes are sent.', name),
        autoClose: isLost ? false : 4000
      });
    });
  });
}
