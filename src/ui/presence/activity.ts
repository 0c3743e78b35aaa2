import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { Activity } from '../../sync';

export const IDLE_MS = 2 * 60_000;
export const AWAY_MS = 10 * 60_000;

const SIGNS = ['keydown', 'pointerdown', 'wheel', 'pointermove'] as const;
/** Moving the pointer tells this often at most. */
const LOOK_MS = 5_000;

/** Whether this page's person does something here. */
export class ActivityWatch implements IDisposable {
  constructor(private readonly _document: Document = document) {
    SIGNS.forEach(sign =>
      _document.addEventListener(sign, this._onSign, {
        capture: true,
        passive: true
      })
    );
    _document.addEventListener('visibilitychange', this._look);
    this._timer = window.setInterval(this._look, LOOK_MS);
  }

  get activity(): Activity {
    return this._activity;
  }

  get changed(): ISignal<this, Activity> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    SIGNS.forEach(sign =>
      this._document.removeEventListener(sign, this._onSign, true)
    );
    this._document.removeEventListener('visibilitychange', this._look);
    window.clearInterval(this._timer);
    Signal.clearData(this);
  }

  private _onSign = (): void => {
    this._actedAt = Date.now();
    if (this._activity !== 'active') {
      this._look();
    }
  };

  private _look = (): void => {
    const now = Date.now();
    const { hidden } = this._document;
    this._hiddenSince = hidden ? (this._hiddenSince ?? now) : null;
    const activity = activityAt(now, this._actedAt, this._hiddenSince);
    if (activity !== this._activity) {
      this._activity = activity;
      this._changed.emit(activity);
    }
  };

  private _actedAt = Date.now();
  private _hiddenSince: number | null = null;
  private _activity: Activity = 'active';
  private _isDisposed = false;
  private readonly _timer: number;
  private readonly _changed = new Signal<this, Activity>(this);
}

/** Times in milliseconds; `hiddenSince` null while the page can be seen. */
export function activityAt(
  now: number,
  actedAt: number,
  hiddenSince: number | null
): Activity {
  if (hiddenSince !== null && now - hiddenSince >= AWAY_MS) {
    return 'away';
  }
  return now - actedAt >= IDLE_MS ? 'idle' : 'active';
}
