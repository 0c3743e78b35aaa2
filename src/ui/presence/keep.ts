/**
 * Somebody else moves or deletes the cell in which this person types. A move is a deletion and an insertion of a copy: caret
 * and focus go along. After a deletion the text is kept and can be put back; no key is taken for a command meanwhile.
 */
import { ISharedCell, SharedCell, YNotebook } from '@jupyter/ydoc';
import type * as nbformat from '@jupyterlab/nbformat';
import { Notification } from '@jupyterlab/apputils';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { Notebook } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';
import { EditorView } from '@codemirror/view';
import type * as Y from 'yjs';

import { findCell } from './goto';
import { RecentTexts, replacement } from './recent';
import { KeyShield } from './shield';

interface IHeld {
  readonly id: string;
  readonly type: 'code' | 'markdown' | 'raw';
  readonly view: EditorView;
  readonly text: Y.Text;
  readonly recent: RecentTexts;
  /** All of the cell but its text and outputs, as it was last. */
  readonly rest: () => Partial<SharedCell.Cell>;
  readonly stop: () => void;
  index: number;
}

/** How long a moved cell may take to be drawn. */
const EDITOR_MS = 3000;

/** Looks after the cell in which this person types. */
export function keepTyping(
  notebook: Notebook,
  shared: YNotebook,
  trans: TranslationBundle
): void {
  const keeper = new Keeper(notebook, shared, trans);
  notebook.disposed.connect(() => keeper.dispose());
}

class Keeper {
  constructor(
    private readonly _notebook: Notebook,
    private readonly _shared: YNotebook,
    private readonly _trans: TranslationBundle
  ) {
    _shared.ydoc.on('beforeObserverCalls', this._onTransaction);
    _shared.changed.connect(this._onChange, this);
    _notebook.node.addEventListener('focusin', this._look);
    _notebook.stateChanged.connect(this._look);
  }

  dispose(): void {
    this._shared.ydoc.off('beforeObserverCalls', this._onTransaction);
    this._shared.changed.disconnect(this._onChange, this);
    this._notebook.node.removeEventListener('focusin', this._look);
    this._drop();
    this._shield?.end();
  }

  private _onTransaction = ({ local }: { local: boolean }): void => {
    this._isLocal = local;
  };

  /**
   * Holds on to the editor that has the focus. While the held cell is being taken away nothing is looked at, for
   * JupyterLab puts the focus into the next cell.
   */
  private _look = (): void => {
    if (this._held && !this._isThere(this._held)) {
      return;
    }
    const { activeCell, activeCellIndex, mode } = this._notebook;
    const editor = activeCell?.editor;
    const cell = activeCell?.model.sharedModel;
    if (!editor?.hasFocus() || mode !== 'edit' || !cell) {
      if (mode !== 'edit') {
        this._drop();
      }
      return;
    }
    if (this._held?.text === textOf(cell)) {
      this._held.index = activeCellIndex;
      return;
    }
    this._drop();
    this._held = hold(cell, editor as CodeMirrorEditor, activeCellIndex);
  };

  private _drop(): void {
    this._held?.stop();
    this._held = null;
  }

  /** Whether the very text stands in the notebook, not a copy. */
  private _isThere({ text }: IHeld): boolean {
    return this._shared.cells.some(cell => textOf(cell) === text);
  }

  private _onChange(
    _: YNotebook,
    { cellsChange }: { readonly cellsChange?: unknown }
  ): void {
    const held = this._held;
    if (!cellsChange || !held || this._isThere(held)) {
      return;
    }
    this._drop();
    if (this._isLocal) {
      return;
    }
    const copy = this._shared.cells.find(cell => cell.getId() === held.id);
    if (copy) {
      this._goAlong(held, copy);
    } else {
      this._lost(held);
    }
  }

  private _goAlong(held: IHeld, copy: ISharedCell): void {
    const source = copy.getSource();
    const state = held.recent.compare(source);
    if (state === 'behind') {
      const { start, end, value } = replacement(source, held.recent.last);
      copy.updateSource(start, end, value);
    } else if (state === 'apart') {
      this._offer(held, held.recent.last);
    }
    const { anchor, head } = held.view.state.selection.main;
    this._edit(held.id, anchor, head);
  }

  private _lost(held: IHeld): void {
    let text = held.view.state.doc.toString();
    this._notebook.mode = 'command';
    this._shield?.end();
    this._shield = new KeyShield(typed => {
      text = typed === null ? text.slice(0, -1) : text + typed;
    });
    if (text.trim() !== '') {
      this._offer(held, () => text);
    }
  }

  /** Says what happened and offers the text. */
  private _offer(held: IHeld, text: string | (() => string)): void {
    const trans = this._trans;
    const message =
      typeof text === 'string'
        ? trans.__(
            'Somebody moved the cell while you typed. Your version of it is kept.'
          )
        : trans.__(
            'Somebody deleted the cell in which you typed. Your text is kept.'
          );
    Notification.warning(message, {
      autoClose: false,
      actions: [
        {
          label: trans.__('Restore'),
          displayType: 'accent',
          callback: () =>
            this._restore(held, typeof text === 'string' ? text : text())
        }
      ]
    });
  }

  private _restore(held: IHeld, source: string): void {
    this._shield?.end();
    if (this._notebook.isDisposed) {
      return;
    }
    const index = Math.min(held.index, this._shared.cells.length);
    const cell = this._shared.insertCell(index, {
      ...held.rest(),
      cell_type: held.type,
      source
    });
    this._edit(cell.getId(), source.length, source.length);
  }

  /** Puts the caret into a cell; what is typed until its editor is there is typed then. */
  private _edit(id: string, anchor: number, head: number): void {
    let typed = '';
    this._shield?.end();
    this._shield = new KeyShield(text => {
      typed = text === null ? typed.slice(0, -1) : typed + text;
    });
    const until = Date.now() + EDITOR_MS;
    const enter = () => {
      const view = this._activate(id);
      if (view) {
        this._shield?.end();
        const within = (at: number) => Math.min(at, view.state.doc.length);
        view.dispatch({
          selection: { anchor: within(anchor), head: within(head) },
          scrollIntoView: true
        });
        if (typed !== '') {
          view.dispatch(view.state.replaceSelection(typed));
        }
        this._look();
      } else if (Date.now() < until && !this._notebook.isDisposed) {
        window.requestAnimationFrame(enter);
      }
    };
    enter();
  }

  /** Makes a cell the active one, in edit mode; its editor once it has the focus, else null. */
  private _activate(id: string): EditorView | null {
    const found = findCell(this._notebook, id);
    if (!found) {
      return null;
    }
    this._notebook.activeCellIndex = found.index;
    this._notebook.mode = 'edit';
    const { editor } = found.cell;
    if (!(editor instanceof CodeMirrorEditor) || !editor.host.isConnected) {
      void this._notebook.scrollToItem(found.index, 'smart');
      return null;
    }
    editor.focus();
    return editor.hasFocus() ? editor.editor : null;
  }

  private _held: IHeld | null = null;
  private _shield: KeyShield | null = null;
  private _isLocal = false;
}

const textOf = (cell: ISharedCell): Y.Text =>
  (cell as unknown as { ysource: Y.Text }).ysource;

function hold(
  cell: ISharedCell,
  { editor: view }: CodeMirrorEditor,
  index: number
): IHeld {
  const text = textOf(cell);
  const recent = new RecentTexts(text.toString());
  const note = (_: Y.YTextEvent, { local }: Y.Transaction) =>
    recent.add(text.toString(), local);
  text.observe(note);
  let rest = restOf(cell);
  const noteRest = () => {
    rest = restOf(cell) ?? rest;
  };
  cell.changed.connect(noteRest);
  return {
    id: cell.getId(),
    type: cell.cell_type as IHeld['type'],
    ...{ view, text, recent, index },
    rest: () => rest ?? {},
    stop: () => {
      text.unobserve(note);
      cell.changed.disconnect(noteRest);
    }
  };
}

/** Null for a cell that was just taken away. */
function restOf(cell: ISharedCell): Partial<SharedCell.Cell> | null {
  if (cell.isDisposed || !textOf(cell).doc) {
    return null;
  }
  const { metadata, attachments } = cell.toJSON() as nbformat.IRawCell;
  return attachments ? { metadata, attachments } : { metadata };
}
