import { hasUnsent, SaveInfo, SyncState } from './state';

/**
 * How one document stands: what every place of the page says of it is made from this, and nothing else.
 *
 * `lost`: the host's server does not answer; `offline`: this computer has no network. Both go on by themselves.
 */
export type Standing =
  | { readonly kind: 'connecting' }
  /** Every change of this page is acknowledged, and the host's file has what the document has. */
  | { readonly kind: 'saved'; readonly at: number }
  /** On its way to the server, or to the file. */
  | { readonly kind: 'saving' }
  /** The file could not be written; `safe` when the server's journal has the changes. */
  | {
      readonly kind: 'failing';
      readonly reason: string;
      readonly safe: boolean;
    }
  | { readonly kind: 'lost' | 'offline'; readonly unsent: boolean }
  /** For good. */
  | Extract<SyncState, { kind: 'closed' }>;

/**
 * @param save - null until the server has told.
 * @param online - whether this computer has a network, as the browser says.
 */
export function standingOf(
  sync: SyncState,
  save: SaveInfo | null,
  online: boolean
): Standing {
  if (sync.kind === 'closed') {
    return sync;
  }
  if (!online) {
    return { kind: 'offline', unsent: hasUnsent(sync) };
  }
  switch (sync.kind) {
    case 'connecting':
      return { kind: 'connecting' };
    case 'offline':
      return { kind: 'lost', unsent: sync.unsent };
    case 'sending':
    case 'synced':
      return connected(sync.kind === 'sending', save);
  }
}

function connected(isSending: boolean, save: SaveInfo | null): Standing {
  if (save && (save.state === 'failed' || !save.safe)) {
    const { reason = '', safe } = save;
    return { kind: 'failing', reason, safe };
  }
  if (!save) {
    return { kind: 'connecting' };
  }
  return isSending || save.state !== 'saved'
    ? { kind: 'saving' }
    : { kind: 'saved', at: save.at };
}

const ORDER: readonly Standing['kind'][] = [
  'closed',
  'offline',
  'lost',
  'failing',
  'connecting',
  'saving',
  'saved'
];

/** The one of several that a person must hear of first; null for none. */
export function worstOf(standings: readonly Standing[]): Standing | null {
  return (
    [...standings].sort(
      (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)
    )[0] ?? null
  );
}
