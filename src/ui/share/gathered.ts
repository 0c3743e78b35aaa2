import { Notification } from '@jupyterlab/apputils';

/** Who comes this soon after the one before is told in the same notification, in milliseconds. */
const TOGETHER_MS = 60_000;
const TOLD_MS = 4000;

/** People to whom the same happens one after the other: one notification that counts them, not one for each. */
export class Gathered {
  /**
   * @param words - says it of one person by name, or of several by their number.
   * @param now - milliseconds; replaced by tests.
   */
  constructor(
    private readonly _words: (names: readonly string[]) => string,
    private readonly _now: () => number = Date.now
  ) {}

  add(id: string, name: string): void {
    const now = this._now();
    const isTogether = now - this._last <= TOGETHER_MS;
    this._last = now;
    this._names = new Map([...(isTogether ? this._names : []), [id, name]]);
    const message = this._words([...this._names.values()]);
    const isShown =
      isTogether &&
      this._id !== null &&
      Notification.update({ id: this._id, message, autoClose: TOLD_MS });
    if (!isShown) {
      this._names = new Map([[id, name]]);
      this._id = Notification.info(this._words([name]), { autoClose: TOLD_MS });
    }
  }

  private _names: ReadonlyMap<string, string> = new Map();
  private _last = -Infinity;
  private _id: string | null = null;
}
