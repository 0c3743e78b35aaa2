import {
  createStandaloneCell,
  YCellType,
  YCodeCell,
  YMarkdownCell,
  YNotebook,
  YRawCell
} from '@jupyter/ydoc';
import { UUID } from '@lumino/coreutils';
import * as Y from 'yjs';

/** What a model of a cell is made of: when one becomes another one, so does the model. */
export const PARTS = ['cell_type', 'source', 'metadata', 'outputs'] as const;

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Y.AbstractType)
  );
}

function areAttachments(value: unknown): boolean {
  return (
    value === undefined ||
    (isRecord(value) && Object.values(value).every(isRecord))
  );
}

/** Whether the models of @jupyter/ydoc and JupyterLab can take it. */
export function isSoundCell(value: unknown): value is Y.Map<unknown> {
  if (
    !(value instanceof Y.Map) ||
    typeof value.get('id') !== 'string' ||
    !(value.get('source') instanceof Y.Text) ||
    !(value.get('metadata') instanceof Y.Map)
  ) {
    return false;
  }
  switch (value.get('cell_type')) {
    case 'code':
      return value.get('outputs') instanceof Y.Array;
    case 'markdown':
    case 'raw':
      return areAttachments(value.get('attachments'));
    default:
      return false;
  }
}

/** The model of a cell that `isSoundCell`. */
function modelOf(cell: Y.Map<unknown>, notebook: YNotebook): YCellType {
  const source = cell.get('source') as Y.Text;
  switch (cell.get('cell_type')) {
    case 'code':
      return new YCodeCell(
        cell,
        source,
        cell.get('outputs') as Y.Array<unknown>,
        { notebook }
      );
    case 'markdown':
      return new YMarkdownCell(cell, source, { notebook });
    default:
      return new YRawCell(cell, source, { notebook });
  }
}

/** A sentence in a cell's own place; it belongs to no notebook, and what is done to it to no document. */
export class StandIns {
  constructor(private readonly _message: () => string) {}

  has(model: YCellType): boolean {
    return this._made.has(model);
  }

  make(): YCellType {
    const model = createStandaloneCell({
      cell_type: 'raw',
      id: UUID.uuid4(),
      source: this._message(),
      metadata: { editable: false }
    });
    this._made.add(model);
    return model;
  }

  private readonly _made = new WeakSet<YCellType>();
}

/** The model of whatever stands in the place of a cell. Never raises. */
export function modelFor(
  value: unknown,
  notebook: YNotebook,
  standIns: StandIns
): YCellType {
  try {
    return isSoundCell(value) ? modelOf(value, notebook) : standIns.make();
  } catch (error) {
    console.error('A cell cannot be shown.', error);
    return standIns.make();
  }
}
