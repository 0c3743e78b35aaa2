import { ISignal, Signal } from '@lumino/signaling';

/** What a guest may ask the host for. */
export type AskedRole = 'editor' | 'runner';

/** One sentence at a time, which goes by itself; the same one is not repeated while it stands. */
export class Hints {
  /** @param lasts - milliseconds. */
  constructor(private readonly _lasts = 8000) {}

  get text(): string {
    return this._text;
  }

  /** The role to ask the host for, when the sentence is about one that is missing. */
  get asks(): AskedRole | null {
    return this._asks;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  say(text: string, asks: AskedRole | null = null): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this.clear(), this._lasts);
    this._set(text, asks);
  }

  clear(): void {
    this._set('', null);
  }

  private _set(text: string, asks: AskedRole | null): void {
    if (this._text !== text) {
      this._text = text;
      this._asks = asks;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _text = '';
  private _asks: AskedRole | null = null;
  private _timer = 0;
}
