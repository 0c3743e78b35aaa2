import { YCodeCell } from '@jupyter/ydoc';

import { IOutput, outputDigest } from '../../crypto';
import { Digest } from '../../protocol';
import { RoomProvider } from '../../sync';
import { Additions, GuardedOutput } from './guardedOutput';

/** An entry of a cell's outputs: a shared map, in old documents a plain object. */
interface IEntry {
  get?(key: string): unknown;
  set?(key: string, value: unknown): void;
  toJSON?(): unknown;
}

/**
 * Puts what a renderer added (the picture of a chart, for pages that cannot draw it) into the document. Every page that
 * shows the output has such a renderer: the one that vouched for the output writes, and changes that key alone. Nobody
 * else renders the output anew for it.
 */
export function writeBack(
  cell: YCodeCell,
  provider: RoomProvider,
  output: GuardedOutput,
  added: Additions
): void {
  const digest = output.digest as Digest | undefined;
  if (!digest || !provider.vouchedHere(digest) || !provider.may('edit')) {
    return;
  }
  const entries = cell.ymodel.get('outputs') as { toArray(): IEntry[] };
  const entry = entries
    .toArray()
    .find(item => outputDigest((item.toJSON?.() ?? {}) as IOutput) === digest);
  if (!entry?.set || !entry.toJSON) {
    return;
  }
  const before = entry.toJSON() as IOutput;
  const data = { ...(before.data as object), ...added };
  const after = outputDigest({ ...before, data });
  if (after) {
    provider.vouch([after as Digest]);
    cell.transact(() => entry.set!('data', data), false, 'silent-change');
  }
}
