import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { Activity } from '../../sync';

export const IDLE_MS = 2 * 60_000;
export const AWAY_MS = 10 * 60_000;

const SIGNS = ['keydown', 'pointerdown', 'wheel'] as const;
/** Moving the pointer tells this often at most. */
const LOOK_MS = 5_000;

/** Whether this page's person does something here. */
export class ActivityWatch implements IDisposable {
  constructor(private readonly _document: Document = document) {
    const { signal } = this._end;
    const sign = { signal, capture: true, passive: true };
    SIGNS.forEach(name => _document.addEventListener(name, this._onSign, sign));
    _document.addEventListener('pointermove', this._onMove, sign);
    _document.addEventListener('visibilitychange', this._onSeen, { signal });
    this._timer = window.setInterval(this._look, LOOK_MS);
  }

  get activity(): Activity {
    return this._activity;
  }

  get changed(): ISignal<this, Activity> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._end.signal.aborted;
  }

  dispose(): void {
    this._end.abort();
    window.clearInterval(this._timer);
    Signal.clearData(this);
  }

  private _onSign = (): void => {
    this._actedAt = Date.now();
    if (this._activity !== 'active') {
      this._look();
    }
  };

  /** Browsers also tell of a pointer that rests when the page moves below it, as when others type. */
  private _onMove = ({ screenX, screenY }: PointerEvent): void => {
    const [x, y] = this._pointer;
    if (x !== screenX || y !== screenY) {
      this._pointer = [screenX, screenY];
      this._onSign();
    }
  };

  /** Who comes back to the page does something. */
  private _onSeen = (): void => {
    if (!this._document.hidden) {
      this._actedAt = Date.now();
    }
    this._look();
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

  private _pointer: readonly [x: number, y: number] = [NaN, NaN];
  private _actedAt = Date.now();
  private _hiddenSince: number | null = null;
  private _activity: Activity = 'active';
  private readonly _end = new AbortController();
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
