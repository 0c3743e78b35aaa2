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
/** A checkout changes many files, each within this time after the one before, in milliseconds; and the longest wait. */
const TOGETHER = 700;
const LONGEST = 4000;

/** Tells of what other programs did to open files: each file's last change, or many files in one sentence. */
export class OutsideNotices {
  constructor(private readonly _trans: TranslationBundle) {}

  /** Another program changed the file of a room. */
  add(room: OpenRoom, notice: INotice): void {
    const now = Date.now();
    this._first = this._waiting.size > 0 ? this._first : now;
    this._waiting.set(room, { room, notice });
    window.clearTimeout(this._timer);
    const wait = Math.min(TOGETHER, this._first + LONGEST - now);
    this._timer = window.setTimeout(() => this._tell(), Math.max(0, wait));
  }

  private _tell(): void {
    const changes = [...this._waiting.values()];
    this._waiting.clear();
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
  private _first = 0;
}
