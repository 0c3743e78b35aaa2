import { NotebookChange, YCellType, YNotebook } from '@jupyter/ydoc';
import { Signal } from '@lumino/signaling';
import * as Y from 'yjs';

import { isSoundCell, modelFor, PARTS, StandIns } from './cellModels';

/** What a notebook keeps to itself. */
interface IParts {
  readonly _ycells: Y.Array<unknown>;
  readonly _ycellMapping: WeakMap<object, YCellType>;
  readonly _changed: Signal<unknown, NotebookChange>;
  readonly _onYCellsChanged: (event: Y.YArrayEvent<unknown>) => void;
}

type Delta = { retain?: number; delete?: number; insert?: unknown[] };

/**
 * From now on a notebook's cells follow its document whatever that holds: where a cell cannot be shown there is a
 * sentence, and the others live on. A cell that gets another type, source, metadata or list of outputs gets another
 * model: what is typed would go on into what is not there any more.
 */
export function followCells(notebook: YNotebook, message: () => string): void {
  const follower = new CellFollower(notebook, new StandIns(message));
  const { _ycells, _onYCellsChanged } = notebook as unknown as IParts;
  const follow = (event: Y.YArrayEvent<unknown>) => follower.follow(event);
  _ycells.unobserve(_onYCellsChanged);
  _ycells.observe(follow);
  // What `dispose` lets go of.
  Object.assign(notebook, { _onYCellsChanged: follow });
}

class CellFollower {
  constructor(
    private readonly _notebook: YNotebook,
    private readonly _standIns: StandIns
  ) {}

  follow(event: Y.YArrayEvent<unknown>): void {
    const cellsChange: NonNullable<NotebookChange['cellsChange']> = [];
    const gone: YCellType[] = [];
    let index = 0;
    for (const step of event.changes.delta as Delta[]) {
      if (step.insert) {
        const insert = step.insert.map(value => this._modelOf(value));
        this._cells.splice(index, 0, ...insert);
        index += insert.length;
        cellsChange.push({ insert });
      } else if (step.delete) {
        gone.push(...this._cells.splice(index, step.delete));
        cellsChange.push({ delete: step.delete });
      } else if (step.retain) {
        index += step.retain;
        cellsChange.push({ retain: step.retain });
      }
    }
    gone.forEach(model => model.dispose());
    this._parts._changed.emit({ cellsChange });
  }

  private _modelOf(value: unknown): YCellType {
    if (!(value instanceof Y.Map)) {
      return this._standIns.make();
    }
    const { _ycellMapping } = this._parts;
    const known = _ycellMapping.get(value);
    const model =
      known && !known.isDisposed
        ? known
        : modelFor(value, this._notebook, this._standIns);
    _ycellMapping.set(value, model);
    if (!this._followed.has(value)) {
      this._followed.add(value);
      // Before the model itself hears of it, which counts on its parts.
      value.observe(event => this._onCell(value, event));
    }
    return model;
  }

  private _onCell(cell: Y.Map<unknown>, event: Y.YMapEvent<unknown>): void {
    const old = this._parts._ycellMapping.get(cell);
    const index = old ? this._cells.indexOf(old) : -1;
    if (!old || index < 0) {
      return;
    }
    const isOther = PARTS.some(part => event.keysChanged.has(part));
    const wasSound = !this._standIns.has(old);
    const isSound = isSoundCell(cell);
    if (isSound === wasSound && !(isSound && isOther)) {
      return;
    }
    const model = modelFor(cell, this._notebook, this._standIns);
    this._parts._ycellMapping.set(cell, model);
    this._cells.splice(index, 1, model);
    old.dispose();
    this._parts._changed.emit({
      cellsChange: [{ retain: index }, { delete: 1 }, { insert: [model] }]
    });
  }

  private get _parts(): IParts {
    return this._notebook as unknown as IParts;
  }

  private get _cells(): YCellType[] {
    return this._notebook.cells as YCellType[];
  }

  private readonly _followed = new WeakSet<object>();
}
