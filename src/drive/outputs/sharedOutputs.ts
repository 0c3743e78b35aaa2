import { YCodeCell } from '@jupyter/ydoc';
import { ICellModel } from '@jupyterlab/cells';
import { IOutput } from '@jupyterlab/nbformat';
import { IOutputAreaModel, OutputAreaModel } from '@jupyterlab/outputarea';
import { IOutputModel } from '@jupyterlab/rendermime';
import { JSONExt, PartialJSONValue } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import * as Y from 'yjs';

import { isStream, showable } from './showable';
import { commonStart } from './text';

/** JupyterLab's word for what its own model did; such changes are not undone by Ctrl+Z. */
const SILENT = 'silent-change';

/**
 * The outputs of a cell of a shared notebook: what the document says, output by output.
 *
 * What this page's kernel brings (`add`, `set`, `clear`, `remove`) is written into the document, once; whatever else
 * happens to the document is taken over from it as it is then. Nothing else is ever written: what a page takes over
 * is another's to write, and so is what its renderers make of it.
 */
export class SharedOutputs extends OutputAreaModel {
  constructor(options: IOutputAreaModel.IOptions) {
    super({ ...options, values: options.values?.map(showable) });
  }

  override add(output: IOutput): number {
    const length = this._own(() => super.add(output));
    this._tail = this.length > 0 ? this.get(this.length - 1) : undefined;
    return length;
  }

  override set(index: number, value: IOutput): void {
    this._own(() => this._set(index, value));
  }

  override clear(wait = false): void {
    this._own(() => super.clear(wait));
  }

  override remove(index: number): void {
    this._own(() => super.remove(index));
  }

  /** Only what this page's kernel prints goes on in what it printed before. */
  override shouldCombine({
    lastModel
  }: {
    value: IOutput;
    lastModel: IOutputModel;
  }): boolean {
    return this._depth > 0 && lastModel === this._tail;
  }

  /** Writes a change of the list, when it is this page's own. */
  write(cell: YCodeCell, change: IOutputAreaModel.ChangedArgs): void {
    this._cell = cell;
    if (!(this._depth > 0) || this._following) {
      return;
    }
    const { oldIndex, newIndex, oldValues, newValues } = change;
    const outputs = newValues.map(model => model.toJSON());
    if (change.type === 'add') {
      cell.updateOutputs(newIndex, newIndex, outputs, SILENT);
    } else if (change.type === 'set' && oldValues[0] !== newValues[0]) {
      cell.updateOutputs(oldIndex, oldIndex + outputs.length, outputs, SILENT);
    } else if (change.type === 'remove') {
      cell.updateOutputs(oldIndex, oldIndex + oldValues.length, [], SILENT);
    } else if (change.type === 'clear') {
      cell.clearOutputs(SILENT);
    }
  }

  /** Takes over what the document says, unless this page is writing it. */
  follow(cell: YCodeCell): void {
    this._cell = cell;
    if (this._depth > 0 || this._following || this.isDisposed) {
      return;
    }
    this._following = true;
    const { clearNext } = this;
    this.clearNext = false;
    try {
      this._takeOver(outputsIn(cell));
    } finally {
      this.clearNext = clearNext;
      this._following = false;
    }
  }

  private _takeOver(wanted: readonly unknown[]): void {
    if (wanted.length === 0 && this.length > 0) {
      super.clear();
    }
    wanted.forEach((source, index) => this._takeOne(source, index));
    while (this.length > wanted.length) {
      super.remove(this.length - 1);
    }
  }

  /** Outputs never change their place: views hold on to it. */
  private _takeOne(source: unknown, index: number): void {
    const known = index < this.length ? this.get(index) : undefined;
    const isKnown = known && this._sources.get(known) === source;
    if (isKnown && known.type !== 'stream') {
      return;
    }
    const value = showable(
      (source instanceof Y.Map ? source.toJSON() : source) as IOutput
    );
    if (!known) {
      super.add(value);
    } else if (!this._takeText(known, value)) {
      const now = known.toJSON() as PartialJSONValue;
      if (!JSONExt.deepEqual(now, value as PartialJSONValue)) {
        this._set(index, value);
      }
    }
    this._sources.set(this.get(index), source);
  }

  /** Whether it is the same stream; then only its text changes. */
  private _takeText(model: IOutputModel, value: IOutput): boolean {
    const { streamText } = model;
    if (!streamText || !isStream(value) || model.toJSON().name !== value.name) {
      return false;
    }
    const text = String(value.text);
    if (text !== this._texts.get(model) && text !== streamText.text) {
      const start = commonStart(streamText.text, text);
      if (start < streamText.text.length) {
        streamText.remove(start, streamText.text.length);
      }
      if (start < text.length) {
        streamText.insert(start, text.slice(start));
      }
      this._tail = undefined;
    }
    this._texts.set(model, text);
    return true;
  }

  /** A view follows the text of those that were added, not of those that were put in another's place. */
  private _set(index: number, value: IOutput): void {
    super.set(index, value);
    const model = this.get(index);
    model.streamText?.changed.connect(() => {
      const state = this.stateChanged as Signal<this, number>;
      for (let at = 0; at < this.length; at++) {
        if (this.get(at) === model) {
          state.emit(at);
        }
      }
    });
  }

  /** What the kernel did, in one transaction. */
  private _own<T>(act: () => T): T {
    if (this._following || this._depth > 0) {
      return act();
    }
    this._depth = 1;
    try {
      let result: T | undefined;
      const all = () => {
        result = act();
        this._writeText();
      };
      if (this._cell) {
        this._cell.transact(all, false, SILENT);
      } else {
        all();
      }
      return result as T;
    } finally {
      this._depth = 0;
      this._bind();
    }
  }

  private _writeText(): void {
    const index = this.length - 1;
    const text = index < 0 ? undefined : this.get(index).streamText?.text;
    const source = this._cell && outputsIn(this._cell)[index];
    const written = source instanceof Y.Map ? source.get('text') : undefined;
    if (text === undefined || !(written instanceof Y.Text) || !this._cell) {
      return;
    }
    const before = written.toString();
    const start = commonStart(before, text);
    if (start < before.length) {
      this._cell.removeStreamOutput(index, start, SILENT);
    }
    if (start < text.length) {
      this._cell.appendStreamOutput(index, text.slice(start), SILENT);
    }
  }

  /** What the document has now is what this page wrote. */
  private _bind(): void {
    const sources = this._cell ? outputsIn(this._cell) : [];
    if (this.isDisposed || sources.length !== this.length) {
      return;
    }
    sources.forEach((source, index) =>
      this._sources.set(this.get(index), source)
    );
  }

  private _cell: YCodeCell | undefined;
  private _depth = 0;
  private _following = false;
  /** What this page's kernel added last. */
  private _tail: IOutputModel | undefined;
  /** What in the document an output was made of. */
  private readonly _sources = new WeakMap<IOutputModel, unknown>();
  /** The text of a stream as the document has it: a model has worked in its carriage returns. */
  private readonly _texts = new WeakMap<IOutputModel, string>();
}

function outputsIn(cell: YCodeCell): readonly unknown[] {
  const outputs: unknown = cell.ymodel.get('outputs');
  return outputs instanceof Y.Array ? outputs.toArray() : [];
}

/** JupyterLab's binding of outputs and document; its parts are not public. */
interface IBinding extends ICellModel {
  readonly outputs?: unknown;
  onOutputsChange(sender: unknown, change: IOutputAreaModel.ChangedArgs): void;
  _onSharedModelChanged(sender: unknown, change: object): void;
  _connectStreamListener?(output: unknown, index: number): void;
}

/**
 * From now on outputs of shared notebooks go by `SharedOutputs`. JupyterLab's own binding takes over changes by their
 * steps: steps in the middle, of several outputs at once or behind a change of this page's own end elsewhere, and what
 * it took over it can write once more.
 *
 * @param prototype - of JupyterLab's model of code cells.
 */
export function bindSharedOutputs(prototype: object): void {
  const cells = prototype as IBinding;
  const { onOutputsChange, _onSharedModelChanged, _connectStreamListener } =
    cells;
  cells.onOutputsChange = function (this: IBinding, sender, change) {
    if (sender instanceof SharedOutputs) {
      sender.write(this.sharedModel as YCodeCell, change);
    } else {
      onOutputsChange.call(this, sender, change);
    }
  };
  cells._onSharedModelChanged = function (this: IBinding, sender, change) {
    if (!(this.outputs instanceof SharedOutputs)) {
      _onSharedModelChanged.call(this, sender, change);
      return;
    }
    const { outputsChange, streamOutputChange, ...others } = change as Record<
      string,
      unknown
    >;
    if (outputsChange || streamOutputChange) {
      this.outputs.follow(this.sharedModel as YCodeCell);
    }
    _onSharedModelChanged.call(this, sender, others);
  };
  if (_connectStreamListener) {
    cells._connectStreamListener = function (this: IBinding, output, index) {
      if (!(this.outputs instanceof SharedOutputs)) {
        _connectStreamListener.call(this, output, index);
      }
    };
  }
}
