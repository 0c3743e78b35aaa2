import { ITranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { OpenRoom } from '../../drive';
import { statusWords } from './words';

/** The status bar's word on the current document: saved, saving, not saved and why. */
export class SaveStatusItem extends Widget {
  constructor(translator: ITranslator) {
    super();
    this._trans = translator.load('jupyterlab_cohost');
    this.addClass('jp-CohostStatus');
    this.node.setAttribute('role', 'status');
    this._timer = window.setInterval(() => this._show(), 1000);
  }

  get room(): OpenRoom | undefined {
    return this._room;
  }

  set room(room: OpenRoom | undefined) {
    if (room !== this._room) {
      this._room?.provider.stateChanged.disconnect(this._show, this);
      this._room = room;
      room?.provider.stateChanged.connect(this._show, this);
      this._show();
    }
  }

  override dispose(): void {
    window.clearInterval(this._timer);
    this.room = undefined;
    super.dispose();
  }

  private _show(): void {
    if (!this._room || this._room.isDisposed) {
      this.node.textContent = '';
      return;
    }
    const { state, saveState } = this._room.provider;
    const words = statusWords(state, saveState, Date.now(), this._trans);
    if (this.node.textContent !== words) {
      this.node.textContent = words;
      this.node.title = words;
    }
    this.node.dataset.cohostSave = saveState?.state ?? '';
  }

  private readonly _trans: ReturnType<ITranslator['load']>;
  private readonly _timer: number;
  private _room: OpenRoom | undefined;
}
