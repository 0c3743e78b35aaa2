import { IOutputModel, OutputModel } from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import {
  PartialJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { IOutput, outputDigest } from '../../crypto';
import { Ledger } from '../../sync';
import { inertData, inertMetadata, stillWidget, WIDGET_VIEW } from './inert';

/** What looks the same whether it is trusted or not: no digest is needed to render it. */
const SAME = new Set([
  ...['text/plain', 'image/png', 'image/jpeg', 'image/gif'],
  ...['image/webp', 'image/bmp']
]);

/** What a renderer adds to an output, such as a picture of a chart. */
export type Additions = Readonly<Record<string, unknown>>;

/** Where the outputs of one cell come from. */
export interface IOutputsSource {
  readonly ledger: Ledger;
  /** A renderer added to an output of this page. */
  added(output: GuardedOutput, data: Additions): void;
  /** Whether this page's person may run code, so that widgets live here. */
  runs(): boolean;
  /** What a widget last was, in words; undefined when that is not known for certain. */
  lastState(modelId: unknown): string | undefined;
}

/**
 * An output that is active by the ledger's word only; without it, renderers get its inert forms and nothing else. What
 * they add stays here.
 */
export class GuardedOutput extends OutputModel {
  constructor(
    private readonly _source: IOutputsSource,
    options: IOutputModel.IOptions
  ) {
    super({ ...options, trusted: false });
    Object.defineProperty(this, 'trusted', {
      get: () => this._source.ledger.has(this.digest)
    });
  }

  /** Undefined for what looks the same in any case. */
  get digest(): string | undefined {
    if (this._digest === null) {
      const output = this.toJSON() as unknown as IOutput;
      const isSame = Object.keys(output.data ?? {}).every(type =>
        SAME.has(type)
      );
      this._digest =
        isSame || this.type === 'update_display_data'
          ? undefined
          : outputDigest(output);
    }
    return this._digest;
  }

  override get data(): ReadonlyPartialJSONObject {
    const data = super.data;
    if (!this.trusted) {
      return inertData(data) as ReadonlyPartialJSONObject;
    }
    const view = data[WIDGET_VIEW] as { model_id?: unknown } | undefined;
    return view && !this._source.runs()
      ? (stillWidget(
          data,
          this._source.lastState(view.model_id)
        ) as ReadonlyPartialJSONObject)
      : { ...this._added, ...data };
  }

  override get metadata(): ReadonlyPartialJSONObject {
    const metadata = super.metadata;
    return this._isWritten || this.trusted
      ? metadata
      : (inertMetadata(metadata) as ReadonlyPartialJSONObject);
  }

  /** Takes what is new; an output never becomes another one, and nobody renders it anew. */
  override setData({
    data = {}
  }: IRenderMime.IMimeModel.ISetDataOptions): void {
    const known = super.data;
    const fresh = Object.entries(data).filter(
      ([type]) => !(type in known) && !(type in this._added)
    );
    if (fresh.length > 0 && this.trusted) {
      const added = Object.fromEntries(fresh) as PartialJSONObject;
      this._added = { ...this._added, ...added };
      this._source.added(this, added);
    }
  }

  /** As it stands in the document; the base class takes the metadata that renderers get. */
  override toJSON(): ReturnType<OutputModel['toJSON']> {
    this._isWritten = true;
    try {
      return super.toJSON();
    } finally {
      this._isWritten = false;
    }
  }

  private _isWritten = false;
  private _digest: string | undefined | null = null;
  private _added: PartialJSONObject = {};
}
