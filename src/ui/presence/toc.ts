/** Avatars in the table of contents of a notebook, beside the headings under which others are. */
import { JupyterFrontEnd } from '@jupyterlab/application';
import { Cell } from '@jupyterlab/cells';
import { NotebookPanel } from '@jupyterlab/notebook';
import { ITableOfContentsTracker, TableOfContents } from '@jupyterlab/toc';

import { ICohostRooms } from '../../tokens';
import { AvatarSheet } from './avatars';
import { Presences } from './hub';
import { IPerson, personsOf } from './people';

type INotebookHeading = TableOfContents.IHeading & { readonly cellRef?: Cell };

export interface IContentsOptions {
  readonly app: JupyterFrontEnd;
  readonly cohost: ICohostRooms;
  readonly presences: Presences;
  readonly sheet: AvatarSheet;
  readonly tracker: ITableOfContentsTracker;
}

/** Follows the notebook in front, who is in it, and the table as it is drawn. */
export function markContents(options: IContentsOptions): void {
  const { app, cohost, presences, sheet, tracker } = options;
  let frame = 0;
  const mark = () => {
    frame = 0;
    const panel = app.shell.currentWidget;
    const room = cohost.roomOf(panel);
    if (!(panel instanceof NotebookPanel) || !room) {
      return;
    }
    const headings = tracker.get(panel)?.headings ?? [];
    const items = document.querySelectorAll<HTMLElement>(
      '.jp-TableOfContents .jp-tocItem-content'
    );
    if (items.length !== headings.length) {
      return;
    }
    const order = panel.content.widgets.map(({ model }) => model.id);
    const people = personsOf(presences.of(room).peers.values());
    peopleUnder(headings, order, people).forEach((some, at) => {
      const drawn = some.map(({ user }) => ({
        id: user.username,
        name: user.display_name,
        color: user.color ?? ''
      }));
      const key = sheet.key(drawn);
      const item = items[at];
      if ((item.dataset.cohostWith ?? '') !== key) {
        item.dataset.cohostWith = key;
        const names = drawn.map(({ name }) => name).join(', ');
        item.title = [headings[at].text, names].filter(Boolean).join('\n');
      }
    });
  };
  const soon = () => {
    frame ||= window.requestAnimationFrame(mark);
  };
  const observer = new MutationObserver(soon);
  void app.restored.then(() => {
    const table = document.querySelector('.jp-TableOfContents');
    if (table) {
      observer.observe(table, { childList: true, subtree: true });
    }
  });
  presences.changed.connect(soon);
  app.shell.currentChanged?.connect(soon);
}

/** Who is in the cells from each heading's to the next one's. */
export function peopleUnder(
  headings: readonly INotebookHeading[],
  order: readonly string[],
  people: readonly IPerson[]
): IPerson[][] {
  const index = new Map(order.map((id, at) => [id, at]));
  // A heading of a cell that was just deleted or changed is listed a moment longer.
  const starts = headings.map(({ cellRef }) =>
    cellRef && !cellRef.isDisposed ? (index.get(cellRef.model.id) ?? -1) : -1
  );
  const under: IPerson[][] = headings.map(() => []);
  for (const person of people) {
    const at = index.get(person.peer.cell ?? '');
    const last =
      at === undefined
        ? -1
        : lastIndex(starts, start => 0 <= start && start <= at);
    if (last >= 0) {
      under[last].push(person);
    }
  }
  return under;
}

function lastIndex(
  values: readonly number[],
  fits: (value: number) => boolean
): number {
  for (let at = values.length - 1; at >= 0; at--) {
    if (fits(values[at])) {
      return at;
    }
  }
  return -1;
}
