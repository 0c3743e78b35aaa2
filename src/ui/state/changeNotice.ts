import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { OpenRoom } from '../../drive';
import { INotice } from '../../protocol';
import { showDifference } from './difference';

/** How long a change that needs nobody is told, in milliseconds. */
export const TOLD_MS = 15_000;

/** What another program did to an open file. */
export interface IOutsideChange {
  readonly room: OpenRoom;
  readonly notice: INotice;
}

export function nameOf(room: OpenRoom): string {
  return room.path.split('/').pop() ?? room.path;
}

/** Takes a change back; false, and the person is told why, when that was not done. */
export async function undo(
  { room, notice }: IOutsideChange,
  trans: TranslationBundle
): Promise<boolean> {
  try {
    await room.provider.act(notice.change!, 'undo');
    return true;
  } catch (error) {
    tellFailure(room, error, trans);
    return false;
  }
}

function tellFailure(
  room: OpenRoom,
  error: unknown,
  trans: TranslationBundle
): void {
  const why = (error as Error).message;
  Notification.warning(trans.__('%1: %2', nameOf(room), why));
}

/** The notification of one outside change. It stays while its difference is looked at, and until Undo has worked. */
export class ChangeNotice {
  constructor(
    private readonly _change: IOutsideChange,
    private readonly _trans: TranslationBundle
  ) {
    const { room, notice } = _change;
    const where = notice.where?.length ? ` (${notice.where.join(', ')})` : '';
    const show = notice.where ? Notification.warning : Notification.info;
    this._autoClose = notice.where ? false : TOLD_MS;
    this._id = show(`${nameOf(room)}: ${notice.message}${where}`, {
      autoClose: this._autoClose,
      actions: this._actions()
    });
  }

  dismiss(): void {
    Notification.dismiss(this._id);
  }

  private get _mayUndo(): boolean {
    return this._change.room.provider.may('edit');
  }

  private _actions(): Notification.IAction[] {
    if (!this._change.notice.change) {
      return [];
    }
    const look = this._action(this._trans.__('Show difference'), () =>
      this._look()
    );
    const takeBack = this._action(this._trans.__('Undo'), () => this._undo());
    return this._mayUndo ? [look, takeBack] : [look];
  }

  /** One thing at a time: a second click while the server is asked does nothing. */
  private _action(
    label: string,
    act: () => Promise<void>
  ): Notification.IAction {
    const once = async () => {
      if (this._isBusy) {
        return;
      }
      this._isBusy = true;
      Notification.update({ id: this._id, autoClose: false });
      try {
        await act();
      } finally {
        this._isBusy = false;
        Notification.update({ id: this._id, autoClose: this._autoClose });
      }
    };
    return {
      label,
      callback: event => {
        event.preventDefault();
        void once();
      }
    };
  }

  private async _look(): Promise<void> {
    const { room, notice } = this._change;
    let text: string;
    try {
      text = await room.provider.act(notice.change!, 'difference');
    } catch (error) {
      tellFailure(room, error, this._trans);
      return;
    }
    if (await showDifference(nameOf(room), text, this._mayUndo, this._trans)) {
      await this._undo();
    }
  }

  private async _undo(): Promise<void> {
    if (await undo(this._change, this._trans)) {
      this.dismiss();
    }
  }

  private readonly _id: string;
  private readonly _autoClose: number | false;
  private _isBusy = false;
}
