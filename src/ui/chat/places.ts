import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDocumentWidget } from '@jupyterlab/docregistry';
import { CodeEditor } from '@jupyterlab/codeeditor';
import { FileEditor } from '@jupyterlab/fileeditor';
import { NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';

/** A place in a file as a link names it: `path`, `path#cell=ID`, `path#L12` or, for a selection, `path#L12-L14`; lines of a cell: `path#cell=ID&L2-L3`. */
export interface ILinkedPlace {
  readonly path: string;
  readonly cell?: string;
  /** From 1. */
  readonly line?: number;
  /** The last line of a selection. */
  readonly end?: number;
}

export function parsePlace(href: string): ILinkedPlace | null {
  const [path, fragment = ''] = href.split('#');
  if (path === '') {
    return null;
  }
  const cell = /^cell=([^&]+)/.exec(fragment)?.[1];
  const [, line, end] =
    /(?:^|&)L(\d{1,7})(?:-L(\d{1,7}))?$/.exec(fragment) ?? [];
  try {
    return {
      path: decodeURIComponent(path),
      ...(cell ? { cell: decodeURIComponent(cell) } : {}),
      ...(line ? { line: Number(line) } : {}),
      ...(end ? { end: Number(end) } : {})
    };
  } catch {
    return null;
  }
}

/** Markdown of a link to a place. */
export function linkTo(place: ILinkedPlace, label: string): string {
  const path = place.path.split('/').map(encodeURIComponent).join('/');
  const safe = path.replace(/[()]/g, c => (c === '(' ? '%28' : '%29'));
  const { cell, line, end } = place;
  const lines = line && (end && end > line ? `L${line}-L${end}` : `L${line}`);
  const parts = [cell && `cell=${encodeURIComponent(cell)}`, lines];
  const fragment = parts.filter(Boolean).join('&');
  return `[${label.replace(/([[\]\\])/g, '\\$1')}](${safe}${fragment && `#${fragment}`})`;
}

/** What is in front: a document, its editor, and what to call the place. */
export interface IInFront {
  readonly place: ILinkedPlace;
  readonly index?: number;
  readonly editor: CodeEditor.IEditor | null;
  readonly language: string;
}

export function inFront(
  widget: Widget | null,
  documents: IDocumentManager
): IInFront | null {
  const path = widget && documents.contextForWidget(widget)?.path;
  if (!widget || !path) {
    return null;
  }
  if (widget instanceof NotebookPanel) {
    const { activeCell, activeCellIndex } = widget.content;
    return {
      place: { path, cell: activeCell?.model.sharedModel.getId() },
      index: activeCellIndex + 1,
      editor: activeCell?.editor ?? null,
      language: activeCell?.model.type === 'code' ? 'python' : 'markdown'
    };
  }
  const { content } = widget as IDocumentWidget;
  const editor = content instanceof FileEditor ? content.editor : null;
  const line = editor ? editor.getCursorPosition().line + 1 : undefined;
  const language = /\.py$/.test(path) ? 'python' : '';
  return { place: { path, line }, editor, language };
}

/** The selected text of an editor, or the whole when nothing is selected. */
export function selectedText(editor: CodeEditor.IEditor): string {
  const { start, end } = editor.getSelection();
  const source = editor.model.sharedModel.getSource();
  const [from, to] = [start, end]
    .map(position => editor.getOffsetAt(position) ?? 0)
    .sort((a, b) => a - b);
  return from === to ? source : source.slice(from, to);
}

/** Which lines are selected, from 1; nothing when nothing is. */
export function selectedLines(
  editor: CodeEditor.IEditor
): Pick<ILinkedPlace, 'line' | 'end'> {
  const { start, end } = editor.getSelection();
  const [first, last] = [start, end].sort((a, b) => a.line - b.line);
  return start.line === end.line && start.column === end.column
    ? {}
    : { line: first.line + 1, end: last.line + 1 };
}

/** A code block that holds any text. */
export function codeBlock(text: string, language: string): string {
  const longest = Math.max(
    2,
    ...(text.match(/`+/g) ?? []).map(run => run.length)
  );
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

/** The code blocks of a message, or all of it when there is none. */
export function codeOf(text: string): string {
  const blocks = [...text.matchAll(/^(`{3,})[^\n`]*\n([\s\S]*?)\n\1\s*$/gm)];
  return blocks.length > 0 ? blocks.map(block => block[2]).join('\n') : text;
}

/** Opens what a link names and goes there. */
export async function jumpTo(
  place: ILinkedPlace,
  documents: IDocumentManager
): Promise<boolean> {
  const widget = documents.openOrReveal(place.path) as
    IDocumentWidget | undefined;
  if (!widget) {
    return false;
  }
  await widget.context.ready;
  await widget.revealed;
  if (widget instanceof NotebookPanel) {
    await jumpToCell(widget, place);
  } else if (widget.content instanceof FileEditor && place.line) {
    showLines(widget.content.editor, place);
    widget.content.editor.focus();
  }
  return true;
}

async function jumpToCell(
  { content }: NotebookPanel,
  place: ILinkedPlace
): Promise<void> {
  const at = content.widgets.findIndex(
    cell => cell.model.sharedModel.getId() === place.cell
  );
  if (at < 0) {
    return;
  }
  content.deselectAll();
  content.activeCellIndex = at;
  await content.scrollToItem(at, 'smart');
  const { editor } = content.widgets[at];
  if (editor && place.line) {
    showLines(editor, place);
  }
  content.activate();
}

/** Puts the cursor into a line, or selects several. */
function showLines(
  editor: CodeEditor.IEditor,
  { line = 1, end }: ILinkedPlace
): void {
  const last = editor.lineCount - 1;
  const start = { line: Math.min(line - 1, last), column: 0 };
  editor.setCursorPosition(start);
  if (end && end >= line) {
    const to = Math.min(end - 1, last);
    const column = editor.getLine(to)?.length ?? 0;
    editor.setSelection({ start, end: { line: to, column } });
  }
  editor.revealPosition(start);
}
