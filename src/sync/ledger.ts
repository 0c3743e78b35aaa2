import { ISignal, Signal } from '@lumino/signaling';

import { IOutput, outputDigest } from '../crypto';
import { Digest } from '../protocol';

/**
 * The outputs that may be rendered as active in one document: those that the host's server vouched for, and those that
 * this page's own kernel produced. It only grows.
 */
export class Ledger {
  /** Digests that were not vouched for before. */
  get grown(): ISignal<this, readonly Digest[]> {
    return this._grown;
  }

  has(digest: string | undefined): boolean {
    return digest !== undefined && this._digests.has(digest as Digest);
  }

  /** Whether this output may be active. */
  vouchesFor(output: IOutput): boolean {
    return this._digests.size > 0 && this.has(outputDigest(output));
  }

  /** Adds digests; returns those that are new. */
  add(digests: readonly Digest[]): readonly Digest[] {
    const fresh = digests.filter(digest => !this._digests.has(digest));
    fresh.forEach(digest => this._digests.add(digest));
    if (fresh.length > 0) {
      this._grown.emit(fresh);
    }
    return fresh;
  }

  private readonly _digests = new Set<Digest>();
  private readonly _grown = new Signal<this, readonly Digest[]>(this);
}
