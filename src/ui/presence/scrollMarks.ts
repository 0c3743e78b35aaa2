import { Notebook } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { RoomPresence } from '../../sync';
import { paint } from './colors';
import { personsOf } from './people';

/** Marks beside the scroll bar of a notebook: in which part of it others are. A click goes there. */
export class ScrollMarks {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _presence: RoomPresence,
    private readonly _trans: TranslationBundle
  ) {
    this._strip.className = 'jp-cohost-scroll-marks';
    // The session panel has the same for the keyboard and for screen readers.
    this._strip.setAttribute('aria-hidden', 'true');
    _notebook.node.appendChild(this._strip);
    this._resizes = new ResizeObserver(() => this.soon());
    this._resizes.observe(_notebook.outerNode);
  }

  /** Draws with the next frame. */
  soon(): void {
    if (!this._frame) {
      this._frame = window.requestAnimationFrame(() => {
        this._frame = 0;
        this._draw();
      });
    }
  }

  dispose(): void {
    window.cancelAnimationFrame(this._frame);
    this._resizes.disconnect();
    this._strip.remove();
  }

  private _draw(): void {
    const { widgets } = this._notebook;
    const index = new Map(
      widgets.map((cell, at) => [cell.model.sharedModel.getId(), at])
    );
    const marks = personsOf(this._presence.peers.values()).flatMap(
      ({ user, activity, peer }) => {
        const at = index.get(peer.cell ?? '');
        if (at === undefined) {
          return [];
        }
        const mark = document.createElement('div');
        mark.className = 'jp-cohost-scroll-mark';
        mark.classList.toggle('jp-mod-idle', activity !== 'active');
        mark.style.top = `${(100 * fractionOf(this._notebook, at)).toFixed(2)}%`;
        mark.title = this._trans.__('%1 is here', user.display_name);
        mark.dataset.user = user.username;
        paint(mark, user);
        mark.addEventListener('click', () => {
          this._notebook.activeCellIndex = at;
          void this._notebook.scrollToItem(at, 'smart');
        });
        return [mark];
      }
    );
    this._strip.replaceChildren(...marks);
    const { clientHeight, offsetTop, offsetWidth, offsetLeft } =
      this._notebook.outerNode;
    const right = this._notebook.node.clientWidth - offsetLeft - offsetWidth;
    Object.assign(this._strip.style, {
      top: `${offsetTop}px`,
      height: `${clientHeight}px`,
      right: `${Math.max(0, right)}px`
    });
  }

  private readonly _strip = document.createElement('div');
  private readonly _resizes: ResizeObserver;
  private _frame = 0;
}

/** Where a cell begins, as a part of the whole height; estimated for cells that are not drawn. */
function fractionOf(notebook: Notebook, index: number): number {
  const { outerNode, widgets } = notebook;
  const { node } = widgets[index];
  const total = Math.max(1, outerNode.scrollHeight);
  if (node.isConnected && node.offsetHeight > 0) {
    const { top } = outerNode.getBoundingClientRect();
    const box = node.getBoundingClientRect();
    return within((box.top - top + outerNode.scrollTop) / total);
  }
  return within(index / Math.max(1, widgets.length));
}

const within = (share: number) => Math.min(0.99, Math.max(0, share));
