import { ISignal, Signal } from '@lumino/signaling';

/** One sentence at a time, which goes by itself; the same one is not repeated while it stands. */
export class Hints {
  /** @param lasts - milliseconds. */
  constructor(private readonly _lasts = 8000) {}

  get text(): string {
    return this._text;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  say(text: string): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this.clear(), this._lasts);
    this._set(text);
  }

  clear(): void {
    this._set('');
  }

  private _set(text: string): void {
    if (this._text !== text) {
      this._text = text;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _text = '';
  private _timer = 0;
}
