import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { OpenRoom, OpenRooms } from '../../drive';
import { hasUnsent } from '../../sync';
import { IDocumentActions } from './actions';
import { tellGone } from './gone';
import { OutsideNotices } from './outside';

/** The guest's bar tells these for the whole page, and there is nothing to load again. */
const OVER: ReadonlySet<string> = new Set(['session_ended', 'removed', 'left']);

/** The document is not this page's any more, however often it is opened. */
const NOT_SHARED: ReadonlySet<string> = new Set(['forbidden', 'not_found']);

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
  const close: Action = {
    label: trans.__('Close document'),
    callback: () => actions.close(room)
  };
  const { state } = room.provider;
  const reason = state.kind === 'closed' ? state.reason : '';
  const way =
    reason === 'version' ? newPage : NOT_SHARED.has(reason) ? close : reload;
  return hasUnsent(state) ? [copy, way] : [way];
}

/** What the server did not take; who types on is told once for as long as that stands. */
class RefusedNotice {
  show(words: string): void {
    const { manager } = Notification;
    if (words !== this._words || !manager.has(this._id)) {
      this._words = words;
      this._id = Notification.warning(words, { autoClose: 8000 });
    }
  }

  private _id = '';
  private _words = '';
}

/** That a file cannot be written is told to who may edit it, until it can. */
class FailingNotice {
  constructor(private readonly _room: OpenRoom) {}

  show(): void {
    const { provider } = this._room;
    const { standing } = provider;
    this.isTold &&= standing.kind !== 'saved';
    const reason =
      !this.isTold &&
      standing.kind === 'failing' &&
      standing.safe &&
      provider.may('edit')
        ? standing.reason
        : '';
    // What a lost connection hides is told on; what is saved or over is not.
    const isOver = standing.kind === 'saved' || standing.kind === 'closed';
    if (this._id !== null && (isOver || (reason && reason !== this._reason))) {
      Notification.dismiss(this._id);
      this._id = null;
    }
    if (reason && this._id === null) {
      this._reason = reason;
      this._id = Notification.error(reason, { autoClose: false });
    }
  }

  /** Another notice says it, with ways out. */
  isTold = false;

  private _id: string | null = null;
  private _reason = '';
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
  const failing = new FailingNotice(room);
  const refused = new RefusedNotice();
  const name = () => room.path.split('/').pop();
  provider.notice.connect((_, notice) => {
    switch (notice.code) {
      case 'file_changed':
      case 'merge_conflict':
        outside.add(room, notice);
        break;
      case 'file_gone':
        failing.isTold = true;
        tellGone(room, notice, actions, trans);
        break;
      default:
        Notification.info(`${name()}: ${notice.message}`, { autoClose: 8000 });
    }
  });
  provider.refused.connect((_, { message }) => {
    if (message) {
      refused.show(`${name()}: ${message}`);
    }
  });
  provider.stateChanged.connect(() => {
    const { state, saveState } = provider;
    failing.show();
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
      if (OVER.has(state.reason)) {
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
        '%1 is closed, but some changes are not sent yet. Keep this page open; they are sent when the host’s server is back.',
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
