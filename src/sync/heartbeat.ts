import { IDisposable } from '@lumino/disposable';

/** How often to look, after what silence to ask, and after what silence to give up; milliseconds. */
const LOOK = 2000;
const ASK = 3000;
const LOST = 9000;
const MOST = 60_000;

export interface IHeartbeatOptions {
  /** Asks for a sign of life; false when there is no open connection. */
  readonly ask: () => boolean;
  /** When the last message came, in milliseconds. */
  readonly heard: () => number;
  /** Bytes that have not left this machine yet. */
  readonly waiting?: () => number;
  readonly lost: () => void;
  readonly now?: () => number;
}

/**
 * Finds a connection that is open only on this side: browsers do not tell. A timer that comes late (a sleeping laptop,
 * a hidden page) is no sign of anything; after a loss the next one takes twice as long, for the line may just be slow.
 * A large message that makes its way out is a sign of life: the answer can only come behind it.
 */
export class Heartbeat implements IDisposable {
  constructor(private readonly _options: IHeartbeatOptions) {
    this._looked = this._now();
    this._timer = setInterval(() => this.look(), LOOK);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Called by the timer. */
  look(): void {
    const now = this._now();
    const late = now - this._looked > 2 * LOOK;
    this._looked = now;
    const waiting = this._options.waiting?.() ?? 0;
    this._left = waiting < this._waiting ? now : this._left;
    this._waiting = waiting;
    const heard = Math.max(this._options.heard(), this._left);
    const silent = now - heard;
    if (heard >= this._asked) {
      this._patience = LOST;
    }
    if (silent < ASK) {
      return;
    }
    if (!late && this._asked > heard && silent >= this._patience) {
      this._patience = Math.min(2 * this._patience, MOST);
      this._asked = now;
      this._options.lost();
    } else if (this._options.ask()) {
      this._asked = now;
    }
  }

  dispose(): void {
    this._isDisposed = true;
    clearInterval(this._timer);
  }

  private _now(): number {
    return (this._options.now ?? Date.now)();
  }

  private readonly _timer: ReturnType<typeof setInterval>;
  private _looked: number;
  private _asked = 0;
  private _left = 0;
  private _waiting = 0;
  private _patience = LOST;
  private _isDisposed = false;
}
