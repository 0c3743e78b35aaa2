import { Cell } from '@jupyterlab/cells';
import { Notebook } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { RoomPresence } from '../../sync';
import { IPerson, personsOf } from './people';
import { paint } from './colors';
import { ScrollMarks } from './scrollMarks';
import { shortName } from './words';

/** Tells in which cell this person is, in command mode too, and marks the cells in which others are. */
export function followCells(
  notebook: Notebook,
  presence: RoomPresence,
  trans: TranslationBundle
): void {
  const tell = () => {
    const cell = notebook.activeCell?.model.sharedModel.getId();
    if (cell !== undefined) {
      presence.tell({ cell, edit: notebook.mode === 'edit' });
    }
  };
  const marks = new CellMarks(notebook, presence, trans);
  const scrollMarks = new ScrollMarks(notebook, presence, trans);
  const draw = () => {
    marks.soon();
    scrollMarks.soon();
  };
  notebook.activeCellChanged.connect(tell);
  notebook.stateChanged.connect(tell);
  notebook.modelContentChanged.connect(draw);
  notebook.cellInViewportChanged.connect(draw);
  presence.changed.connect(draw);
  tell();
  draw();
  notebook.disposed.connect(() => {
    presence.changed.disconnect(draw);
    marks.dispose();
    scrollMarks.dispose();
  });
}

class CellMarks {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _presence: RoomPresence,
    private readonly _trans: TranslationBundle
  ) {}

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
  }

  private _draw(): void {
    const byCell = new Map<string, IPerson[]>();
    for (const person of personsOf(this._presence.peers.values())) {
      const { cell } = person.peer;
      if (cell) {
        byCell.set(cell, [...(byCell.get(cell) ?? []), person]);
      }
    }
    const now = new Map<string, Cell>();
    for (const cell of this._notebook.widgets) {
      const id = cell.model?.sharedModel.getId();
      const people = id && byCell.get(id);
      if (people) {
        now.set(id, cell);
        this._mark(cell, people);
      }
    }
    for (const [id, cell] of this._marked) {
      if (now.get(id) !== cell && !cell.isDisposed) {
        markOf(cell)?.remove();
      }
    }
    this._marked = now;
  }

  private _mark(cell: Cell, people: readonly IPerson[]): void {
    const says = people
      .map(one => `${one.user.username} ${one.user.color} ${one.activity}`)
      .join();
    const old = markOf(cell);
    if (old?.dataset.says === says) {
      return;
    }
    const mark = old ?? document.createElement('div');
    mark.className = 'jp-cohost-here';
    mark.dataset.says = says;
    const names = people.map(({ user }) => user.display_name).join(', ');
    mark.title = this._trans.__('In this cell: %1', names);
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', mark.title);
    const bars = document.createElement('div');
    bars.className = 'jp-cohost-here-bars';
    const shown = people.length > 2 ? 1 : 2;
    const chips = people.slice(0, shown).map(({ user, activity }) => {
      const bar = bars.appendChild(document.createElement('span'));
      paint(bar, user);
      const chip = document.createElement('span');
      chip.className = 'jp-cohost-here-chip';
      chip.classList.toggle('jp-mod-idle', activity !== 'active');
      chip.textContent = shortName(user);
      paint(chip, user);
      return chip;
    });
    mark.replaceChildren(bars, ...chips);
    if (people.length > shown) {
      const more = document.createElement('span');
      more.className = 'jp-cohost-here-more';
      more.textContent = `+${people.length - shown}`;
      mark.appendChild(more);
    }
    if (!old) {
      cell.node.appendChild(mark);
    }
  }

  private _marked = new Map<string, Cell>();
  private _frame = 0;
}

function markOf(cell: Cell): HTMLElement | null {
  return cell.node.querySelector<HTMLElement>(':scope > .jp-cohost-here');
}
