import { ISignal, Signal } from '@lumino/signaling';

/** Whether this computer has a network, as the browser says; it may be wrong, but when it says no, there is none. */
export class Online {
  constructor(private readonly _page: Partial<Window> = globalThis as never) {
    const tell = () => this._changed.emit(this.is);
    _page.addEventListener?.('online', tell);
    _page.addEventListener?.('offline', tell);
  }

  get is(): boolean {
    return this._page.navigator?.onLine !== false;
  }

  get changed(): ISignal<this, boolean> {
    return this._changed;
  }

  private readonly _changed = new Signal<this, boolean>(this);
}

/** Of this page. */
export const online = new Online();
