import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { OpenRoom } from '../../drive';
import { INotice } from '../../protocol';
import {
  ChangeNotice,
  IOutsideChange,
  nameOf,
  TOLD_MS,
  undo
} from './changeNotice';

/** Above this many files at once, one notification speaks for all. */
const SEVERAL = 3;
/** A checkout changes many files within this time, in milliseconds. */
const TOGETHER = 700;

/** Tells of what other programs did to open files: each file's last change, or many files in one sentence. */
export class OutsideNotices {
  constructor(private readonly _trans: TranslationBundle) {}

  /** Another program changed the file of a room. */
  add(room: OpenRoom, notice: INotice): void {
    this._waiting.set(room, { room, notice });
    if (this._timer === undefined) {
      this._timer = window.setTimeout(() => this._tell(), TOGETHER);
    }
  }

  private _tell(): void {
    const changes = [...this._waiting.values()];
    this._waiting.clear();
    this._timer = undefined;
    if (changes.length > SEVERAL) {
      this._tellAll(changes);
    } else {
      changes.forEach(change => this._tellOne(change));
    }
  }

  private _tellOne(change: IOutsideChange): void {
    this._shown.get(change.room)?.dismiss();
    this._shown.set(change.room, new ChangeNotice(change, this._trans));
  }

  private _tellAll(changes: readonly IOutsideChange[]): void {
    const takeBack = changes.filter(
      ({ room, notice }) => notice.change && room.provider.may('edit')
    );
    const undoAll: Notification.IAction = {
      label: this._trans.__('Undo all'),
      callback: () => takeBack.forEach(change => void undo(change, this._trans))
    };
    Notification.info(
      this._trans.__(
        '%1 open files were changed by another program: %2',
        changes.length,
        changes.map(({ room }) => nameOf(room)).join(', ')
      ),
      {
        autoClose: TOLD_MS,
        actions: takeBack.length > 0 ? [undoAll] : []
      }
    );
  }

  private readonly _waiting = new Map<OpenRoom, IOutsideChange>();
  private readonly _shown = new WeakMap<OpenRoom, ChangeNotice>();
  private _timer: number | undefined;
}
