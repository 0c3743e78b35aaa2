import type { MarkdownCell } from '@jupyterlab/cells';
import { Notebook, NotebookActions } from '@jupyterlab/notebook';

/** What a command that runs the selected cells does afterwards. */
type After = 'stay' | 'next' | 'insert';

/** The keys that run cells: for who may not run code they render Markdown, and go on as always. */
const RUN_SELECTED: Readonly<Record<string, After>> = {
  'notebook:run-cell': 'stay',
  'notebook:run-cell-and-select-next': 'next',
  'notebook:run-cell-and-insert-below': 'insert',
  'runmenu:run': 'next'
};

/** Whether a command runs the selected cells. */
export function runsSelected(command: string): boolean {
  return command in RUN_SELECTED;
}

/**
 * Does what is left of such a command without running code.
 *
 * @param mayEdit - whether a cell may be added where the command adds one.
 * @returns whether there was code that was not run.
 */
export function stepOver(
  notebook: Notebook,
  command: string,
  mayEdit: boolean
): boolean {
  const selected = notebook.widgets.filter(cell =>
    notebook.isSelectedOrActive(cell)
  );
  const last = notebook.widgets.indexOf(selected[selected.length - 1]);
  // First: a cell that is being edited shows its source.
  notebook.deselectAll();
  notebook.mode = 'command';
  selected.forEach(cell => {
    // By its model: the class of JupyterLab's page is not the one of this bundle.
    if (cell.model.type === 'markdown') {
      (cell as MarkdownCell).rendered = true;
    }
  });
  go(notebook, RUN_SELECTED[command], last, mayEdit);
  notebook.activate();
  return selected.some(({ model }) => model.type === 'code');
}

function go(
  notebook: Notebook,
  after: After,
  last: number,
  mayEdit: boolean
): void {
  if (after === 'stay' || last < 0) {
    return;
  }
  notebook.activeCellIndex = last;
  const isAtEnd = last === notebook.widgets.length - 1;
  if (mayEdit && (after === 'insert' || isAtEnd)) {
    NotebookActions.insertBelow(notebook);
    notebook.mode = 'edit';
  } else if (!isAtEnd) {
    notebook.activeCellIndex = last + 1;
  }
  void notebook.scrollToItem(notebook.activeCellIndex, 'smart');
}
