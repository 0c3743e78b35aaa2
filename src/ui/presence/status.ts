import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { usersIcon } from '@jupyterlab/ui-components';
import { Roster } from './roster';

/** How many people are here; a click opens the panel. Nothing when alone. */
export class PeopleStatus extends Widget {
  constructor(
    private readonly _roster: Roster,
    private readonly _trans: TranslationBundle,
    onClick: () => void
  ) {
    super({ node: document.createElement('button') });
    this.addClass('jp-cohost-people-status');
    (this.node as HTMLButtonElement).type = 'button';
    usersIcon.element({ container: this._icon, tag: 'span' });
    this.node.append(this._icon, this._count);
    this.node.addEventListener('click', onClick);
    _roster.changed.connect(this._show, this);
    this._show();
  }

  override dispose(): void {
    this._roster.changed.disconnect(this._show, this);
    super.dispose();
  }

  private _show(): void {
    const count = this._roster.others.length + 1;
    const words = this._trans._n('%1 person', '%1 people', count);
    this.node.hidden = count < 2;
    this.node.title = this._trans.__('Show who is here');
    this._count.textContent = words;
    this.node.setAttribute('aria-label', `${words}. ${this.node.title}`);
  }

  private readonly _icon = document.createElement('span');
  private readonly _count = document.createElement('span');
}
