import { IDisposable } from '@lumino/disposable';

/** As wide as JupyterLab's notifications are, with their margin. */
const TOAST = 360;

/** Keeps notifications off the composer: beside the panel, or above the composer where there is no room beside it. */
export class ToastPlace implements IDisposable {
  constructor(private readonly _panel: HTMLElement) {
    this._observer = new ResizeObserver(() => this.place());
    this._observer.observe(_panel);
    this._observer.observe(document.body);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Looks where the panel is now. */
  place(): void {
    const { style } = document.body;
    const { left, right, width } = this._panel.getBoundingClientRect();
    const isInTheWay = width > 0 && right > window.innerWidth - TOAST;
    const beside = isInTheWay && left >= TOAST;
    const composer = this._panel.querySelector('.jp-cohost-chat-composer');
    const top = composer?.getBoundingClientRect().top ?? window.innerHeight;
    style.setProperty(
      '--jp-cohost-toast-right',
      beside ? `${window.innerWidth - left}px` : '0px'
    );
    style.setProperty(
      '--jp-cohost-toast-bottom',
      isInTheWay && !beside ? `${window.innerHeight - top}px` : '0px'
    );
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._observer.disconnect();
      document.body.style.removeProperty('--jp-cohost-toast-right');
      document.body.style.removeProperty('--jp-cohost-toast-bottom');
    }
  }

  private readonly _observer: ResizeObserver;
  private _isDisposed = false;
}
