import { YBaseCell, YCodeCell, YNotebook } from '@jupyter/ydoc';

/** Only the notebook that a cell belongs to matters here. */
interface ICell {
  readonly notebook?: YNotebook | null;
}

type Metadata = Record<string, unknown>;

function without(metadata: Metadata | undefined): Metadata | undefined {
  if (!metadata || !('trusted' in metadata)) {
    return metadata;
  }
  const others = { ...metadata };
  delete others.trusted;
  return others;
}

/**
 * In shared notebooks, `metadata.trusted` is neither read nor written: whoever may edit the document could set it. Works
 * on the prototype, so that no cell can be met before it is guarded.
 *
 * @param isShared - whether a notebook is bound to a room.
 */
export function ignoreTrustedMetadata(
  isShared: (notebook: YNotebook) => boolean
): void {
  const inRoom = (cell: ICell) => !!cell.notebook && isShared(cell.notebook);
  const cells = YBaseCell.prototype as unknown as {
    getMetadata(key?: string): unknown;
    setMetadata(metadata: unknown, value?: unknown): void;
  } & ICell;
  const { getMetadata, setMetadata } = cells;
  cells.getMetadata = function (key) {
    if (!inRoom(this)) {
      return getMetadata.call(this, key);
    }
    return key === undefined
      ? without(getMetadata.call(this) as Metadata)
      : key === 'trusted'
        ? undefined
        : getMetadata.call(this, key);
  };
  cells.setMetadata = function (metadata, value) {
    if (!inRoom(this)) {
      setMetadata.call(this, metadata, value);
    } else if (typeof metadata !== 'string') {
      setMetadata.call(this, without(metadata as Metadata));
    } else if (metadata !== 'trusted') {
      setMetadata.call(this, metadata, value);
    }
  };
}

/**
 * Remembers from which cell a list of outputs was taken, so that the output area made of it knows its room.
 *
 * @returns the cell of a list of outputs, or undefined when it is not of a shared notebook.
 */
export function markOutputs(
  isShared: (notebook: YNotebook) => boolean
): (outputs: unknown) => YCodeCell | undefined {
  const owners = new WeakMap<object, YCodeCell>();
  const { getOutputs } = YCodeCell.prototype;
  YCodeCell.prototype.getOutputs = function (this: YCodeCell) {
    const outputs = getOutputs.call(this);
    const { notebook } = this as ICell;
    if (notebook && isShared(notebook)) {
      owners.set(outputs, this);
    }
    return outputs;
  };
  return outputs =>
    typeof outputs === 'object' && outputs ? owners.get(outputs) : undefined;
}
