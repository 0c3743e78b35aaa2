import { CodeCellModel } from '@jupyterlab/cells';
import { IOutputAreaModel, OutputAreaModel } from '@jupyterlab/outputarea';
import { IOutputModel, OutputModel } from '@jupyterlab/rendermime';
import { Signal } from '@lumino/signaling';

import { IOutput, outputDigest } from '../../crypto';
import { Digest } from '../../protocol';
import { Ledger } from '../../sync';

/** What looks the same whether it is trusted or not: no digest is needed to render it. */
const INERT = new Set(['text/plain', 'image/png', 'image/jpeg', 'image/gif']);

function isInert(output: IOutput): boolean {
  return Object.keys(output.data ?? {}).every(type => INERT.has(type));
}

/** The digest of an output as it is now; computed again only when its data was replaced. */
function digester(model: OutputModel): () => string | undefined {
  let last: IOutput | undefined;
  let digest: string | undefined;
  return () => {
    const output = model.toJSON() as unknown as IOutput;
    if (output.data !== last?.data || output.metadata !== last?.metadata) {
      last = output;
      digest = isInert(output) ? undefined : outputDigest(output);
    }
    return digest;
  };
}

/** Makes output models whose `trusted` is the ledger's word, whatever the document or the cell says. */
class GuardedFactory implements IOutputAreaModel.IContentFactory {
  constructor(private readonly _ledger: Ledger) {}

  createOutputModel(options: IOutputModel.IOptions): IOutputModel {
    const model = new OutputModel({ ...options, trusted: false });
    const digest = digester(model);
    this._digests.set(model, digest);
    Object.defineProperty(model, 'trusted', {
      get: () => this._ledger.has(digest())
    });
    return model;
  }

  digestOf(model: IOutputModel): string | undefined {
    return this._digests.get(model)?.();
  }

  private readonly _digests = new WeakMap<
    IOutputModel,
    () => string | undefined
  >();
}

/** The outputs of a cell of a shared notebook: active if and only if the ledger vouches for them. */
export class GuardedOutputs extends OutputAreaModel {
  constructor(
    private readonly _ledger: Ledger,
    options: IOutputAreaModel.IOptions
  ) {
    const factory = new GuardedFactory(_ledger);
    super({ ...options, trusted: false, contentFactory: factory });
    this._factory = factory;
    _ledger.grown.connect(this._onGrown, this);
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
    return Array.from({ length: this.length }, (_, index) =>
      this.get(index)
    ).every(model => {
      const digest = this._factory.digestOf(model);
      return digest === undefined || this._ledger.has(digest);
    });
  }

  override dispose(): void {
    this._ledger.grown.disconnect(this._onGrown, this);
    super.dispose();
  }

  /** `stateChanged` renders anew without a word to the document; `changed` would write to it. */
  private _onGrown(_: Ledger, fresh: readonly Digest[]): void {
    const known = new Set<string | undefined>(fresh);
    for (let index = 0; index < this.length; index++) {
      const digest = this._factory.digestOf(this.get(index));
      if (digest !== undefined && known.has(digest)) {
        (this.stateChanged as Signal<this, number>).emit(index);
      }
    }
  }

  private readonly _factory: GuardedFactory;
}

/**
 * From now on the outputs of shared notebooks are guarded; those of other notebooks and of consoles are as ever.
 *
 * @param ledgerOf - the ledger of the notebook that a list of outputs was taken from.
 */
export function guardOutputs(
  ledgerOf: (outputs: unknown) => Ledger | undefined
): void {
  const factory = CodeCellModel.defaultContentFactory;
  const createOutputArea = factory.createOutputArea.bind(factory);
  factory.createOutputArea = options => {
    const ledger = ledgerOf(options.values);
    return ledger
      ? new GuardedOutputs(ledger, options)
      : createOutputArea(options);
  };
}
