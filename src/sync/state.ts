import { Capabilities, CloseName, IBodies } from '../protocol';

/** Whether this page and the host's server have the same document. */
export type SyncState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'synced' }
  /** `unacked` frames are on the way to the journal. */
  | { readonly kind: 'sending'; readonly unacked: number }
  /** Reconnecting by itself; `unsent` when this page has edits that the server may not have. */
  | { readonly kind: 'offline'; readonly unsent: boolean }
  | {
      readonly kind: 'closed';
      readonly reason: CloseName | 'closed';
      /** For the person. */
      readonly message: string;
      readonly unsent: boolean;
    };

/** Whether the document is in the host's file. */
export type SaveInfo = IBodies['save_state'];

/** What this page knows from the server about itself in this room. */
export interface IRoomIdentity {
  readonly capabilities: Capabilities;
  readonly user: IBodies['welcome']['user'];
  readonly limits: Record<string, number>;
  readonly path: string;
}

/** What the state is, from the counts of frames and what is known of the connection. */
export function syncState(
  { unacked, unsent }: { readonly unacked: number; readonly unsent: boolean },
  connection: {
    readonly closed: Pick<
      Extract<SyncState, { kind: 'closed' }>,
      'reason' | 'message'
    > | null;
    readonly wasSynced: boolean;
    readonly isConnected: boolean;
  }
): SyncState {
  if (connection.closed) {
    return { kind: 'closed', ...connection.closed, unsent };
  }
  if (!connection.wasSynced) {
    return { kind: 'connecting' };
  }
  if (!connection.isConnected) {
    return { kind: 'offline', unsent };
  }
  return unsent ? { kind: 'sending', unacked } : { kind: 'synced' };
}

/** Whether the page holds edits that the server has not acknowledged. */
export function hasUnsent(state: SyncState): boolean {
  switch (state.kind) {
    case 'connecting':
    case 'synced':
      return false;
    case 'sending':
      return true;
    case 'offline':
    case 'closed':
      return state.unsent;
  }
}
