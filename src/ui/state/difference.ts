import { Dialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/** What a line of a unified difference begins with → what it is. */
const LINES: Readonly<Record<string, string>> = {
  '+': 'added',
  '-': 'removed',
  '@': 'place'
};

/** A unified difference, its lines in the theme's colours. */
function differenceNode(text: string): HTMLElement {
  const node = document.createElement('pre');
  node.className = 'jp-CohostDifference';
  node.tabIndex = 0;
  for (const line of text.split('\n')) {
    const isName = /^(---|\+\+\+) /.test(line);
    const span = document.createElement('span');
    span.dataset.line = isName ? 'name' : (LINES[line[0]] ?? 'same');
    span.textContent = `${line}\n`;
    node.append(span);
  }
  return node;
}

/** The second click of a double click on what opened the dialog is not one beside it, which would close it. */
function ignoreSecondClick(dialog: Dialog<unknown>): void {
  const ignore = (event: MouseEvent) => {
    if (event.detail > 1 && event.target === dialog.node) {
      event.stopImmediatePropagation();
    }
  };
  dialog.node.addEventListener('click', ignore, true);
}

/**
 * Shows a unified difference in a dialog.
 *
 * @param mayUndo - offer to take the change back.
 * @returns whether the person wants it taken back.
 */
export async function showDifference(
  name: string,
  text: string,
  mayUndo: boolean,
  trans: TranslationBundle
): Promise<boolean> {
  const close = Dialog.cancelButton({ label: trans.__('Close') });
  const undo = Dialog.okButton({
    label: trans.__('Undo'),
    caption: trans.__('Undo these changes'),
    displayType: 'warn'
  });
  const dialog = new Dialog({
    title: trans.__('What another program changed in %1', name),
    body: new Widget({ node: differenceNode(text) }),
    buttons: mayUndo ? [undo, close] : [close],
    defaultButton: mayUndo ? 1 : 0
  });
  ignoreSecondClick(dialog);
  const { button } = await dialog.launch();
  return button.accept;
}
