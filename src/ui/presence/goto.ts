import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileEditor } from '@jupyterlab/fileeditor';
import { IDocumentWidget } from '@jupyterlab/docregistry';
import { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { EditorView } from '@codemirror/view';
import { YFile } from '@jupyter/ydoc';

import { fromRelative, IPlace } from '../../sync';

/** The editor's view of a text document, or null for other widgets. */
export function viewOf(widget: IDocumentWidget): EditorView | null {
  const { content } = widget;
  return content instanceof FileEditor &&
    content.editor instanceof CodeMirrorEditor
    ? content.editor.editor
    : null;
}

/** The cell with this id and its index, or null. */
export function findCell(notebook: Notebook, id: string | undefined) {
  const index = notebook.widgets.findIndex(
    cell => cell.model.sharedModel.getId() === id
  );
  return index < 0 ? null : { index, cell: notebook.widgets[index] };
}

/** Opens a document, or brings it to the front, and waits until it is whole. */
export async function openDocument(
  documents: IDocumentManager,
  path: string
): Promise<IDocumentWidget | null> {
  const widget = documents.openOrReveal(path) as IDocumentWidget | undefined;
  if (!widget) {
    return null;
  }
  await widget.context.ready;
  await widget.revealed;
  return widget;
}

/** Scrolls to where somebody is, and makes their cell the active one. */
export async function showPlace(
  widget: IDocumentWidget,
  place: IPlace
): Promise<void> {
  if (widget instanceof NotebookPanel) {
    const found = findCell(widget.content, place.cell);
    if (found) {
      widget.content.activeCellIndex = found.index;
      await widget.content.scrollToItem(found.index, 'smart');
    }
    return;
  }
  const view = viewOf(widget);
  const text = widget.context.model.sharedModel;
  const range =
    text instanceof YFile &&
    place.ranges?.[0] &&
    fromRelative(text.ysource, place.ranges[0]);
  if (view && range) {
    const at = Math.min(range[1], view.state.doc.length);
    view.dispatch({ effects: EditorView.scrollIntoView(at, { y: 'center' }) });
  }
}
