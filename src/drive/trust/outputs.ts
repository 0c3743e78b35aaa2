import { CodeCellModel } from '@jupyterlab/cells';
import { IOutputAreaModel } from '@jupyterlab/outputarea';
import { IOutputModel } from '@jupyterlab/rendermime';
import { Signal } from '@lumino/signaling';

import { Digest } from '../../protocol';
import { Ledger } from '../../sync';
import { bindSharedOutputs, SharedOutputs } from '../outputs';
import { GuardedOutput, IOutputsSource } from './guardedOutput';

/** The outputs of a cell of a shared notebook: active if and only if the ledger vouches for them. */
export class GuardedOutputs extends SharedOutputs {
  constructor(source: IOutputsSource, options: IOutputAreaModel.IOptions) {
    const contentFactory = {
      createOutputModel: (of: IOutputModel.IOptions) =>
        new GuardedOutput(source, of)
    };
    super({ ...options, trusted: false, contentFactory });
    this._ledger = source.ledger;
    this._ledger.grown.connect(this._onGrown, this);
  }

  /** The whole area has no trust of its own; to set it would also write all outputs into the document again. */
  override get trusted(): boolean {
    return false;
  }

  override set trusted(_value: boolean) {
    /* The ledger decides. */
  }

  /** Whether everything here is shown as its author meant it. */
  get allVouched(): boolean {
    return this._digests().every(
      digest => digest === undefined || this._ledger.has(digest)
    );
  }

  /** Without a word to the document. */
  renderAnew(): void {
    for (let index = 0; index < this.length; index++) {
      this._renderAnew(index);
    }
  }

  override dispose(): void {
    this._ledger.grown.disconnect(this._onGrown, this);
    super.dispose();
  }

  private _digests(): (string | undefined)[] {
    return Array.from(
      { length: this.length },
      (_, index) => (this.get(index) as GuardedOutput).digest
    );
  }

  /** `changed` would write to the document. */
  private _renderAnew(index: number): void {
    (this.stateChanged as Signal<this, number>).emit(index);
  }

  private _onGrown(_: Ledger, fresh: readonly Digest[]): void {
    const known = new Set<string | undefined>(fresh);
    this._digests().forEach((digest, index) => {
      if (digest !== undefined && known.has(digest)) {
        this._renderAnew(index);
      }
    });
  }

  private readonly _ledger: Ledger;
}

/**
 * From now on the outputs of shared notebooks are guarded; those of other notebooks and of consoles are as ever.
 *
 * @param sourceOf - where a list of outputs was taken from; undefined when not from a shared notebook.
 */
export function guardOutputs(
  sourceOf: (outputs: unknown) => IOutputsSource | undefined
): void {
  bindSharedOutputs(CodeCellModel.prototype);
  const factory = CodeCellModel.defaultContentFactory;
  const createOutputArea = factory.createOutputArea.bind(factory);
  factory.createOutputArea = options => {
    const source = sourceOf(options.values);
    return source
      ? new GuardedOutputs(source, options)
      : createOutputArea(options);
  };
}
