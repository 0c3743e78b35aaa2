import { ITranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { OpenRoom } from '../../drive';
import { Standing } from '../../sync';
import { markElement } from './marks';
import { announcement, dotOf, standingWords } from './words';

/** The status bar's word on the current document; a screen reader hears only of trouble and its end. */
export class SaveStatusItem extends Widget {
  constructor(translator: ITranslator) {
    super();
    this._trans = translator.load('jupyterlab_cohost');
    this.addClass('jp-CohostStatus');
    this._said.className = 'jp-cohost-said';
    this._said.setAttribute('role', 'status');
    this.node.append(this._mark, this._shown, this._said);
  }

  get room(): OpenRoom | undefined {
    return this._room;
  }

  set room(room: OpenRoom | undefined) {
    if (room !== this._room) {
      this._room?.provider.stateChanged.disconnect(this._show, this);
      this._room = room;
      this._was = null;
      room?.provider.stateChanged.connect(this._show, this);
      this._show();
    }
  }

  override dispose(): void {
    this.room = undefined;
    super.dispose();
  }

  private _show(): void {
    if (!this._room || this._room.isDisposed) {
      this._shown.textContent = this._said.textContent = '';
      delete this._mark.dataset.cohostSync;
      return;
    }
    const { standing } = this._room.provider;
    const words = standingWords(standing, this._trans);
    if (this._shown.textContent !== words) {
      this._shown.textContent = words;
      this.node.title = words;
    }
    const said = announcement(this._was, standing, this._trans);
    if (said !== null) {
      this._said.textContent = said;
    }
    this._was = standing;
    this._mark.dataset.cohostSync = dotOf(standing);
    this.node.dataset.cohostSave = standing.kind;
  }

  private readonly _trans: ReturnType<ITranslator['load']>;
  private readonly _mark = markElement();
  private readonly _shown = document.createElement('span');
  private readonly _said = document.createElement('span');
  private _room: OpenRoom | undefined;
  private _was: Standing | null = null;
}
