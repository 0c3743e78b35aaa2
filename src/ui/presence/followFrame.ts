import { TranslationBundle } from '@jupyterlab/translation';

import { paint } from './colors';
import { Follower } from './follow';

/** A quiet frame around the documents, which says whom this page follows; only a dot has the leader's colour. */
export class FollowFrame {
  constructor(
    private readonly _follower: Follower,
    private readonly _trans: TranslationBundle,
    private readonly _around: () => HTMLElement | null
  ) {
    this._label.className = 'jp-cohost-following-label';
    this._label.type = 'button';
    this._label.addEventListener('click', () => _follower.stop());
    this._node.className = 'jp-cohost-following';
    this._node.setAttribute('role', 'status');
    this._dot.className = 'jp-cohost-following-dot';
    this._label.append(this._dot, this._words);
    this._node.append(this._label);
    this._resizes = new ResizeObserver(() => this._place());
    _follower.changed.connect(this._show, this);
  }

  private _show(): void {
    const { leader } = this._follower;
    const around = this._around();
    this._resizes.disconnect();
    if (!leader || !around) {
      this._node.remove();
      return;
    }
    paint(this._node, { username: leader.id, color: leader.color });
    this._words.textContent = this._trans.__(
      'Following %1 · Esc to stop',
      leader.name
    );
    document.body.appendChild(this._node);
    this._resizes.observe(around);
    this._place();
  }

  private _place(): void {
    const box = this._around()?.getBoundingClientRect();
    if (box) {
      const { style } = this._node;
      style.left = `${box.left}px`;
      style.top = `${box.top}px`;
      style.width = `${box.width}px`;
      style.height = `${box.height}px`;
    }
  }

  private readonly _node = document.createElement('div');
  private readonly _label = document.createElement('button');
  private readonly _dot = document.createElement('span');
  private readonly _words = document.createElement('span');
  private readonly _resizes: ResizeObserver;
}
